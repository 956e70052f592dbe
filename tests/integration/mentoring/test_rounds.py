"""Matching rounds: opened for people one leads, matched with proof, changed with the cost shown, published once."""

import datetime
from dataclasses import asdict

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mentoring import answering, proposals
from mentoring.actions import publishing, register, rounds, solving
from mentoring.fields import OfferState, RequestState
from mentoring.matching import Stopped
from mentoring.models import MentoringRequest, Relationship, RelationshipTransition, Round, RoundPair, RoundVersion
from mentoring.points import Weights
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.seen import Stale
from registry.notifications.kinds import Part
from registry.notifications.models import Message
from registry.notifications.outbox import with_parts
from tests.factories import mentoring as make
from tests.factories import mentoring_rounds as made
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PostFactory, clinician_user, grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


def seekers(trust, number, **attributes):
    return [
        make.looking(clinician_user(trust, given_name="Sam", family_name=f"Seeker{at}"), **attributes)
        for at in range(number)
    ]


def mentors(trust, number, **attributes):
    return [
        make.offering(clinician_user(trust, given_name="Mo", family_name=f"Mentor{at}").user, **attributes)
        for at in range(number)
    ]


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_round_is_opened_only_for_organisations_one_leads_mentoring_for(trust, elsewhere, lead):
    with pytest.raises(NotAllowed):
        made.opened(lead, trust, elsewhere)
    with pytest.raises(NotAllowed):
        made.opened(lead)
    with pytest.raises(NotAllowed):
        made.opened(user_with(Role.HR_OFFICER, trust), trust)
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["guru"]}, "kinds"),
        ({"professions": ["wizard"]}, "professions"),
        ({"answer_days": 0}, "answer_days"),
        ({"answer_days": 61}, "answer_days"),
    ],
)
def test_a_round_that_makes_no_sense_is_refused_beside_its_field(trust, lead, values, field):
    with pytest.raises(Invalid) as refused:
        made.opened(lead, trust, **values)
    assert refused.value.field == field


def test_a_round_is_seen_by_leads_who_reach_all_its_organisations_and_by_nobody_else(trust, lead):
    other = OrganisationFactory(name="Another trust of the region")
    region = trust.region_links.get().region
    regional = user_with(Role.PROGRAMME_LEAD, region)
    both, one = made.opened(regional, trust, other), made.opened(lead, trust)
    made.matched(both, regional)

    def seen(user, model=Round):
        return set(model.visible_to(user, P.MENTORING_MANAGE).values_list("pk", flat=True))

    assert seen(regional) == {both.pk, one.pk}
    assert seen(user_with(Role.PROGRAMME_LEAD)) == {both.pk, one.pk}
    assert seen(lead) == {one.pk}
    assert seen(lead, RoundVersion) == set()
    assert seen(user_with(Role.PROGRAMME_LEAD, other)) == set()
    for role in (Role.HR_OFFICER, Role.CLINICIAN, Role.MENTOR):
        assert seen(user_with(role, trust)) == set()
    assert not any(Round.visible_to(regional, permission).exists() for permission in set(P) - {P.MENTORING_MANAGE})


# --- matching --------------------------------------------------------------------------------------------------------


def test_the_first_version_is_proved_and_becomes_the_rounds_own(trust, lead):
    wanted, offers = seekers(trust, 2), mentors(trust, 2, capacity=1)
    round_ = made.opened(lead, trust)
    version = made.matched(round_, lead)
    assert (version.status, version.proved, version.matched, version.mentees, version.spaces) == (
        "ready",
        True,
        2,
        2,
        2,
    )
    assert round_.current == version
    assert sorted(made.pairs(version)) == sorted(one.pk for one in wanted)
    assert sorted(made.pairs(version).values()) == sorted(one.pk for one in offers)


def test_each_pairs_reasons_add_up_to_its_score_and_all_scores_to_the_total(trust, lead):
    seekers(trust, 3, needs=make.domains(2))
    mentors(trust, 1, capacity=3, strengths=make.domains(2))
    version = made.matched(made.opened(lead, trust), lead)
    pairs = list(version.pairs.all())
    assert [pair.score for pair in pairs] == [sum(pair.reasons.values()) for pair in pairs] == [45, 45, 45]
    assert version.total == 135
    assert pairs[0].reasons == {"need": 40, "near": 5}


@pytest.mark.parametrize(("looking", "offering"), [(0, 0), (2, 0), (0, 2)])
def test_a_round_without_people_on_a_side_is_an_answer_too(trust, lead, looking, offering):
    seekers(trust, looking)
    mentors(trust, offering)
    version = made.matched(made.opened(lead, trust), lead)
    assert (version.status, version.proved, version.matched) == ("ready", True, 0)
    assert (version.mentees, version.mentors) == (looking, offering)
    assert all(pair.why == {"could": 0, "rules": []} for pair in version.pairs.all())


def test_of_more_mentees_than_places_the_others_are_told_that_one_more_place_would_help(trust, lead):
    seekers(trust, 3)
    (mentor,) = mentors(trust, 1, capacity=2)
    version = made.matched(made.opened(lead, trust), lead)
    assert version.matched == 2
    (without,) = version.pairs.filter(mentor=None)
    assert without.why == {"could": 1, "full": [mentor.pk]}


def test_who_does_not_have_their_first_choice_is_told_which_it_is(trust, lead):
    needs = make.domains(3)
    one = make.looking(clinician_user(trust), needs=needs[:2])
    other = make.looking(clinician_user(trust), needs=needs[:1])
    (best,) = mentors(trust, 1, capacity=1, strengths=needs[:2])
    (second,) = mentors(trust, 1, capacity=1, strengths=needs[2:])
    version = made.matched(made.opened(lead, trust), lead)
    assert made.pairs(version) == {one.pk: best.pk, other.pk: second.pk}
    why = version.pairs.get(wanted=other).why
    assert {name: why[name] for name in ("first", "score", "matches")} == {"first": best.pk, "score": 25, "matches": 0}
    assert version.pairs.get(wanted=other).choices == [[best.pk, 25], [second.pk, 5]]


def test_what_the_minimum_rules_out_is_said_with_the_points_that_would_do(trust, lead):
    seekers(trust, 1)
    mentors(trust, 1)
    version = made.matched(made.opened(lead, trust), lead, minimum=30)
    assert version.pairs.get().why == {"could": 0, "rules": ["quality"], "best": 25}


def test_the_same_people_give_the_same_answer_with_the_same_sha256(trust, lead):
    seekers(trust, 4)
    mentors(trust, 3, capacity=1)
    round_ = made.opened(lead, trust)
    one, other = made.matched(round_, lead), made.matched(round_, lead)
    assert made.pairs(one) == made.pairs(other)
    assert one.sha256 == other.sha256
    assert (other.before_matched, other.before_total) == (one.matched, one.total)


def test_no_other_round_draws_anew_between_equals(trust, lead):
    """Over many draws a lead would see which pairs win too often, and so who wished for whom."""
    seekers(trust, 4)
    mentors(trust, 4, capacity=1)
    found = []
    for name in ("One", "Two", "Three"):
        round_ = made.opened(lead, trust, name=name)
        version = made.matched(round_, lead)
        found.append((made.pairs(version), version.sha256))
        rounds.cancel_round(round=round_, by=lead)
    assert found[0] == found[1] == found[2]


def test_nobody_works_out_the_numbers_without_the_services_key(settings):
    names = []
    for key in ("one", "another", "one"):
        settings.EQUALITY_KEY = key
        names.append(solving._lot())
    assert names[0] == names[2] != names[1]
    assert not {"one", "another"} & set(names)


def test_weights_that_leave_everything_to_the_draw_are_refused(trust, lead):
    round_ = made.opened(lead, trust)
    with pytest.raises(Invalid) as refused:
        made.asked(round_, lead, weights=Weights(**dict.fromkeys(asdict(Weights()), 0)))
    assert refused.value.field == "need"


def test_an_answer_that_the_verifier_does_not_prove_is_never_shown(trust, lead, monkeypatch):
    seekers(trust, 1)
    mentors(trust, 1)
    monkeypatch.setattr(answering, "proves", lambda problem, answer: False)
    version = made.matched(made.opened(lead, trust), lead)
    assert (version.status, version.failure) == ("failed", solving.NOT_PROVED)
    assert not version.pairs.exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        RoundVersion.objects.filter(pk=version.pk).update(status="ready")


def test_one_version_is_matched_at_a_time_and_one_that_hangs_is_given_up(trust, lead):
    round_ = made.opened(lead, trust)
    hanging = made.asked(round_, lead)
    with pytest.raises(WrongState):
        made.asked(round_, lead)
    RoundVersion.objects.filter(pk=hanging.pk).update(asked_at=timezone.now() - rounds.GIVEN_UP_AFTER)
    assert made.matched(round_, lead).status == "ready"
    hanging.refresh_from_db()
    assert (hanging.status, hanging.failure) == ("failed", rounds.GIVEN_UP)


def test_a_version_that_waited_long_for_a_worker_is_not_given_up_while_one_is_at_it(trust, lead):
    version = made.asked(made.opened(lead, trust), lead)
    RoundVersion.objects.filter(pk=version.pk).update(asked_at=timezone.now() - rounds.GIVEN_UP_AFTER)
    seen = []

    def report(stage, turn=0, gap=0.0):
        seen.append(rounds.given_up(RoundVersion.objects.get(pk=version.pk)))

    version.refresh_from_db()
    assert rounds.given_up(version)
    solving.solve(version_id=version.pk, report=report)
    assert seen
    assert not any(seen)
    version.status, version.started_at = "solving", timezone.now() - rounds.GIVEN_UP_AFTER
    assert rounds.given_up(version)


def test_a_version_that_takes_its_worker_down_again_and_again_is_given_up(trust, lead, monkeypatch):
    version = made.asked(made.opened(lead, trust), lead)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as later:
        later.setattr(solving, "population", killed)
        for _ in range(solving.ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                solving.solve(version_id=version.pk)
    solving.solve(version_id=version.pk)
    version.refresh_from_db()
    assert (version.status, version.failure) == ("failed", rounds.GIVEN_UP)


def test_a_second_delivery_changes_nothing(trust, lead):
    seekers(trust, 1)
    mentors(trust, 1)
    version = made.matched(made.opened(lead, trust), lead)
    solving.solve(version_id=version.pk)
    assert version.pairs.count() == 1


def test_a_version_stopped_midway_leaves_nothing_and_another_can_be_asked_for(trust, lead, monkeypatch):
    seekers(trust, 1)
    mentors(trust, 1)
    round_ = made.opened(lead, trust)
    version, heard = made.asked(round_, lead), []

    def report(stage, turn=0, gap=0.0):
        heard.append(stage)
        if stage == "best":
            rounds.stop(version=version, by=lead)

    solving.solve(version_id=version.pk, report=report)
    version.refresh_from_db()
    assert (version.status, version.pairs.count(), heard) == ("stopped", 0, ["reading", "best"])
    with pytest.raises(WrongState):
        rounds.stop(version=version, by=lead)
    assert made.matched(round_, lead).status == "ready"


def test_a_version_stopped_after_its_last_step_is_not_written(trust, lead, monkeypatch):
    version = made.asked(made.opened(lead, trust), lead)
    monkeypatch.setattr(solving, "_pairs_before", lambda row: rounds.stop(version=row, by=lead))
    monkeypatch.setattr(answering, "match", lambda problem, **options: _raise(Stopped))
    solving.solve(version_id=version.pk)
    version.refresh_from_db()
    assert version.status == "stopped"


def _raise(error):
    raise error


def test_a_mentor_who_leaves_between_reading_and_writing_is_left_out_at_the_latest_when_it_is_published(trust, lead):
    (wanted,), (mentor,) = seekers(trust, 1), mentors(trust, 1)
    round_ = made.opened(lead, trust)
    version = made.asked(round_, lead)

    def report(stage, turn=0, gap=0.0):
        if stage == "writing":
            register.move_offer(profile=mentor, to=OfferState.LEFT, by=mentor.user)

    solving.solve(version_id=version.pk, report=report)
    assert made.pairs(version) == {wanted.pk: mentor.pk}
    version.refresh_from_db()
    assert [reason for _, reason in publishing.no_longer(version)] == [publishing.NOT_OFFERED]
    again = made.matched(round_, lead)
    assert made.pairs(again) == {wanted.pk: None}
    assert (again.before_matched, again.matched) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_who_ask_at_once_one_is_told_that_it_is_being_matched(trust, lead, monkeypatch):
    monkeypatch.setattr(rounds, "_enqueue", lambda key: None)
    round_ = made.opened(lead, trust)

    def ask():
        return rounds.ask_version(round=Round.objects.get(pk=round_.pk), by=User.objects.get(pk=lead.pk))

    assert outcome(at_once(ask, ask)) == (1, 1)
    assert round_.versions.count() == 1


def test_stages_are_heard_in_words_that_the_page_can_show(trust, lead):
    seekers(trust, 2)
    mentors(trust, 1)
    version, heard = made.asked(made.opened(lead, trust), lead), []
    solving.solve(version_id=version.pk, report=lambda stage, turn=0, gap=0.0: heard.append((stage, gap)))
    assert [stage for stage, _ in heard] == ["reading", "best", "lot", "writing"]
    assert dict(heard)["best"] == 0


# --- deciding --------------------------------------------------------------------------------------------------------


def test_a_pin_is_in_the_answer_and_its_cost_is_told_before_it_is_kept(trust, lead):
    needs = make.domains(2)
    one = make.looking(clinician_user(trust), needs=needs)
    other = make.looking(clinician_user(trust), needs=needs[:1])
    (best,) = mentors(trust, 1, capacity=1, strengths=needs)
    (second,) = mentors(trust, 1, capacity=1, strengths=make.domains(3)[2:])
    round_ = made.opened(lead, trust)
    first = made.matched(round_, lead)
    trial = made.matched(round_, lead, pin=(other.pk, best.pk))
    assert made.pairs(trial) == {one.pk: second.pk, other.pk: best.pk}
    assert (trial.matched - trial.before_matched, trial.total - trial.before_total) == (0, -20)
    assert round_.current == first
    moved = trial.pairs.moved_from(first.pk, lead)
    assert {pair.wanted_id: pair.before for pair in moved} == {one.pk: best.pk, other.pk: second.pk}
    rounds.keep(version=trial, by=lead)
    round_.refresh_from_db()
    assert round_.current == trial
    lifted = made.matched(round_, lead, lift=(other.pk, best.pk))
    assert made.pairs(lifted) == made.pairs(first)


def test_a_pair_ruled_out_by_a_lead_is_in_no_answer(trust, lead):
    (wanted,), (mentor,) = seekers(trust, 1), mentors(trust, 1)
    round_ = made.opened(lead, trust)
    made.matched(round_, lead)
    without = made.matched(round_, lead, forbid=(wanted.pk, mentor.pk))
    assert without.matched == 0
    assert without.pairs.get().why == {"could": 0, "rules": [], "decided": True}
    assert (without.before_matched, without.before_total) == (1, 25)


def test_ruling_out_whom_a_rule_keeps_apart_anyway_is_no_reason(trust, lead):
    (wanted,), (mentor,) = seekers(trust, 1), mentors(trust, 1)
    PostFactory(clinician=wanted.clinician, band="8a")
    PostFactory(clinician=mentor.user.clinician, band="5")
    round_ = made.opened(lead, trust)
    made.matched(round_, lead)
    without = made.matched(round_, lead, forbid=(wanted.pk, mentor.pk))
    assert without.pairs.get().why == {"could": 0, "rules": ["grade"]}


def test_names_are_read_only_to_refuse_a_pin(trust, lead, monkeypatch):
    (wanted,), (mentor,) = seekers(trust, 1), mentors(trust, 1)
    monkeypatch.setattr(answering, "names_of", None)
    assert made.matched(made.opened(lead, trust), lead, pin=(wanted.pk, mentor.pk)).status == "ready"


def test_changed_weights_compare_the_same_pairs_under_the_new_weights(trust, lead):
    seekers(trust, 1)
    mentors(trust, 1)
    round_ = made.opened(lead, trust)
    made.matched(round_, lead)
    trial = made.matched(round_, lead, weights=Weights(need=50), minimum=10)
    assert (trial.total, trial.before_total, trial.minimum) == (55, 55, 10)


def test_what_is_decided_last_replaces_what_was_decided_before(trust, lead):
    (wanted,), (mentor, second) = seekers(trust, 1), mentors(trust, 2, capacity=1)
    round_ = made.opened(lead, trust)
    made.matched(round_, lead)
    for changes, pinned, forbidden in (
        ({"pin": (wanted.pk, mentor.pk)}, [[wanted.pk, mentor.pk]], []),
        ({"pin": (wanted.pk, second.pk)}, [[wanted.pk, second.pk]], []),
        ({"forbid": (wanted.pk, second.pk)}, [], [[wanted.pk, second.pk]]),
        ({"pin": (wanted.pk, second.pk)}, [[wanted.pk, second.pk]], []),
    ):
        version = made.matched(round_, lead, **changes)
        assert (version.pinned, version.forbidden) == (pinned, forbidden)
        rounds.keep(version=version, by=lead)


def test_pins_that_cannot_be_are_refused_with_the_names(trust, lead):
    (wanted, other), (mentor, _) = seekers(trust, 2), mentors(trust, 2, capacity=1)
    round_ = made.opened(lead, trust)
    made.matched(round_, lead)
    rounds.keep(version=made.matched(round_, lead, pin=(wanted.pk, mentor.pk)), by=lead)
    with pytest.raises(Invalid, match="Mo Mentor0 has 1 place left, and Sam Seeker0 and Sam Seeker1"):
        made.asked(round_, lead, pin=(other.pk, mentor.pk))
    register.move_offer(profile=mentor, to=OfferState.PAUSED, by=mentor.user)
    with pytest.raises(Invalid, match="Mo Mentor0 cannot take anybody now, and Sam Seeker0 is pinned"):
        made.asked(round_, lead)
    register.stop_looking(wanted=wanted, by=wanted.clinician.user)
    with pytest.raises(Invalid, match="Sam Seeker0 does not look for anybody now"):
        made.asked(round_, lead)
    assert round_.versions.count() == 2


def test_a_pin_that_a_rule_keeps_apart_fails_with_the_names_and_the_rule(trust, lead):
    (wanted,), (mentor,) = seekers(trust, 1), mentors(trust, 1)
    PostFactory(clinician=wanted.clinician, band="8a")
    PostFactory(clinician=mentor.user.clinician, band="6")
    version = made.matched(made.opened(lead, trust), lead, pin=(wanted.pk, mentor.pk))
    assert version.status == "failed"
    assert version.failure.startswith(
        "Sam Seeker0 is pinned to Mo Mentor0, and they cannot be matched. The mentor’s grade"
    )


def test_a_pin_whose_mentor_leaves_while_it_is_matched_fails_in_words(trust, lead, monkeypatch):
    (wanted,), (mentor,) = seekers(trust, 1), mentors(trust, 1)
    version = made.asked(made.opened(lead, trust), lead, pin=(wanted.pk, mentor.pk))
    register.move_offer(profile=mentor, to=OfferState.LEFT, by=mentor.user)
    solving.solve(version_id=version.pk)
    version.refresh_from_db()
    assert "Mo Mentor0 cannot take anybody now" in version.failure


def test_nobody_decides_about_a_pair_they_are_one_of(trust):
    both = clinician_user(trust, family_name="Both")
    grant(both.user, Role.PROGRAMME_LEAD, trust)
    (other,), (mentor,) = seekers(trust, 1), mentors(trust, 1)
    wanted, offer = make.looking(both), make.offering(both.user)
    round_ = made.opened(both.user, trust)
    made.matched(round_, both.user)
    for pair in ((wanted.pk, mentor.pk), (other.pk, offer.pk)):
        for what in ("pin", "forbid", "lift"):
            with pytest.raises(Invalid, match="You are one of these two"):
                made.asked(round_, both.user, **{what: pair})
    made.asked(round_, both.user, pin=(other.pk, mentor.pk))


def test_who_opened_the_page_on_another_version_is_told_so(trust, lead):
    seekers(trust, 1)
    mentors(trust, 1)
    round_ = made.opened(lead, trust)
    first = made.matched(round_, lead)
    one, other = made.matched(round_, lead), made.matched(round_, lead)
    rounds.keep(version=one, by=lead)
    with pytest.raises(Stale):
        rounds.keep(version=other, by=lead)
    with pytest.raises(Stale):
        rounds.ask_version(round=round_, seen=str(first.pk), by=lead)
    with pytest.raises(Stale):
        publishing.publish(round=round_, seen=str(first.pk), by=lead)


def test_nothing_of_a_version_can_be_changed_afterwards(trust, lead):
    seekers(trust, 1)
    mentors(trust, 1)
    version = made.matched(made.opened(lead, trust), lead)
    for rows, values in (
        (RoundVersion.objects.filter(pk=version.pk), {"weights": {}}),
        (RoundVersion.objects.filter(pk=version.pk), {"total": 1}),
        (RoundPair.objects.filter(version=version), {"score": 99}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**values)


# --- publishing ------------------------------------------------------------------------------------------------------


def _update(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


def ready(trust, lead, number=2):
    """A round that is matched: as many pairs as said."""
    wanted, offers = seekers(trust, number), mentors(trust, number, capacity=1)
    round_ = made.opened(lead, trust)
    made.matched(round_, lead)
    return round_, wanted, offers


def test_publishing_proposes_each_pair_to_both_and_ends_the_round(trust, lead):
    round_, wanted, offers = ready(trust, lead)
    proposed, left_out = publishing.publish(round=round_, by=lead)
    assert (proposed, left_out) == (2, [])
    rows = list(Relationship.objects.all())
    assert {row.state for row in rows} == {"proposed"}
    assert {row.answer_by for row in rows} == {today() + datetime.timedelta(days=14)}
    assert {row.reasons["need"] for row in rows} == {20}
    assert set(MentoringRequest.objects.values_list("state", flat=True)) == {RequestState.PROPOSED}
    steps = RelationshipTransition.objects.values_list("before", "after", "by")
    assert list(steps) == [("", "proposed", lead.pk)] * 2
    letters = Message.objects.filter(kind="mentoring_proposal")
    assert set(letters.values_list("recipient_id", flat=True)) == {
        *(one.clinician.user_id for one in wanted),
        *(one.user_id for one in offers),
    }
    # Officers see what could not be delivered at their organisation: who has a mentor is none of their business.
    assert set(letters.values_list("organisation_id", flat=True)) == {None}
    words = proposals.compose(with_parts([Part.of(letter) for letter in letters]))
    assert len(words) == 4
    # Who it is, is read after signing in.
    assert all(("Sam Seeker" in one.text) != ("Mo Mentor" in one.text) for one in words.values())
    assert {"somebody to mentor" in one.text for one in words.values()} == {True, False}
    Relationship.objects.filter(pk=rows[0].pk).update(state="lapsed")
    assert len(proposals.compose(with_parts([Part.of(letter) for letter in letters]))) == 2
    assert proposals.over([row.pk for row in rows]) == {rows[0].pk}
    assert AuditEvent.objects.filter(verb="mentoring_round.published", subject_id=round_.pk).count() == 1
    round_.refresh_from_db()
    assert (round_.state, round_.ended_by) == ("published", lead)
    for act in (
        lambda: publishing.publish(round=round_, by=lead),
        lambda: rounds.cancel_round(round=round_, by=lead),
        lambda: made.asked(round_, lead),
    ):
        with pytest.raises(WrongState):
            act()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda wanted, mentor: register.stop_looking(wanted=wanted, by=wanted.clinician.user), publishing.NOT_LOOKING),
        (
            lambda wanted, mentor: User.objects.filter(pk=wanted.clinician.user_id).update(is_active=False),
            publishing.NOT_LOOKING,
        ),
        (
            lambda wanted, mentor: register.move_offer(profile=mentor, to=OfferState.LEFT, by=mentor.user),
            publishing.NOT_OFFERED,
        ),
        (lambda wanted, mentor: User.objects.filter(pk=mentor.user_id).update(is_active=False), publishing.NOT_OFFERED),
        (
            lambda wanted, mentor: type(mentor).objects.filter(pk=mentor.pk).update(kinds=["coach"]),
            publishing.OTHER_KIND,
        ),
        (lambda wanted, mentor: make.excluding(mentor.user, wanted.clinician.user.email), publishing.BARRED),
        (lambda wanted, mentor: _update(wanted, kind="coach"), publishing.OTHER_KIND),
        (lambda wanted, mentor: _update(wanted, meeting="remote"), publishing.CHANGED),
        (lambda wanted, mentor: _update(mentor, languages=["cy"]), publishing.CHANGED),
        (lambda wanted, mentor: _update(wanted.clinician, profession="midwife"), publishing.CHANGED),
        (lambda wanted, mentor: wanted.needs.update(domain=make.domains(2)[1]), publishing.CHANGED),
        (lambda wanted, mentor: mentor.strengths.update(domain=make.domains(2)[1]), publishing.CHANGED),
        (lambda wanted, mentor: PostFactory(clinician=wanted.clinician, band="6"), publishing.CHANGED),
    ],
)
def test_a_pair_that_does_not_hold_any_more_is_left_out_with_the_reason(trust, lead, change, reason):
    round_, wanted, offers = ready(trust, lead)
    partner = {mentor.pk: mentor for mentor in offers}[made.pairs(round_.current)[wanted[0].pk]]
    change(wanted[0], partner)
    assert [(pair.wanted, why) for pair, why in publishing.no_longer(round_.current)] == [(wanted[0], reason)]
    proposed, left_out = publishing.publish(round=round_, by=lead)
    assert (proposed, [pair.wanted for pair in left_out]) == (1, [wanted[0]])
    assert Relationship.objects.get().wanted == wanted[1]


def test_a_request_that_was_not_held_is_not_proposed_even_if_it_is_open_by_then(trust, lead, monkeypatch):
    round_, wanted, _ = ready(trust, lead)
    rows, hold = MentoringRequest.objects.filter(pk=wanted[0].pk), publishing._hold
    rows.update(state=RequestState.PROPOSED)

    def held(version):
        found = hold(version)
        rows.update(state=RequestState.OPEN)
        return found

    monkeypatch.setattr(publishing, "_hold", held)
    proposed, left_out = publishing.publish(round=round_, by=lead)
    assert (proposed, [pair.wanted for pair in left_out]) == (1, [wanted[0]])


@pytest.mark.django_db(transaction=True)
def test_publishing_waits_for_no_request_that_is_proposed_to_somebody_already(trust, lead):
    round_, wanted, _ = ready(trust, lead)
    MentoringRequest.objects.filter(pk=wanted[0].pk).update(state=RequestState.PROPOSED)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM mentoring_mentoringrequest WHERE id = %s FOR UPDATE", [wanted[0].pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        assert publishing.publish(round=round_, by=lead)[0] == 1
    finally:
        other.rollback()
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def test_a_place_given_to_somebody_else_meanwhile_is_not_given_twice(trust, lead):
    round_, _, (mentor,) = ready(trust, lead, 1)
    seekers(trust, 1)
    other = made.opened(lead, trust)
    made.matched(other, lead)
    publishing.publish(round=other, by=lead)
    if publishing.no_longer(round_.current):
        with pytest.raises(WrongState):
            publishing.publish(round=round_, by=lead)
    assert Relationship.objects.filter(mentor=mentor).count() == 1


def test_nobody_has_the_same_mentor_for_two_things_they_look_for(trust, lead, nurse):
    needs = make.domains(2)
    first, second = make.looking(nurse, needs=needs[:1]), make.looking(nurse, needs=needs, kind="coach")
    (best,) = mentors(trust, 1, kinds=["mentor", "coach"], capacity=2, strengths=needs)
    round_ = made.opened(lead, trust)
    version = made.matched(round_, lead)
    # The weaker of the two pairs gives way, and it is said why.
    assert made.pairs(version) == {first.pk: None, second.pk: best.pk}
    assert version.pairs.get(wanted=first).why == {"could": 0, "rules": [], "twice": True}
    assert (version.proved, version.matched) == (True, 1)
    # With another mentor there, both are matched; and a pin is never the one that gives way.
    (other,) = mentors(trust, 1, kinds=["mentor", "coach"], capacity=2, strengths=make.domains(3)[2:])
    assert made.pairs(made.matched(round_, lead)) == {first.pk: other.pk, second.pk: best.pk}
    pinned = made.matched(round_, lead, pin=(first.pk, best.pk))
    assert made.pairs(pinned) == {first.pk: best.pk, second.pk: other.pk}
    rounds.keep(version=pinned, by=lead)
    with pytest.raises(Invalid, match="Ada Nurse is pinned to Mo Mentor0 for two things they look for"):
        made.asked(round_, lead, pin=(second.pk, best.pk))
    assert publishing.publish(round=round_, by=lead) == (2, [])


def test_the_same_mentor_for_two_things_is_not_published_either(trust, lead, nurse, monkeypatch):
    """A second look, should the matching ever miss it: the database would refuse the whole round."""
    make.looking(nurse)
    make.looking(nurse, kind="coach")
    mentors(trust, 1, kinds=["mentor", "coach"], capacity=2)
    round_ = made.opened(lead, trust)
    monkeypatch.setattr(answering._Matched, "_again", lambda self: set())
    made.matched(round_, lead)
    assert [reason for _, reason in publishing.no_longer(round_.current)] == [publishing.TWICE]
    proposed, left_out = publishing.publish(round=round_, by=lead)
    assert (proposed, len(left_out)) == (1, 1)


def test_a_round_with_nobody_to_propose_is_not_published(trust, lead):
    round_ = made.opened(lead, trust)
    with pytest.raises(WrongState, match="not matched yet"):
        publishing.publish(round=round_, by=lead)
    made.matched(round_, lead)
    with pytest.raises(WrongState, match="no pair to propose"):
        publishing.publish(round=round_, by=lead)
    rounds.cancel_round(round=round_, by=lead)
    assert not Message.objects.filter(kind="mentoring_proposal").exists()


def test_nobody_who_leads_less_than_the_whole_round_changes_it(trust, lead):
    other = OrganisationFactory(name="Another trust of the region")
    regional = user_with(Role.PROGRAMME_LEAD, trust.region_links.get().region)
    round_ = made.opened(regional, trust, other)
    version = made.matched(round_, regional)
    for act in (
        lambda: made.asked(round_, lead),
        lambda: rounds.keep(version=version, by=lead),
        lambda: rounds.stop(version=version, by=lead),
        lambda: rounds.cancel_round(round=round_, by=lead),
        lambda: publishing.publish(round=round_, by=lead),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_who_publish_at_once_one_does(trust, lead):
    round_, _, _ = ready(trust, lead)
    other = user_with(Role.PROGRAMME_LEAD, trust)

    def publish(user):
        return lambda: publishing.publish(round=Round.objects.get(pk=round_.pk), by=User.objects.get(pk=user.pk))

    assert outcome(at_once(publish(lead), publish(other))) == (1, 1)
    assert Relationship.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_mentor_who_pauses_while_it_is_published_is_proposed_or_left_out_but_nothing_in_between(trust, lead):
    round_, _, (mentor,) = ready(trust, lead, 1)

    def publish():
        return publishing.publish(round=Round.objects.get(pk=round_.pk), by=User.objects.get(pk=lead.pk))

    def pause():
        return register.move_offer(profile=mentor, to=OfferState.PAUSED, by=User.objects.get(pk=mentor.user_id))

    at_once(publish, pause)
    round_.refresh_from_db()
    assert (round_.state == "published") == Relationship.objects.exists()


def test_many_pairs_are_proposed_in_sets(trust, lead):
    round_, _, _ = ready(trust, lead, 12)
    with CaptureQueriesContext(connection) as queries:
        publishing.publish(round=round_, by=lead)
    assert Relationship.objects.count() == 12
    assert len(queries) < 50
