"""Assessors who apply or cannot read any more: what they had to read goes to others, and who has scored does not apply."""

import pytest
from django.urls import reverse

from programmes.actions import applying, assigning, scoring
from programmes.fields import GateKind
from programmes.models import Application, CohortAssessor
from registry.accounts.models import RoleGrant
from registry.accounts.roles import Role
from registry.kernel.errors import NotAllowed, WrongState
from tests.factories import programmes
from tests.factories import programmes_applying as applicants
from tests.factories import programmes_selecting as selecting
from tests.factories.people import clinician_user, grant
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(trust, lead):
    return programmes.cohort(applicants.version(trust, lead, GateKind.WRITTEN))


@pytest.fixture
def gate(cohort):
    return selecting.gate_of(cohort)


def assessing(cohort, **attributes):
    """A clinician who reads for the cohort."""
    clinician = clinician_user(cohort.organisation, **attributes)
    grant(clinician.user, Role.ASSESSOR, cohort.organisation)
    CohortAssessor.objects.create(cohort=cohort, user=clinician.user)
    return clinician


def readers_of(application):
    """Who reads it now."""
    return set(application.readings.standing().exclude(conflict=True).values_list("assessor", flat=True))


@pytest.mark.parametrize("act", [applying.save, applying.send])
def test_whoever_has_scored_for_the_cohort_does_not_apply_for_it(cohort, act):
    person = assessing(cohort)
    selecting.scored(selecting.applicant(cohort), person.user)
    with pytest.raises(WrongState, match="You have scored applications for this cohort"):
        act(cohort=cohort, clinician=person, answers=applicants.answers(cohort), by=person.user)
    assert not Application.objects.filter(clinician=person).exists()


def test_a_draft_is_not_sent_once_its_writer_has_scored_for_the_cohort(cohort):
    person = assessing(cohort)
    applying.save(cohort=cohort, clinician=person, answers=applicants.answers(cohort), by=person.user)
    selecting.scored(selecting.applicant(cohort), person.user)
    with pytest.raises(WrongState, match="You have scored"):
        applicants.send(cohort, person)


def test_scores_that_were_taken_back_or_are_of_another_cohort_keep_nobody_from_applying(cohort, lead):
    person = assessing(cohort)
    assigning.take_back(reading=selecting.scored(selecting.applicant(cohort), person.user), by=lead)
    other = selecting.selection(lead)
    CohortAssessor.objects.create(cohort=other, user=person.user)
    selecting.scored(selecting.applicant(other), person.user)
    assert applicants.send(cohort, person).state == "submitted"


def test_the_page_says_beforehand_that_who_has_scored_cannot_apply(sign_in, cohort):
    person = assessing(cohort)
    selecting.scored(selecting.applicant(cohort), person.user)
    page = sign_in(person.user).get(reverse("applying:apply", args=[cohort.pk]))
    assert "You have scored applications for this cohort" in page.text
    assert "Send the application" not in page.text


def test_what_an_assessor_who_applies_had_to_read_goes_to_others(cohort, gate, lead):
    row, person = selecting.applicant(cohort), assessing(cohort)
    others = [selecting.assessor(cohort) for _ in range(2)]
    for user in (person.user, others[0]):
        selecting.reading(row, user)
    applicants.send(cohort, person)
    assert readers_of(row) == {user.pk for user in others}
    reading = row.readings.get(assessor=person.user)
    assert reading.removed_at is not None
    with pytest.raises((WrongState, NotAllowed)):
        scoring.save(reading=reading, given=selecting.given(reading, 2), by=person.user)


def tie(row, person):
    """The assessor has become the applicant's line manager."""
    row.clinician.line_manager = person
    row.clinician.save()


def retire(row, person):
    """The assessor is none any more."""
    RoleGrant.objects.filter(user=person.user, role=Role.ASSESSOR).delete()


def close_account(row, person):
    """The assessor cannot sign in."""
    person.user.is_active = False
    person.user.save()


@pytest.mark.parametrize("change", [tie, retire, close_account])
def test_assigning_takes_a_file_back_from_whoever_cannot_read_it_any_more(cohort, gate, lead, change):
    row, person = selecting.applicant(cohort), assessing(cohort)
    others = [selecting.assessor(cohort) for _ in range(2)]
    for user in (person.user, others[0]):
        selecting.reading(row, user)
    change(row, person)
    assert assigning.assign(gate=gate, cohort=cohort, by=lead).made == 1
    assert readers_of(row) == {user.pk for user in others}


def test_assigning_leaves_what_was_submitted_where_it_is(cohort, gate, lead):
    row, person = selecting.applicant(cohort), assessing(cohort)
    others = [selecting.assessor(cohort) for _ in range(2)]
    selecting.reading(row, others[0])
    selecting.scored(row, person.user)
    retire(row, person)
    assert assigning.assign(gate=gate, cohort=cohort, by=lead).made == 0
    assert readers_of(row) == {person.user_id, others[0].pk}


def test_an_assessor_who_applies_while_they_submit_does_one_of_the_two(transactional_db, trust, lead):
    cohort = programmes.cohort(applicants.version(trust, lead, GateKind.WRITTEN))
    row, person = selecting.applicant(cohort), assessing(cohort)
    reading = selecting.reading(row, person.user)
    results = at_once(
        lambda: applicants.send(cohort, person),
        lambda: scoring.submit(reading=reading, given=selecting.given(reading, 2), by=person.user),
    )
    assert outcome(results) == (1, 1)
    reading.refresh_from_db()
    applied = Application.objects.filter(clinician=person, state="submitted").exists()
    assert (reading.submitted_at is None, reading.removed_at is not None) == (applied, applied)
