"""Every address of the service, an object to open it with, and who may: the expected side of the access matrix.

Whoever is not named gets 404, as if the object did not exist; visitors who are not signed in are sent to sign in.
`args` takes a `Place` of `tests.factories.world` and gives the address's parts for that place's object.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PEOPLE = frozenset(
    {
        "clinician",
        "colleague",
        "mentor",
        "appraiser",
        "other appraiser",
        "facilitator",
        "responsible officer",
        "HR officer",
        "programme lead",
        "assessor",
        "regional lead",
        "national lead",
        "auditor",
        "administrator",
        "API client",
        "HR officer elsewhere",
    }
)
# Those who between them open every page there is; the others see the same pages of fewer people.
EVERY_PAGE = (
    "HR officer",
    "clinician",
    "appraiser",
    "facilitator",
    "responsible officer",
    "programme lead",
    "assessor",
    "administrator",
)
OWN = frozenset({"clinician"})
CLINICIANS = frozenset({"clinician", "colleague"})
MENTOR = frozenset({"mentor"})
APPRAISERS = frozenset({"appraiser", "other appraiser"})
APPRAISER = frozenset({"appraiser"})
FACILITATOR = frozenset({"facilitator"})
OFFICERS = frozenset({"HR officer", "administrator"})
ALL_OFFICERS = OFFICERS | {"HR officer elsewhere"}
WATCHERS = OFFICERS | {"regional lead", "national lead"}
ADMINISTRATOR = frozenset({"administrator"})
HR = frozenset({"HR officer"})
KEEPERS = frozenset({"programme lead", "administrator"})
RESPONSIBLE = frozenset({"responsible officer"})
PROGRAMME_LEADS = frozenset({"programme lead", "administrator"})
ASSESSORS = frozenset({"assessor"})


def nothing(place: Any) -> list[Any]:
    """An address without parts."""
    return []


@dataclass(frozen=True)
class Route:
    """One address. `may` open it; `elsewhere`: who may open the same object of the other trust."""

    may: frozenset[str] = PEOPLE
    args: Callable[[Any], list[Any]] = nothing
    public: bool = False
    post: bool = False
    elsewhere: frozenset[str] = field(default=ADMINISTRATOR)
    # An address that is about oneself or about nobody has no other trust's object.
    about_nobody: bool = False


def general(may: frozenset[str] = PEOPLE, **options: Any) -> Route:
    """An address whose rows depend on who asks, not on an object."""
    return Route(may, about_nobody=True, **options)


def of(name: str, may: frozenset[str], **options: Any) -> Route:
    """An address of one object of a place, by its key."""
    return Route(may, lambda place: [getattr(place, name).pk], **options)


def led(args: Callable[[Any], list[Any]], **options: Any) -> Route:
    """An address of those who run programmes; `args` takes what the place has of programmes."""
    return Route(PROGRAMME_LEADS, lambda place: args(place.programmes), **options)


def behind_link(*more: Any) -> Route:
    """An address behind a rater's link: open to whoever has it, but to neither the person it is about nor who leads."""
    return Route(PEOPLE - OWN - FACILITATOR, lambda place: [place.feedback_link, *more], public=True, elsewhere=PEOPLE)


def an_objective(place: Any) -> list[Any]:
    """An objective of an appraisal that the appraiser writes up."""
    return [place.appraisal_sent.pk, place.appraisal_objective.pk]


def a_part(place: Any) -> list[Any]:
    """Money that a venture received."""
    return [place.venture.pk, "funding", place.funding.pk]


NOBODY: frozenset[str] = frozenset()
# Who runs programmes, who reads what they bought, and who does so of any trust.
RUNNERS = frozenset({"programme lead", "administrator"})
REPORTERS = RUNNERS | {"HR officer", "regional lead", "national lead"}
EVERYWHERE = frozenset({"administrator", "national lead"})


def finished(place: Any) -> Any:
    """A finished cohort of a place, and what came of it."""
    return place.programmes.outcomes


def in_pair(name: str, *, post: bool = False) -> Route:
    """An address of something that a pair has of its sessions, by its key: for the two of it alone."""
    return Route(OWN, lambda place: [getattr(place.mentoring_sessions, name).pk], post=post, elsewhere=NOBODY)


def taking(name: str, may: frozenset[str], **options: Any) -> Route:
    """An address of something that belongs to a cohort under way, by its key."""
    return Route(may, lambda place: [getattr(place.taking_part, name).pk], **options)


PROGRAMME_LEADS = frozenset({"programme lead", "administrator"})
# Those who may be asked to support somebody on a programme.
SUPPORTERS = CLINICIANS | APPRAISERS | frozenset({"mentor", "programme lead"})


def in_programmes(name: str, may: frozenset[str], *, elsewhere: frozenset[str] = NOBODY, post: bool = False) -> Route:
    """An address of something that a place has of programmes, by its key."""
    return Route(may, lambda place: [getattr(place.programmes, name).pk], post=post, elsewhere=elsewhere)


def in_selection(name: str, may: frozenset[str], *more: str, **options: Any) -> Route:
    """An address of something that a place has in selection, by its key and those of what belongs to it."""
    if "administrator" not in may:
        options["elsewhere"] = NOBODY
    return Route(may, lambda place: [getattr(place.programmes.selecting, one).pk for one in (name, *more)], **options)


def entry(kind: str, name: str) -> Callable[[Any], list[Any]]:
    """An entry of the place's clinician."""
    return lambda place: [place.clinician.pk, kind, getattr(place, name).pk]


ROUTES: dict[str, Route] = {
    # The service itself
    "dashboard:home": general(),
    "dashboard:accessibility": general(public=True),
    "dashboard:privacy": general(public=True),
    # Insight
    "dashboard:insight": general(ALL_OFFICERS),
    "dashboard:insight_export": general(ALL_OFFICERS),
    # One's own account
    "account_details": general(),
    "consent": general(CLINICIANS),
    "withdraw_consent": general(CLINICIANS),
    "message_settings": general(),
    "own_calendar": general(),
    "revoke_calendar": general(),
    "equality:own": general(),
    "equality:erase": general(),
    # Whoever has the address, and nobody who made one up.
    "calendar_feed": Route(args=lambda place: [place.calendar], public=True, elsewhere=PEOPLE),
    "account_login": general(public=True),
    "account_logout": general(public=True),
    "account_inactive": general(public=True),
    "account_change_password": general(),
    "account_set_password": general(),
    "account_reset_password": general(public=True),
    "account_reset_password_done": general(public=True),
    "account_reset_password_from_key": Route(args=lambda place: ["1", "set-password"], public=True, about_nobody=True),
    "account_reset_password_from_key_done": general(public=True),
    # Roles and clients of the API
    "roles": general(ALL_OFFICERS),
    "grant_role": general(ALL_OFFICERS),
    "revoke_role": Route(OFFICERS, lambda place: [place.hr.role_grants.get().pk]),
    "clients": general(ADMINISTRATOR),
    "new_client": general(ADMINISTRATOR),
    "rotate_client": of("client", ADMINISTRATOR),
    "revoke_client": of("client", ADMINISTRATOR),
    # Organisations
    "organisations:organisations": general(),
    "organisations:organisation": Route(args=lambda place: [place.organisation.ods_code], elsewhere=PEOPLE),
    # People
    "clinicians:people": general(ALL_OFFICERS),
    "clinicians:export": general(ALL_OFFICERS),
    "clinicians:own": general(CLINICIANS | {"mentor"}),
    "clinicians:readers": general(CLINICIANS),
    "clinicians:profile": of("clinician", OFFICERS | OWN),
    "clinicians:edit": of("clinician", OFFICERS | OWN),
    "clinicians:open_account": of("clinician", OFFICERS),
    "clinicians:check_registration": Route(OFFICERS, lambda place: [place.clinician.pk, place.registration.pk]),
    "clinicians:add_entry": Route(OFFICERS | OWN, lambda place: [place.clinician.pk, "posts"]),
    "clinicians:change_entry": Route(OFFICERS | OWN, entry("qualifications", "qualification")),
    "clinicians:remove_entry": Route(OFFICERS | OWN, entry("registrations", "registration")),
    # Ideas, ventures and opportunities
    "contributions:mine": general(CLINICIANS),
    "contributions:add_change": general(CLINICIANS),
    "contributions:change": of("service_change", OFFICERS | OWN),
    "contributions:edit_change": of("service_change", OWN, elsewhere=NOBODY),
    "contributions:remove_change": of("service_change", OWN, elsewhere=NOBODY),
    "contributions:start_venture": general(CLINICIANS),
    "contributions:venture": of("venture", OWN, elsewhere=NOBODY),
    "contributions:describe_venture": of("venture", OWN, elsewhere=NOBODY),
    "contributions:move_venture": of("venture", OWN, elsewhere=NOBODY),
    "contributions:declare": of("venture", OWN, elsewhere=NOBODY),
    "contributions:show_venture": of("venture", OWN, elsewhere=NOBODY),
    "contributions:hide_venture": of("shown", OWN, post=True, elsewhere=NOBODY),
    "contributions:add_part": Route(OWN, lambda place: [place.venture.pk, "partners"], elsewhere=NOBODY),
    "contributions:edit_part": Route(OWN, a_part, elsewhere=NOBODY),
    "contributions:remove_part": Route(OWN, a_part, post=True, elsewhere=NOBODY),
    # Decided by the employer alone: to administrators the list is empty.
    "contributions:clearing": general(ALL_OFFICERS),
    "contributions:decide": of("declaration", HR, elsewhere=NOBODY),
    "contributions:opportunities": general(),
    "contributions:opportunity": of("opportunity", PEOPLE, elsewhere=PEOPLE),
    "contributions:add_opportunity": general(KEEPERS),
    "contributions:edit_opportunity": of("opportunity", KEEPERS),
    "contributions:remove_opportunity": of("opportunity", KEEPERS),
    "contributions:showcase": general(),
    # Leadership
    "competency:mine": general(CLINICIANS),
    "competency:start": general(CLINICIANS),
    "competency:assessment": of("draft", OWN, elsewhere=NOBODY),
    "competency:stage": of("staged", OWN, elsewhere=NOBODY),
    "competency:domain": Route(OWN, lambda place: [place.draft.pk, 1], elsewhere=NOBODY),
    "competency:review": of("draft", OWN, elsewhere=NOBODY),
    "competency:withdraw": of("draft", OWN, elsewhere=NOBODY),
    "competency:take_back": of("submitted", OWN, post=True, elsewhere=NOBODY),
    "competency:result": of("agreed", OFFICERS | OWN | {"appraiser"}),
    "competency:timeline": general(CLINICIANS),
    "competency:timeline_of": of("clinician", OFFICERS | OWN),
    "competency:appraisees": general(APPRAISERS),
    "competency:agree": of("submitted", frozenset({"appraiser"}), elsewhere=NOBODY),
    "competency:confirm": of("submitted", frozenset({"appraiser"}), elsewhere=NOBODY),
    "competency:send_back": of("submitted", frozenset({"appraiser"}), elsewhere=NOBODY),
    "competency:frameworks": general(),
    "competency:framework": Route(args=lambda place: [place.draft.version.pk], elsewhere=PEOPLE),
    "competency:expectations": general(ALL_OFFICERS),
    "competency:expectation": Route(OFFICERS, lambda place: [place.organisation.ods_code]),
    # Feedback: between the person, their facilitator, and raters behind their links
    "feedback:mine": general(CLINICIANS),
    "feedback:start": general(CLINICIANS),
    "feedback:round": of("feedback", OWN, elsewhere=NOBODY),
    "feedback:add_rater": of("feedback", OWN | FACILITATOR, elsewhere=NOBODY),
    "feedback:remove_rater": Route(
        OWN | FACILITATOR, lambda place: [place.feedback.pk, place.feedback_rater.pk], post=True, elsewhere=NOBODY
    ),
    "feedback:propose": of("feedback", OWN, post=True, elsewhere=NOBODY),
    "feedback:facilitator": of("feedback", OWN, elsewhere=NOBODY),
    "feedback:cancel": of("feedback", OWN | FACILITATOR, elsewhere=NOBODY),
    "feedback:own_answers": of("feedback", OWN, elsewhere=NOBODY),
    "feedback:own_part": Route(OWN, lambda place: [place.feedback.pk, 1], elsewhere=NOBODY),
    "feedback:report": of("feedback_report", OWN | FACILITATOR, elsewhere=NOBODY),
    "feedback:report_pdf": of("feedback_report", OWN | FACILITATOR, elsewhere=NOBODY),
    "feedback:facilitating": general(FACILITATOR),
    "feedback:led": of("feedback", FACILITATOR, elsewhere=NOBODY),
    "feedback:launch": of("feedback", FACILITATOR, elsewhere=NOBODY),
    "feedback:terms": of("feedback", FACILITATOR, elsewhere=NOBODY),
    "feedback:send_back": of("feedback", FACILITATOR, elsewhere=NOBODY),
    "feedback:link": Route(FACILITATOR, lambda place: [place.feedback.pk, place.feedback_rater.pk], elsewhere=NOBODY),
    "feedback:close": of("feedback", FACILITATOR, elsewhere=NOBODY),
    "feedback:release": of("feedback_report", FACILITATOR, elsewhere=NOBODY),
    "feedback:happened": general(ALL_OFFICERS),
    "feedback:give": behind_link(),
    "feedback:part": behind_link(1),
    "feedback:decline": behind_link(),
    # Development: one's own alone, but for a conversation's partner
    "competency:development": general(CLINICIANS),
    "competency:choose_assessment": general(CLINICIANS),
    "competency:start_plan": of("agreed", OWN, elsewhere=NOBODY),
    "competency:plan": of("plan", OWN, elsewhere=NOBODY),
    "competency:close_plan": of("plan", OWN, elsewhere=NOBODY),
    "competency:add_objective": of("plan", OWN, elsewhere=NOBODY),
    "competency:objective": of("objective", OWN, elsewhere=NOBODY),
    "competency:edit_objective": of("objective", OWN, elsewhere=NOBODY),
    "competency:progress": of("objective", OWN, elsewhere=NOBODY),
    "competency:review_objective": of("objective", OWN, elsewhere=NOBODY),
    "competency:shared_conversations": general(),
    "competency:start_conversation": general(CLINICIANS, post=True),
    "competency:conversation": of("conversation", OWN | {"appraiser"}, elsewhere=NOBODY),
    "competency:prepare_conversation": of("conversation", OWN, elsewhere=NOBODY),
    "competency:share_conversation": of("conversation", OWN, elsewhere=NOBODY),
    "competency:take_back_conversation": of("conversation", OWN, post=True, elsewhere=NOBODY),
    "competency:conversation_view": of("conversation", frozenset({"appraiser"}), elsewhere=NOBODY),
    "competency:conversation_outcome": of("conversation", OWN, elsewhere=NOBODY),
    "competency:confirm_conversation": of("conversation", OWN | {"appraiser"}, post=True, elsewhere=NOBODY),
    "clinicians:role_mix": Route(OFFICERS | OWN, lambda place: [place.clinician.pk, place.mix.post_id]),
    "clinicians:remove_role_mix": Route(
        OFFICERS | OWN, lambda place: [place.clinician.pk, place.mix.post_id, place.mix.pk]
    ),
    # Messages
    "notifications:inbox": general(),
    "notifications:message": of("message", OWN, elsewhere=NOBODY),
    "notifications:failed": general(ALL_OFFICERS),
    "notifications:send_all_again": general(ALL_OFFICERS, post=True),
    "notifications:send_again": of("failed_message", OFFICERS, post=True),
    # Appraisals: what is written is between the person and their appraiser
    # What came of programmes, and alumni
    "outcomes:report": general(REPORTERS | {"HR officer elsewhere"}),
    "outcomes:programme": Route(REPORTERS, lambda place: [finished(place).programme.code], elsewhere=EVERYWHERE),
    "outcomes:export": Route(REPORTERS, lambda place: [finished(place).programme.code], elsewhere=EVERYWHERE),
    "outcomes:cohort": Route(REPORTERS, lambda place: [finished(place).cohort.pk], elsewhere=EVERYWHERE),
    "outcomes:own": Route(OWN, lambda place: [finished(place).place.pk], elsewhere=NOBODY),
    "outcomes:tell": Route(OWN, lambda place: [finished(place).place.pk, 6], elsewhere=NOBODY),
    "outcomes:take_back": Route(OWN, lambda place: [finished(place).outcome.pk], post=True, elsewhere=NOBODY),
    "outcomes:people": Route(RUNNERS, lambda place: [finished(place).cohort.pk]),
    "outcomes:note": Route(RUNNERS, lambda place: [finished(place).place.pk, 6]),
    "outcomes:add_learning": Route(OWN, lambda place: [finished(place).place.pk], elsewhere=NOBODY),
    "outcomes:change_learning": Route(OWN, lambda place: [finished(place).learning.pk], elsewhere=NOBODY),
    "outcomes:remove_learning": Route(OWN, lambda place: [finished(place).learning.pk], elsewhere=NOBODY),
    "outcomes:alumni": general(CLINICIANS),
    "outcomes:group": Route(OWN, lambda place: [finished(place).alumnus.pk], elsewhere=NOBODY),
    "outcomes:entry": Route(OWN, lambda place: [finished(place).alumnus.pk], elsewhere=NOBODY),
    "outcomes:hide": Route(OWN, lambda place: [finished(place).alumnus.pk], post=True, elsewhere=NOBODY),
    "appraisals:mine": general(CLINICIANS),
    "appraisals:appraisal": of("appraisal", OWN, elsewhere=NOBODY),
    "appraisals:record": of("appraisal_done", OWN, elsewhere=NOBODY),
    "appraisals:entry": Route(OWN, lambda place: [place.appraisal.pk, place.checklist_entry.pk], elsewhere=NOBODY),
    "appraisal_calendar:entry": of("appraisal_sent", OWN | APPRAISER, elsewhere=NOBODY),
    "appraisals:levels": of("appraisal", OWN, elsewhere=NOBODY),
    "appraisals:send": of("appraisal", OWN, elsewhere=NOBODY),
    "appraisals:take_back": of("appraisal_sent", OWN, post=True, elsewhere=NOBODY),
    "appraisals:postpone": of("appraisal", OWN, elsewhere=NOBODY),
    "appraisals:withdraw_wish": of("appraisal", OWN, post=True, elsewhere=NOBODY),
    "appraisals:sign": of("appraisal_signed", OWN, elsewhere=NOBODY),
    "appraisals:send_back": of("appraisal_signed", OWN, elsewhere=NOBODY),
    "appraisals:record_done": of("renewal", OWN, elsewhere=NOBODY),
    "appraisals:appraisees": general(APPRAISERS),
    "appraisals:conduct": of("appraisal_sent", APPRAISER, elsewhere=NOBODY),
    "appraisals:conducted": of("appraisal_done", APPRAISER, elsewhere=NOBODY),
    "appraisals:meeting": of("appraisal_sent", APPRAISER, elsewhere=NOBODY),
    "appraisals:cancel_meeting": of("appraisal_sent", APPRAISER, post=True, elsewhere=NOBODY),
    "appraisals:last_time": of("appraisal_sent", APPRAISER, elsewhere=NOBODY),
    "appraisals:add_objective": of("appraisal_sent", APPRAISER, elsewhere=NOBODY),
    "appraisals:change_objective": Route(APPRAISER, an_objective, elsewhere=NOBODY),
    "appraisals:remove_objective": Route(APPRAISER, an_objective, post=True, elsewhere=NOBODY),
    "appraisals:summary": of("appraisal_sent", APPRAISER, elsewhere=NOBODY),
    "appraisals:return_prepared": of("appraisal_sent", APPRAISER, elsewhere=NOBODY),
    "appraisals:appraiser_sign": of("appraisal_sent", APPRAISER, elsewhere=NOBODY),
    # Programmes: the catalogue and cohorts
    # Mentoring
    "mentoring:mine": general(CLINICIANS | {"mentor"}),
    "mentoring:offer": general(CLINICIANS | {"mentor"}),
    "mentoring:move_offer": Route(OWN | MENTOR, lambda place: ["pause"], about_nobody=True, post=True),
    "mentoring:look": general(CLINICIANS),
    "mentoring:change_request": of("mentoring_request", OWN, elsewhere=NOBODY),
    "mentoring:stop_looking": of("mentoring_request", OWN, post=True, elsewhere=NOBODY),
    "mentoring:exclusions": general(CLINICIANS | {"mentor"}),
    "mentoring:include": of("exclusion", OWN, post=True, elsewhere=NOBODY),
    "mentoring:log": general(CLINICIANS | {"mentor"}),
    "mentoring:log_session": in_pair("relationship"),
    "mentoring:sessions": in_pair("relationship"),
    "mentoring:plan_next": in_pair("relationship"),
    "mentoring:cancel_next": in_pair("relationship", post=True),
    "mentoring:session": in_pair("session"),
    "mentoring:change_session": in_pair("session"),
    "mentoring:remove_session": in_pair("bare", post=True),
    "mentoring:share_note": in_pair("private_note", post=True),
    "mentoring:unshare_note": in_pair("shared_note", post=True),
    "mentoring:remove_note": in_pair("private_note", post=True),
    "mentoring:supervision": Route(OWN | MENTOR, about_nobody=True),
    "mentoring:remove_supervision": of("supervision", OWN, post=True, elsewhere=NOBODY),
    # Of a pair the two open everything, and nobody else anything: no lead and no administrator.
    "mentoring:pairs": general(CLINICIANS | MENTOR),
    "mentoring:pair": of("pair", OWN | MENTOR, elsewhere=NOBODY),
    "mentoring:accept": of("proposal", OWN, post=True, elsewhere=NOBODY),
    "mentoring:decline": of("proposal", OWN, elsewhere=NOBODY),
    "mentoring:first_meeting": of("pair", OWN | MENTOR, elsewhere=NOBODY),
    "mentoring:agreement": of("pair", OWN | MENTOR, elsewhere=NOBODY),
    "mentoring:agree": of("pair", OWN | MENTOR, elsewhere=NOBODY),
    "mentoring:add_goal": of("pair", OWN | MENTOR, elsewhere=NOBODY),
    "mentoring:goal": of("pair_goal", OWN | MENTOR, elsewhere=NOBODY),
    "mentoring:move_goal": Route(OWN | MENTOR, lambda place: [place.pair_goal.pk, "met"], post=True, elsewhere=NOBODY),
    "mentoring:evaluate": Route(OWN | MENTOR, lambda place: [place.pair.pk, "midpoint"], elsewhere=NOBODY),
    "mentoring:end": of("pair", OWN | MENTOR, elsewhere=NOBODY),
    "mentoring:relationships": general(PROGRAMME_LEADS),
    "mentoring:end_for": of("abandoned", PROGRAMME_LEADS),
    "mentoring:answers": general(PROGRAMME_LEADS),
    "mentoring:mentors": general(PROGRAMME_LEADS),
    "mentoring:requests": general(PROGRAMME_LEADS),
    "mentoring:insight": general(REPORTERS | {"HR officer elsewhere"}),
    "mentoring:rounds": general(PROGRAMME_LEADS),
    "mentoring:open_round": general(PROGRAMME_LEADS),
    "mentoring:round": of("round", PROGRAMME_LEADS),
    "mentoring:match": of("round", PROGRAMME_LEADS, post=True),
    "mentoring:weights": of("round", PROGRAMME_LEADS),
    "mentoring:publish_round": of("round", PROGRAMME_LEADS),
    "mentoring:cancel_round": of("round", PROGRAMME_LEADS),
    "mentoring:version": of("round_version", PROGRAMME_LEADS),
    "mentoring:matching": of("round_version", PROGRAMME_LEADS),
    "mentoring:stop_matching": of("round_version", PROGRAMME_LEADS, post=True),
    "mentoring:keep_version": of("round_version", PROGRAMME_LEADS, post=True),
    "mentoring:round_pairs": of("round_version", PROGRAMME_LEADS),
    "mentoring:pair_in_round": of("round_pair", PROGRAMME_LEADS),
    "mentoring:decide": Route(PROGRAMME_LEADS, lambda place: [place.round_pair.pk, "pin"], post=True),
    "programmes:catalogue": general(),
    "programmes:programme": Route(args=lambda place: [place.programmes.programme.code], elsewhere=PEOPLE),
    "programmes:cohort": Route(
        CLINICIANS | WATCHERS | ALL_OFFICERS | {"programme lead", "assessor"},
        lambda place: [place.programmes.open_cohort.pk],
        elsewhere=CLINICIANS | ALL_OFFICERS | {"national lead"},
    ),
    "programmes:people": general(ALL_OFFICERS),
    "programmes:people_export": general(ALL_OFFICERS),
    "programmes:manage": general(PROGRAMME_LEADS),
    "programmes:new": general(PROGRAMME_LEADS),
    "programmes:manage_programme": led(lambda here: [here.programme.code]),
    "programmes:edit": led(lambda here: [here.programme.code]),
    "programmes:retire": led(lambda here: [here.programme.code]),
    "programmes:draft": led(lambda here: [here.programme.code], post=True),
    "programmes:new_cohort": led(lambda here: [here.programme.code]),
    "programmes:version": led(lambda here: [here.draft.pk]),
    "programmes:describe": led(lambda here: [here.draft.pk]),
    "programmes:publish": led(lambda here: [here.draft.pk]),
    "programmes:close_version": led(lambda here: [here.version.pk]),
    "programmes:add_stage": led(lambda here: [here.draft.pk]),
    "programmes:add_gate": led(lambda here: [here.draft.pk, "level"]),
    "programmes:add_criterion": led(lambda here: [here.draft_gate.pk]),
    "programmes:part": led(lambda here: ["gates", here.draft_gate.pk]),
    "programmes:remove_part": led(lambda here: ["gates", here.draft_gate.pk], post=True),
    "programmes:move_part": led(lambda here: ["gates", here.draft_gate.pk], post=True),
    "programmes:manage_cohorts": general(PROGRAMME_LEADS),
    "programmes:manage_cohort": led(lambda here: [here.open_cohort.pk]),
    "programmes:edit_cohort": led(lambda here: [here.open_cohort.pk]),
    "programmes:newest_version": led(lambda here: [here.planned.pk], post=True),
    "programmes:open_cohort": led(lambda here: [here.planned.pk]),
    "programmes:close_applications": led(lambda here: [here.open_cohort.pk]),
    "programmes:cancel_cohort": led(lambda here: [here.open_cohort.pk]),
    "programmes:limits": led(lambda here: [here.planned.pk]),
    "programmes:assessors": led(lambda here: [here.open_cohort.pk]),
    "programmes:tutors": led(lambda here: [here.open_cohort.pk]),
    "programmes:remove_from_cohort": led(lambda here: [here.planned.pk, "limits", here.limit.pk], post=True),
    # Programmes: applying, endorsing, gates and earlier learning
    "applying:mine": general(CLINICIANS),
    "applying:apply": Route(CLINICIANS, lambda place: [place.programmes.next_cohort.pk], elsewhere=CLINICIANS),
    "applying:application": in_programmes("application", OWN),
    "applying:withdraw": in_programmes("application", OWN),
    "applying:ask_manager": in_programmes("application", OWN, post=True),
    "applying:endorsements": general(CLINICIANS | APPRAISERS),
    "applying:endorse": in_programmes("endorsement", APPRAISER),
    "applying:settle": in_programmes("open_cohort", PROGRAMME_LEADS, elsewhere=ADMINISTRATOR),
    "applying:equivalences": general(CLINICIANS),
    "applying:ask": general(CLINICIANS),
    "applying:register": general(PROGRAMME_LEADS),
    "applying:decide": in_programmes("equivalence", PROGRAMME_LEADS, elsewhere=ADMINISTRATOR),
    # Programmes: scoring, places, answers to offers, appeals and statistics
    "selecting:to_score": general(ASSESSORS),
    "selecting:declare": in_selection("new", ASSESSORS),
    "selecting:score": in_selection("started", ASSESSORS),
    "selecting:conflict": in_selection("started", ASSESSORS),
    "selecting:cohort": in_selection("cohort", PROGRAMME_LEADS),
    "selecting:gate": in_selection("cohort", PROGRAMME_LEADS, "gate"),
    "selecting:assign": in_selection("cohort", PROGRAMME_LEADS, "gate", post=True),
    "selecting:places": in_selection("decided", PROGRAMME_LEADS),
    "selecting:decide": in_selection("cohort", PROGRAMME_LEADS),
    "selecting:close_waiting_list": in_selection("decided", PROGRAMME_LEADS, post=True),
    "selecting:feedback": in_selection("cohort", PROGRAMME_LEADS),
    "selecting:statistics": in_selection("finished", PEOPLE, elsewhere=PEOPLE),
    "selecting:publish_statistics": in_selection("finished", PROGRAMME_LEADS, post=True),
    "selecting:application": Route(PROGRAMME_LEADS, lambda place: [place.programmes.selecting.new.application_id]),
    "selecting:add_reader": Route(
        PROGRAMME_LEADS,
        lambda place: [place.programmes.selecting.new.application_id, place.programmes.selecting.gate.pk],
    ),
    "selecting:withdraw_for": Route(PROGRAMME_LEADS, lambda place: [place.programmes.selecting.new.application_id]),
    "selecting:write_feedback": in_selection("lost", PROGRAMME_LEADS),
    "selecting:take_back": in_selection("new", PROGRAMME_LEADS),
    "selecting:offer": in_selection("offered", OWN),
    "selecting:decline": in_selection("offered", OWN),
    "selecting:appeal": in_selection("lost", OWN),
    "selecting:decide_appeal": in_selection("appeal", PROGRAMME_LEADS),
    # Vacancies
    "boards:vacancies": general(ALL_OFFICERS | WATCHERS),
    "boards:new": general(ALL_OFFICERS),
    "boards:vacancy": of("vacancy", WATCHERS, elsewhere=frozenset({"administrator", "national lead"})),
    "boards:edit": of("vacancy", OFFICERS),
    "boards:specification": of("vacancy", OFFICERS),
    "boards:open": of("vacancy", OFFICERS),
    "boards:close": of("open_vacancy", OFFICERS),
    "boards:build": of("open_vacancy", OFFICERS, post=True),
    "boards:shortlist": of("built", OFFICERS),
    "boards:building": of("built", OFFICERS),
    "boards:not_eligible": of("built", OFFICERS),
    "boards:publish": of("built", OFFICERS),
    "boards:candidate": Route(OFFICERS, lambda place: [place.built.pk, place.entry.reference]),
    # Officers' view of appraisals
    "officers:compliance": general(ALL_OFFICERS),
    "officers:overdue": general(ALL_OFFICERS),
    "officers:appraisal": of("overdue", OFFICERS),
    "officers:assign": general(ALL_OFFICERS),
    "officers:check_assignment": general(ALL_OFFICERS),
    "officers:postponements": general(ALL_OFFICERS),
    "officers:decide": of("postponement", OFFICERS),
    "officers:cycles": general(ALL_OFFICERS),
    "officers:place": Route(ALL_OFFICERS, lambda place: [place.overdue.rule.cycle_id], about_nobody=True),
    "officers:person": of("clinician", OFFICERS),
    "officers:end_obligation": Route(OFFICERS, lambda place: [place.overdue.obligation_id]),
    "officers:connections": general(ALL_OFFICERS),
    "officers:connect": general(ALL_OFFICERS),
    "officers:end_connection": of("connection", OFFICERS),
    "officers:designated_body": general(ALL_OFFICERS | RESPONSIBLE),
    "officers:quiet_days": general(ALL_OFFICERS),
    "officers:remove_quiet_days": of("quiet_days", OFFICERS, post=True),
    "officers:doctors": general(RESPONSIBLE),
    "officers:doctor": of("connection", RESPONSIBLE, elsewhere=NOBODY),
    # Programmes: taking part
    "taking_part:mine": general(CLINICIANS),
    "taking_part:place": taking("place", OWN, elsewhere=NOBODY),
    "taking_part:give_up": taking("place", OWN, elsewhere=NOBODY),
    "taking_part:host": taking("place", OWN, elsewhere=NOBODY),
    "taking_part:add_objective": taking("place", OWN, elsewhere=NOBODY),
    "taking_part:look_back": taking("place", OWN, elsewhere=NOBODY),
    "taking_part:objective": taking("objective", OWN, elsewhere=NOBODY),
    "taking_part:remove_objective": taking("objective", OWN, post=True, elsewhere=NOBODY),
    "taking_part:set": taking("set", OWN, elsewhere=NOBODY),
    "taking_part:meeting": taking("meeting", OWN, elsewhere=NOBODY),
    "taking_part:change_meeting": taking("meeting", OWN, elsewhere=NOBODY),
    "taking_part:remove_meeting": taking("unmet", OWN, post=True, elsewhere=NOBODY),
    "taking_part:remove_note": taking("note", OWN, post=True, elsewhere=NOBODY),
    "taking_part:teaching": general(CLINICIANS | {"mentor", "programme lead"}),
    "taking_part:cohort": taking("cohort", PROGRAMME_LEADS),
    "taking_part:export": taking("cohort", PROGRAMME_LEADS),
    "taking_part:start": taking("decided", PROGRAMME_LEADS, post=True),
    "taking_part:finish": taking("cohort", PROGRAMME_LEADS, post=True),
    "taking_part:complete_ready": taking("cohort", PROGRAMME_LEADS, post=True),
    "taking_part:add_session": taking("cohort", PROGRAMME_LEADS),
    "taking_part:sets": taking("cohort", PROGRAMME_LEADS),
    "taking_part:add_newcomers": taking("cohort", PROGRAMME_LEADS, post=True),
    "taking_part:session": taking("coming", PROGRAMME_LEADS),
    "taking_part:cancel_session": taking("coming", PROGRAMME_LEADS, post=True),
    "taking_part:attendance": taking("session", PROGRAMME_LEADS),
    "taking_part:person": taking("place", PROGRAMME_LEADS),
    "taking_part:withdraw": taking("place", PROGRAMME_LEADS),
    "taking_part:defer": taking("place", PROGRAMME_LEADS),
    "taking_part:come_back": taking("place", PROGRAMME_LEADS, post=True),
    "taking_part:transfer": taking("place", PROGRAMME_LEADS),
    "taking_part:complete": taking("place", PROGRAMME_LEADS, post=True),
    "taking_part:supporter": taking("place", PROGRAMME_LEADS),
    "taking_part:certificate": taking("certificate", PROGRAMME_LEADS | OWN),
    "taking_part:revoke": taking("certificate", PROGRAMME_LEADS),
    # Whoever was shown a certificate's code, and nobody who made one up.
    "taking_part:verify": Route(args=lambda place: [place.taking_part.certificate.code], public=True, elsewhere=PEOPLE),
    "taking_part:fellows": general(SUPPORTERS),
    "taking_part:fellow": taking("place", APPRAISER, elsewhere=NOBODY),
    "taking_part:plan_all": taking("place", APPRAISER, post=True, elsewhere=NOBODY),
    "taking_part:check_in": taking("check_in", APPRAISER, elsewhere=NOBODY),
    "taking_part:remove_check_in": taking("check_in", APPRAISER, post=True, elsewhere=NOBODY),
    # Exports
    "exports:make": Route(ALL_OFFICERS, lambda place: ["overdue", "csv"], about_nobody=True),
    "exports:job": of("export", frozenset({"HR officer"}), elsewhere=NOBODY),
    "exports:progress": of("export", frozenset({"HR officer"}), elsewhere=NOBODY),
    "exports:file": of("export", frozenset({"HR officer"}), elsewhere=NOBODY),
    # Imports
    "transfers:batches": general(ALL_OFFICERS),
    "transfers:upload": general(ALL_OFFICERS),
    "transfers:template": Route(ALL_OFFICERS, lambda place: ["csv"], about_nobody=True),
    "transfers:batch": of("batch", OFFICERS),
    "transfers:progress": of("batch", OFFICERS),
    "transfers:confirm": of("batch", OFFICERS, post=True),
    "transfers:discard": of("batch", OFFICERS, post=True),
    "transfers:errors": of("batch", OFFICERS),
    # Imports of old results
    "transfers:histories": general(ALL_OFFICERS),
    "transfers:upload_history": general(ALL_OFFICERS),
    "transfers:history_template": Route(ALL_OFFICERS, lambda place: ["lqf-360"], about_nobody=True),
    "transfers:history": of("history", OFFICERS),
    "transfers:confirm_history": of("waiting_history", OFFICERS, post=True),
    "transfers:discard_history": of("waiting_history", OFFICERS, post=True),
    "transfers:history_errors": of("waiting_history", OFFICERS),
    "transfers:remove_history": of("history", OFFICERS),
    # The API: pages about it are public; its rows are in tests/api, because tokens, not sessions, open them
    "api:documentation": general(public=True),
    "api:schema": general(public=True),
    "api:token": general(public=True, post=True),
    "api:shortlists": general(NOBODY),
    "api:shortlist": Route(NOBODY, lambda place: [place.published.reference], elsewhere=NOBODY),
}
