"""Two leads at once: publishing, editing, announcing, closing."""

import pytest

from programmes.actions import catalogue, cohorts, parts
from programmes.fields import StageKind, Tier
from programmes.models import Cohort, CohortTransition, Programme, ProgrammeVersion
from programmes.states import CohortState, VersionState
from registry.accounts.roles import Role
from registry.kernel.errors import Invalid, WrongState
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leads():
    trust = OrganisationFactory()
    return user_with(Role.PROGRAMME_LEAD, trust), user_with(Role.PROGRAMME_LEAD, trust), trust


@pytest.fixture
def draft(leads):
    return programmes.draft_version(programmes.ProgrammeFactory(organisation=leads[2]))


def test_two_who_publish_at_once_publish_once(leads, draft):
    one, two, _ = leads
    results = at_once(
        lambda: catalogue.publish_version(version=draft, by=one),
        lambda: catalogue.publish_version(version=draft, by=two),
    )
    assert outcome(results) == (1, 1)


def test_stage_added_while_another_publishes_is_in_the_version_or_refused(leads, draft):
    one, two, _ = leads
    values = {"name": "Late", "kind": StageKind.MODULE, "weeks": 1, "exempt_by_equivalence": False}
    published, added = at_once(
        lambda: catalogue.publish_version(version=draft, by=one),
        lambda: parts.save_stage(version=draft, stage=None, values=values, by=two),
    )
    assert published.state == VersionState.PUBLISHED
    assert draft.stages.filter(name="Late").exists() != isinstance(added, WrongState)


def test_two_stages_added_at_once_stand_one_after_the_other(leads, draft):
    values = {"name": "Late", "kind": StageKind.MODULE, "weeks": 1, "exempt_by_equivalence": False}
    results = at_once(
        *(lambda by=by: parts.save_stage(version=draft, stage=None, values=values, by=by) for by in leads[:2])
    )
    assert outcome(results) == (2, 0)
    assert list(draft.stages.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_two_who_begin_a_version_at_once_begin_one(leads, draft):
    one, two, _ = leads
    programmes.published(draft, one)
    results = at_once(
        lambda: catalogue.draft_version(programme=draft.programme, by=one),
        lambda: catalogue.draft_version(programme=draft.programme, by=two),
    )
    assert outcome(results) == (1, 1)
    assert ProgrammeVersion.objects.count() == 2


def test_two_programmes_are_never_made_to_ask_for_one_another(leads):
    one, two, trust = leads
    first, second = (
        programmes.draft_version(programmes.ProgrammeFactory(organisation=trust, tier=Tier.MIDDLE)) for _ in range(2)
    )
    programmes.gate(first, "prerequisite", prerequisite=second.programme)
    programmes.gate(second, "prerequisite", prerequisite=first.programme)
    results = at_once(
        lambda: catalogue.publish_version(version=first, by=one),
        lambda: catalogue.publish_version(version=second, by=two),
    )
    assert outcome(results) == (1, 1)


def test_cohort_is_never_announced_on_a_version_closed_at_the_same_time(leads, draft):
    one, two, _ = leads
    version = programmes.published(draft, one)
    cohort = programmes.cohort(version, state=CohortState.DRAFT)
    opened, closed = at_once(
        lambda: cohorts.open_cohort(cohort=cohort, by=one), lambda: catalogue.close_version(version=version, by=two)
    )
    assert closed.closed_at
    after = Cohort.objects.get(pk=cohort.pk).state
    assert after == (CohortState.DRAFT if isinstance(opened, WrongState) else CohortState.OPEN)


def test_cohort_is_never_announced_of_a_programme_retired_at_the_same_time(leads, draft):
    one, two, _ = leads
    version = programmes.published(draft, one)
    cohort = programmes.cohort(version, state=CohortState.DRAFT)
    results = at_once(
        lambda: cohorts.open_cohort(cohort=cohort, by=one),
        lambda: catalogue.retire_programme(programme=version.programme, by=two),
    )
    assert outcome(results) == (1, 1)
    retired = Programme.objects.get(pk=version.programme_id).retired_at is not None
    assert retired != (Cohort.objects.get(pk=cohort.pk).state == CohortState.OPEN)


def test_applications_are_closed_once_by_hand_and_by_night(leads, draft):
    one, _, _ = leads
    cohort = programmes.cohort(programmes.published(draft, one), closes_on=programmes.in_days(-1))
    results = at_once(
        lambda: cohorts.close_applications(cohort=cohort, by=one),
        lambda: cohorts.close_when_over(programmes.in_days(0)),
    )
    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, WrongState)]
    assert CohortTransition.objects.filter(cohort=cohort, after=CohortState.SELECTING).count() == 1


def test_places_offered_while_the_capacity_is_lowered_are_never_too_many(leads, draft):
    one, _, trust = leads
    cohort = programmes.cohort(programmes.published(draft, one), capacity=2)
    programmes.application(cohort, clinician_user(trust), state="offered")
    waiting = programmes.application(cohort, clinician_user(trust), state="reserve")
    values = {name: getattr(cohort, name) for name in cohorts.EDITED} | {"capacity": 1}

    def offer():
        waiting.state, waiting.answer_by = "offered", programmes.in_days(3)
        waiting.save()

    lowered, offered = at_once(lambda: cohorts.edit_cohort(cohort=cohort, values=values, by=one), offer)
    assert isinstance(lowered, Invalid) != isinstance(offered, Exception)
    cohort.refresh_from_db()
    assert cohorts.places_taken(cohort) <= cohort.capacity
