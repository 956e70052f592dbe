"""The menu: at most six entries per role, grouped for people with several."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.accounts.roles import Role
from registry.kernel.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry of these roles, shown to whoever has the permission over others (`over`) or over themself."""

    text: str
    url_name: str
    permission: P
    over: bool
    roles: frozenset[Role]
    # What the addresses of its pages begin with, where that is not its own address.
    sections: tuple[str, ...] = ()
    # The pages of its section, shown below the header on each of them.
    pages: tuple["Entry", ...] = ()


CLINICIAN = frozenset({Role.CLINICIAN})
APPRAISER = frozenset({Role.APPRAISER})
FACILITATOR = frozenset({Role.FACILITATOR})
HR = frozenset({Role.HR_OFFICER})
RESPONSIBLE = frozenset({Role.RESPONSIBLE_OFFICER})
LEADS = frozenset({Role.REGIONAL_LEAD, Role.NATIONAL_LEAD})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
PROGRAMME_LEAD = frozenset({Role.PROGRAMME_LEAD})
ASSESSOR = frozenset({Role.ASSESSOR})
# Clinicians find whom they support among their programmes.
SUPPORTERS = frozenset({Role.MENTOR, Role.APPRAISER, Role.PROGRAMME_LEAD})

OFFICERS = HR | ADMINISTRATOR
PROFILE: tuple[Entry, ...] = (
    Entry("Profile", "clinicians:own", P.PROFILE_VIEW, over=False, roles=CLINICIAN),
    Entry("Ideas and ventures", "contributions:mine", P.VENTURE_EDIT, over=False, roles=CLINICIAN),
    Entry("Opportunities", "contributions:opportunities", P.VENTURE_EDIT, over=False, roles=CLINICIAN),
    Entry("Showcase", "contributions:showcase", P.VENTURE_EDIT, over=False, roles=CLINICIAN),
)
DEVELOPMENT: tuple[Entry, ...] = (
    Entry("Plan", "competency:development", P.DEVELOPMENT_PLAN, over=False, roles=CLINICIAN),
    Entry("My appraisals", "appraisals:mine", P.APPRAISAL_PREPARE, over=False, roles=CLINICIAN),
)
PEOPLE: tuple[Entry, ...] = (
    Entry("Everybody", "clinicians:people", P.PROFILE_VIEW, over=True, roles=OFFICERS),
    Entry("Imports", "transfers:batches", P.PEOPLE_IMPORT, over=True, roles=OFFICERS),
    Entry("Roles", "roles", P.ROLE_GRANT, over=True, roles=OFFICERS),
    Entry("Ventures to clear", "contributions:clearing", P.VENTURE_CLEAR, over=True, roles=HR),
)
APPRAISALS: tuple[Entry, ...] = (
    Entry("Compliance", "officers:compliance", P.APPRAISAL_VIEW, over=True, roles=OFFICERS),
    Entry("Overdue", "officers:overdue", P.APPRAISAL_VIEW, over=True, roles=OFFICERS),
    Entry("Assign", "officers:assign", P.APPRAISAL_MANAGE, over=True, roles=OFFICERS),
    Entry("Postponements", "officers:postponements", P.APPRAISAL_MANAGE, over=True, roles=OFFICERS),
    Entry("Cycles", "officers:cycles", P.APPRAISAL_MANAGE, over=True, roles=OFFICERS),
    Entry("Connections", "officers:connections", P.APPRAISAL_MANAGE, over=True, roles=OFFICERS),
    Entry("Designated body", "officers:designated_body", P.DESIGNATED_BODY_VIEW, over=True, roles=OFFICERS),
    Entry("Quiet days", "officers:quiet_days", P.APPRAISAL_MANAGE, over=True, roles=OFFICERS),
    Entry("Feedback rounds", "feedback:happened", P.FEEDBACK_LIST, over=True, roles=OFFICERS),
    Entry("Messages not delivered", "notifications:failed", P.MESSAGE_RETRY, over=True, roles=OFFICERS),
)
# Pages about programmes: of those who take part, of HR about its people, and of those who run them.
OWN_PROGRAMMES: tuple[Entry, ...] = (
    Entry("Catalogue", "programmes:catalogue", P.PROGRAMME_TAKE_PART, over=False, roles=CLINICIAN),
    Entry(
        "My programmes",
        "taking_part:mine",
        P.PROGRAMME_TAKE_PART,
        over=False,
        roles=CLINICIAN,
        sections=("/programmes/mine/", "/programmes/sets/"),
    ),
    Entry("My applications", "applying:mine", P.PROGRAMME_TAKE_PART, over=False, roles=CLINICIAN),
    Entry("Earlier learning", "applying:equivalences", P.PROGRAMME_TAKE_PART, over=False, roles=CLINICIAN),
    Entry("Endorsements", "applying:endorsements", P.APPLICATION_ENDORSE, over=False, roles=CLINICIAN),
    Entry("My fellows", "taking_part:fellows", P.FELLOW_SUPPORT, over=False, roles=CLINICIAN),
    Entry("Cohorts I teach", "taking_part:teaching", P.PROGRAMME_TEACH, over=False, roles=CLINICIAN),
    Entry(
        "Alumni",
        "outcomes:alumni",
        P.PROGRAMME_TAKE_PART,
        over=False,
        roles=CLINICIAN,
        sections=("/programmes/alumni", "/programmes/outcomes/"),
    ),
)
PEOPLE_ON_PROGRAMMES: tuple[Entry, ...] = (
    Entry("Our people", "programmes:people", P.PROGRAMME_PEOPLE, over=True, roles=OFFICERS),
    Entry("Catalogue", "programmes:catalogue", P.PROGRAMME_PEOPLE, over=True, roles=OFFICERS),
    Entry("What they bought", "outcomes:report", P.PROGRAMME_REPORT, over=True, roles=OFFICERS),
    Entry("Opportunities", "contributions:opportunities", P.OPPORTUNITY_MANAGE, over=True, roles=ADMINISTRATOR),
)
RUNNING_PROGRAMMES: tuple[Entry, ...] = (
    Entry(
        "What we run",
        "programmes:manage",
        P.PROGRAMME_MANAGE,
        over=True,
        roles=PROGRAMME_LEAD,
        sections=("/programmes/manage",),
    ),
    Entry(
        "Cohorts",
        "programmes:manage_cohorts",
        P.PROGRAMME_MANAGE,
        over=True,
        roles=PROGRAMME_LEAD,
        sections=(
            "/programmes/manage/cohorts",
            "/programmes/running/",
            "/programmes/cohorts/",
            "/programmes/selection/",
            "/programmes/appeals/",
            "/programmes/sessions/",
            "/programmes/places/",
            "/programmes/certificates/",
        ),
    ),
    Entry("Catalogue", "programmes:catalogue", P.PROGRAMME_MANAGE, over=True, roles=PROGRAMME_LEAD),
    Entry(
        "Equivalence register",
        "applying:register",
        P.PROGRAMME_MANAGE,
        over=True,
        roles=PROGRAMME_LEAD,
        sections=("/programmes/earlier-learning/",),
    ),
    Entry(
        "What they bought",
        "outcomes:report",
        P.PROGRAMME_REPORT,
        over=True,
        roles=PROGRAMME_LEAD,
        sections=("/programmes/reports", "/programmes/outcomes/"),
    ),
)
RUNNING_MENTORING: tuple[Entry, ...] = (
    Entry("Mentors", "mentoring:mentors", P.MENTORING_MANAGE, over=True, roles=PROGRAMME_LEAD),
    Entry("Who is looking", "mentoring:requests", P.MENTORING_MANAGE, over=True, roles=PROGRAMME_LEAD),
    Entry("Matching rounds", "mentoring:rounds", P.MENTORING_MANAGE, over=True, roles=PROGRAMME_LEAD),
    Entry("Relationships", "mentoring:relationships", P.MENTORING_MANAGE, over=True, roles=PROGRAMME_LEAD),
    Entry("Said no", "mentoring:answers", P.MENTORING_MANAGE, over=True, roles=PROGRAMME_LEAD),
    Entry("What mentoring does", "mentoring:insight", P.MENTORING_REPORT, over=True, roles=PROGRAMME_LEAD),
)
INSIGHT: tuple[Entry, ...] = (
    Entry("Levels", "dashboard:insight", P.LEVELS_SUMMARISE, over=True, roles=HR | ADMINISTRATOR),
    Entry("What mentoring does", "mentoring:insight", P.MENTORING_REPORT, over=True, roles=HR | ADMINISTRATOR),
)
# In the order of the menu; what one group of roles shares stands together.
ENTRIES: tuple[Entry, ...] = (
    Entry("My profile", "clinicians:own", P.PROFILE_VIEW, over=False, roles=CLINICIAN, pages=PROFILE),
    Entry(
        "My leadership",
        "competency:mine",
        P.ASSESSMENT_EDIT,
        over=False,
        roles=CLINICIAN,
        sections=("/leadership/",),
    ),
    Entry(
        "My development", "competency:development", P.DEVELOPMENT_PLAN, over=False, roles=CLINICIAN, pages=DEVELOPMENT
    ),
    Entry(
        "Programmes",
        "programmes:catalogue",
        P.PROGRAMME_TAKE_PART,
        over=False,
        roles=CLINICIAN,
        pages=OWN_PROGRAMMES,
    ),
    Entry("Mentoring", "mentoring:mine", P.MENTORING_SEEK, over=False, roles=CLINICIAN),
    Entry("Board posts", "consent", P.PROFILE_EDIT, over=False, roles=CLINICIAN),
    Entry(
        "My appraisees",
        "appraisals:appraisees",
        P.APPRAISAL_CONDUCT,
        over=False,
        roles=APPRAISER,
        sections=("/appraisals/appraisees/", "/leadership/appraisees/"),
    ),
    Entry("Endorsements", "applying:endorsements", P.APPLICATION_ENDORSE, over=False, roles=APPRAISER),
    Entry("To score", "selecting:to_score", P.APPLICATION_SCORE, over=False, roles=ASSESSOR),
    Entry("Feedback", "feedback:facilitating", P.FEEDBACK_FACILITATE, over=False, roles=FACILITATOR),
    Entry("My doctors", "officers:doctors", P.RECOMMENDATION_MAKE, over=False, roles=RESPONSIBLE),
    Entry("People", "clinicians:people", P.PROFILE_VIEW, over=True, roles=OFFICERS, pages=PEOPLE),
    Entry("Appraisals", "officers:compliance", P.APPRAISAL_VIEW, over=True, roles=OFFICERS, pages=APPRAISALS),
    Entry("Programmes", "programmes:people", P.PROGRAMME_PEOPLE, over=True, roles=OFFICERS, pages=PEOPLE_ON_PROGRAMMES),
    Entry(
        "Programmes we run",
        "programmes:manage",
        P.PROGRAMME_MANAGE,
        over=True,
        roles=PROGRAMME_LEAD,
        pages=RUNNING_PROGRAMMES,
    ),
    Entry("Opportunities", "contributions:opportunities", P.OPPORTUNITY_MANAGE, over=True, roles=PROGRAMME_LEAD),
    Entry(
        "Mentoring",
        "mentoring:mentors",
        P.MENTORING_MANAGE,
        over=True,
        roles=PROGRAMME_LEAD,
        pages=RUNNING_MENTORING,
    ),
    Entry("Mentoring", "mentoring:mine", P.MENTORING_OFFER, over=False, roles=frozenset({Role.MENTOR})),
    Entry(
        "My mentees",
        "mentoring:pairs",
        P.MENTORING_OFFER,
        over=False,
        roles=frozenset({Role.MENTOR}),
        sections=("/mentoring/pairs", "/mentoring/goals/"),
    ),
    Entry("Log a session", "mentoring:log", P.MENTORING_OFFER, over=False, roles=frozenset({Role.MENTOR})),
    Entry("My fellows", "taking_part:fellows", P.FELLOW_SUPPORT, over=False, roles=SUPPORTERS),
    Entry(
        "Cohorts I teach",
        "taking_part:teaching",
        P.PROGRAMME_TEACH,
        over=False,
        roles=frozenset({Role.MENTOR, Role.PROGRAMME_LEAD}),
    ),
    Entry("Programmes", "outcomes:report", P.PROGRAMME_REPORT, over=True, roles=LEADS),
    Entry("Vacancies", "boards:vacancies", P.VACANCY_VIEW, over=True, roles=HR | LEADS),
    Entry("What mentoring does", "mentoring:insight", P.MENTORING_REPORT, over=True, roles=LEADS),
    Entry("Insight", "dashboard:insight", P.LEVELS_SUMMARISE, over=True, roles=HR | ADMINISTRATOR, pages=INSIGHT),
    Entry("Organisations", "organisations:organisations", P.ORGANISATION_MANAGE, over=True, roles=ADMINISTRATOR),
    Entry("API clients", "clients", P.API_CLIENT_MANAGE, over=True, roles=ADMINISTRATOR),
)


def menu_for(user: Any, path: str) -> list[dict[str, Any]]:
    """The entries for this person, each with its section's `pages`; `current` marks where the page is, in both.

    `new_group` marks the first entry that none of the roles of the entry before it has.
    """
    items: list[dict[str, Any]] = []
    before: frozenset[Role] = frozenset()
    roles = {grant.role for grant in user.grants}
    for entry in ENTRIES:
        held = frozenset(role for role in entry.roles if role in roles)
        if _reaches(user, entry) and held:
            pages = [_item(page) for page in entry.pages if page.roles & roles and _reaches(user, page)]
            items.append(_item(entry) | {"new_group": bool(items) and not held & before, "pages": pages})
            before = held
    starts = [start for item in items for one in (item, *item["pages"]) for start in one["sections"]]
    # Of two sections that both begin the address, the longer one is meant.
    here = max((start for start in starts if path.startswith(start)), key=len, default=None)
    for item in items:
        for page in item["pages"]:
            page["current"] = here in page["sections"]
        item["current"] = here in item["sections"] or any(page["current"] for page in item["pages"])
    return items


def _reaches(user: Any, entry: Entry) -> bool:
    scope = user.scope_for(entry.permission)
    return bool(scope.over_others if entry.over else scope.user_id)


def _item(entry: Entry) -> dict[str, Any]:
    href = reverse(entry.url_name)
    return {"text": entry.text, "href": href, "sections": entry.sections or (href,)}
