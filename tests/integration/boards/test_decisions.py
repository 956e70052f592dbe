"""Decisions: named, reasoned, kept; and publication only when everybody is decided about."""

import pytest
from django.db import DatabaseError, transaction

from registry.accounts.actions import give_consent, withdraw_consent
from registry.accounts.models import ConsentReach
from registry.accounts.roles import Role
from registry.boards.actions import builds, decisions, vacancies
from registry.boards.models import EntryDecision, PublishedEntry
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db
REASON = "Meets what the post needs"


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


@pytest.fixture
def hr(trust):
    return boards.hr_officer(trust)


@pytest.fixture
def shortlist(trust, hr):
    """A list of two candidates, the better one first."""
    for level in (36, 12):
        boards.candidate(trust, levels=(level, 24, 24))
    return boards.built(boards.opened(trust, hr), hr)


def decide(entry, by, outcome="include", reason=REASON, seen=None):
    return decisions.decide(entry=entry, outcome=outcome, reason=reason, seen=seen, by=by)


def test_change_of_mind_keeps_the_history(shortlist, hr):
    entry = boards.candidates(shortlist)[0]
    first = decide(entry, hr)
    decide(entry, hr, "exclude", "Took another post elsewhere", seen=first.pk)
    assert [(d.outcome, d.by) for d in entry.decisions.all()] == [("exclude", hr), ("include", hr)]
    assert boards.candidates(shortlist)[0].outcome == "exclude"


def test_decision_on_top_of_one_not_seen_is_refused(shortlist, hr):
    entry = boards.candidates(shortlist)[0]
    decide(entry, hr)
    with pytest.raises(Invalid):
        decide(entry, hr, "exclude", "Took another post elsewhere", seen=None)
    assert entry.decisions.count() == 1


@pytest.mark.parametrize("reason", ["", " ", "good", "very good", "x" * 1001 + " y z", "nul\x00 in the reason"])
def test_decision_needs_a_reason_in_words(shortlist, hr, reason):
    with pytest.raises(Invalid) as refusal:
        decide(boards.candidates(shortlist)[0], hr, reason=reason)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.API_CLIENT, Role.AUDITOR])
def test_only_those_who_may_decide_do(shortlist, trust, role):
    with pytest.raises(NotAllowed):
        decide(boards.candidates(shortlist)[0], user_with(role, trust))
    with pytest.raises(NotAllowed):
        decisions.publish(shortlist=shortlist, by=user_with(role, trust))


def test_officer_of_another_trust_neither_decides_nor_publishes(shortlist):
    outsider = boards.hr_officer(OrganisationFactory(region="Y62"))
    with pytest.raises(NotAllowed):
        decide(boards.candidates(shortlist)[0], outsider)
    with pytest.raises(NotAllowed):
        decisions.publish(shortlist=shortlist, by=outsider)


def test_nobody_decides_about_somebody_who_has_withdrawn(shortlist, hr):
    entry = boards.candidates(shortlist)[0]
    withdraw_consent(user=entry.clinician.user, by=entry.clinician.user)
    with pytest.raises(WrongState):
        decide(entry, hr)


def test_somebody_not_eligible_is_not_decided_about(trust, hr):
    boards.candidate(trust, registered=False)
    shortlist = boards.built(boards.opened(trust, hr), hr)
    entry = shortlist.entries.get()
    with pytest.raises(WrongState):
        decide(entry, hr)
    with pytest.raises(DatabaseError), transaction.atomic():
        EntryDecision.objects.create(entry=entry, outcome="include", reason=REASON, by=hr)


def test_decisions_are_append_only(shortlist, hr):
    decide(boards.candidates(shortlist)[0], hr)
    for change in (
        lambda: EntryDecision.objects.update(outcome="exclude"),
        lambda: EntryDecision.objects.update(reason="Something else entirely"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_list_is_published_only_when_everybody_is_decided_and_somebody_included(shortlist, hr):
    first, second = boards.candidates(shortlist)
    with pytest.raises(WrongState, match="2 of 2 candidates are still to be decided"):
        decisions.publish(shortlist=shortlist, by=hr)
    made = decide(first, hr, "exclude", "Took another post elsewhere")
    with pytest.raises(WrongState, match="1 of 2"):
        decisions.publish(shortlist=shortlist, by=hr)
    decide(second, hr, "exclude", "Took another post elsewhere")
    with pytest.raises(WrongState, match="Nobody is included"):
        decisions.publish(shortlist=shortlist, by=hr)
    decide(first, hr, seen=made.pk)
    assert decisions.publish(shortlist=shortlist, by=hr).status == "published"


def test_somebody_who_withdrew_after_the_decision_is_not_published(shortlist, hr):
    boards.decide_all(shortlist, hr)
    gone = boards.candidates(shortlist)[0]
    withdraw_consent(user=gone.clinician.user, by=gone.clinician.user)
    decisions.publish(shortlist=shortlist, by=hr)
    assert not PublishedEntry.objects.filter(entry=gone).exists()
    assert shortlist.published_entries.count() == 1


def test_somebody_undecided_who_withdrew_does_not_hold_the_list_up(shortlist, hr):
    first, second = boards.candidates(shortlist)
    decide(first, hr)
    withdraw_consent(user=second.clinician.user, by=second.clinician.user)
    assert decisions.publish(shortlist=shortlist, by=hr).status == "published"


def test_consent_given_again_brings_the_candidate_back(shortlist, hr):
    first = boards.candidates(shortlist)[0]
    user = first.clinician.user
    withdraw_consent(user=user, by=user)
    give_consent(user=user, reach=ConsentReach.OWN_TRUST, by=user)
    assert decide(first, hr).outcome == "include"


def test_list_is_not_published_while_a_newer_one_is_built(shortlist, hr):
    boards.decide_all(shortlist, hr)
    builds.request_build(vacancy=shortlist.vacancy, by=hr)
    with pytest.raises(WrongState):
        decisions.publish(shortlist=shortlist, by=hr)


def test_closed_vacancy_takes_no_decisions(shortlist, hr):
    vacancies.close_vacancy(vacancy=shortlist.vacancy, reason="The post was withdrawn", by=hr)
    with pytest.raises(WrongState):
        decide(boards.candidates(shortlist)[0], hr)
    with pytest.raises(WrongState):
        decisions.publish(shortlist=shortlist, by=hr)


def test_list_is_published_once(shortlist, hr):
    boards.decide_all(shortlist, hr)
    decisions.publish(shortlist=shortlist, by=hr)
    with pytest.raises(WrongState):
        decisions.publish(shortlist=shortlist, by=hr)
    with pytest.raises(WrongState):
        decide(boards.candidates(shortlist)[0], hr)
