"""What the database keeps of programmes, whoever writes and however."""

import pytest
from django.db import DatabaseError, transaction
from django.db.utils import IntegrityError

from programmes.fields import GateKind
from programmes.models import Cohort, Score, Stage
from programmes.states import CohortState
from registry.accounts.roles import Role
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    organisation = OrganisationFactory()
    lead = user_with(Role.PROGRAMME_LEAD, organisation)
    draft = programmes.draft_version(programmes.ProgrammeFactory(organisation=organisation))
    programmes.gate(draft, GateKind.WRITTEN)
    return programmes.published(draft, lead)


def refused(words):
    """The database refuses what is done in this block, with these words; what was done before stays."""
    return pytest.raises(DatabaseError, match=words)


def test_cohort_never_offers_more_places_than_it_has(version):
    cohort = programmes.cohort(version, capacity=1)
    programmes.application(cohort, clinician_user(cohort.organisation), state="offered")
    second = programmes.application(cohort, clinician_user(cohort.organisation), state="reserve")
    second.state, second.answer_by = "offered", programmes.in_days(3)
    with refused("is full"), transaction.atomic():
        second.save()


def test_place_held_counts_as_the_offer_it_came_from(version):
    cohort = programmes.cohort(version, capacity=1)
    programmes.enrolment(cohort, clinician_user(cohort.organisation))
    with refused("is full"), transaction.atomic():
        programmes.application(cohort, clinician_user(cohort.organisation), state="offered")


def test_capacity_is_never_lower_than_the_places_taken(version):
    cohort = programmes.cohort(version, capacity=3)
    for _ in range(2):
        programmes.enrolment(cohort, clinician_user(cohort.organisation))
    Cohort.objects.filter(pk=cohort.pk).update(capacity=2)
    with refused("more places taken"), transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk).update(capacity=1)


def test_nobody_is_offered_a_place_without_every_gate(version):
    cohort = programmes.cohort(version)
    made = programmes.application(cohort, clinician_user(cohort.organisation))
    made.state, made.answer_by = "offered", programmes.in_days(3)
    with refused("not passed every gate"), transaction.atomic():
        made.save()


def test_published_version_never_changes(version):
    with refused("is published"), transaction.atomic():
        Stage.objects.filter(version=version).update(name="Another")
    with refused("is published"), transaction.atomic():
        version.gates.get().criteria.first().delete()
    version.expectations = "Something else"
    with refused("published_is_final"), transaction.atomic():
        version.save()


def test_cohort_opens_on_a_published_version_only(version):
    draft = programmes.draft_version(version.programme)
    with refused("published version"), transaction.atomic():
        programmes.cohort(draft)
    assert programmes.cohort(draft, state=CohortState.DRAFT).state == CohortState.DRAFT


def test_nobody_applies_twice_for_one_cohort(version):
    cohort = programmes.cohort(version)
    clinician = clinician_user(cohort.organisation)
    programmes.application(cohort, clinician)
    with pytest.raises(IntegrityError, match="application_once_per_cohort"), transaction.atomic():
        programmes.application(cohort, clinician, state="draft")


def test_score_is_given_only_after_saying_that_there_is_no_conflict(version):
    cohort = programmes.cohort(version)
    made = programmes.application(cohort, clinician_user(cohort.organisation))
    gate = version.gates.get()
    reading = made.readings.create(gate=gate, assessor=user_with(Role.ASSESSOR, cohort.organisation))
    with refused("not open for scores"), transaction.atomic():
        Score.objects.create(reading=reading, criterion=gate.criteria.first(), points=2)
