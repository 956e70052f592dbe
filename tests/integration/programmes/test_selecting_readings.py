"""Readings: who gets which application, what an assessor may do with it, and that nobody sees a score early."""

import pytest

from programmes.actions import assigning, scoring
from programmes.fields import GateKind, GateOutcome
from programmes.models import Answer, CohortAssessor, Reading, Score
from programmes.states import ApplicationState, CohortState
from registry.accounts.roles import Role
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from tests.factories import programmes
from tests.factories import programmes_selecting as selecting
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(lead):
    return selecting.selection(lead)


@pytest.fixture
def gate(cohort):
    return selecting.gate_of(cohort)


def readers_of(application):
    """Who reads it now."""
    return set(application.readings.standing().exclude(conflict=True).values_list("assessor", flat=True))


# --- assigning


def test_assigning_gives_each_application_its_readers_in_balance(cohort, gate, lead):
    people = [selecting.assessor(cohort) for _ in range(4)]
    rows = [selecting.applicant(cohort) for _ in range(6)]
    answer = assigning.assign(gate=gate, cohort=cohort, by=lead)
    assert (answer.made, answer.short) == (12, 0)
    assert [len(readers_of(row)) for row in rows] == [2] * 6
    assert [Reading.objects.filter(assessor=user).count() for user in people] == [3] * 4


def test_assigning_again_adds_nothing(cohort, gate, lead):
    for _ in range(2):
        selecting.assessor(cohort)
    selecting.applicant(cohort)
    assigning.assign(gate=gate, cohort=cohort, by=lead)
    assert assigning.assign(gate=gate, cohort=cohort, by=lead).made == 0


def test_only_those_who_passed_the_gates_before_are_assigned(lead):
    cohort = selecting.selection(lead, state=CohortState.OPEN, interview=True)
    for _ in range(2):
        selecting.assessor(cohort)
    through, before = selecting.applicant(cohort), selecting.applicant(cohort)
    through.results.create(gate=selecting.gate_of(cohort), outcome=GateOutcome.PASSED, reason="Passed.", points=500)
    interview = selecting.gate_of(cohort, GateKind.INTERVIEW)
    assert assigning.assign(gate=interview, cohort=cohort, by=lead).made == 2
    assert (len(readers_of(through)), readers_of(before)) == (2, set())


def test_nobody_with_a_tie_to_the_applicant_is_assigned(cohort, gate, lead, trust):
    def assessing(clinician):
        grant(clinician.user, Role.ASSESSOR, trust)
        CohortAssessor.objects.create(cohort=cohort, user=clinician.user)
        return clinician

    manager, appraiser, rival = (assessing(clinician_user(trust)) for _ in range(3))
    row = selecting.applicant(cohort, line_manager=manager, appraiser=appraiser.user)
    assessing(row.clinician)
    assessing(clinician_user(trust, line_manager=row.clinician))
    assessing(clinician_user(trust, appraiser=row.clinician.user))
    programmes.application(cohort, rival)
    free = [selecting.assessor(cohort) for _ in range(2)]
    assigning.assign(gate=gate, cohort=cohort, by=lead)
    assert readers_of(row) == {user.pk for user in free}


def test_nobody_reads_more_than_their_most_and_the_lead_hears_who_is_short(cohort, gate, lead):
    selecting.assessor(cohort, most=1)
    selecting.assessor(cohort, most=3)
    for _ in range(3):
        selecting.applicant(cohort)
    answer = assigning.assign(gate=gate, cohort=cohort, by=lead)
    assert (answer.made, answer.short) == (4, 2)


def test_somebody_who_is_no_assessor_any_more_is_not_assigned(cohort, gate, lead):
    gone = selecting.assessor(cohort)
    gone.is_active = False
    gone.save()
    selecting.applicant(cohort)
    assert assigning.assign(gate=gate, cohort=cohort, by=lead).made == 0


def test_assigning_by_hand_refuses_whoever_manages_the_applicant(cohort, gate, lead, trust):
    manager = clinician_user(trust)
    grant(manager.user, Role.ASSESSOR, trust)
    CohortAssessor.objects.create(cohort=cohort, user=manager.user)
    row = selecting.applicant(cohort, line_manager=manager)
    with pytest.raises(Invalid) as refused:
        assigning.assign_by_hand(application=row, gate=gate, assessor=manager.user, by=lead)
    assert refused.value.field == "assessor"


def test_assigning_by_hand_refuses_whoever_had_the_application(cohort, gate, lead):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user)
    assigning.take_back(reading=reading, by=lead)
    with pytest.raises(Invalid):
        assigning.assign_by_hand(application=row, gate=gate, assessor=user, by=lead)


def test_assigning_by_hand_refuses_an_assessor_of_another_cohort(cohort, gate, lead):
    with pytest.raises(Invalid):
        assigning.assign_by_hand(
            application=selecting.applicant(cohort),
            gate=gate,
            assessor=selecting.assessor(selecting.selection(lead)),
            by=lead,
        )


def test_assigning_by_hand_gives_one_more_reader(cohort, gate, lead):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = assigning.assign_by_hand(application=row, gate=gate, assessor=user, by=lead)
    assert (reading.assessor, reading.assigned_by) == (user, lead)


def test_a_lead_elsewhere_assigns_nobody(cohort, gate):
    with pytest.raises(NotAllowed):
        assigning.assign(gate=gate, cohort=cohort, by=user_with(Role.PROGRAMME_LEAD, OrganisationFactory()))


def test_scores_of_a_reading_that_is_taken_back_do_not_count(cohort, gate, lead):
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort) for _ in range(3)]
    first = selecting.scored(row, people[0], points=3)
    assigning.take_back(reading=first, by=lead)
    selecting.scored(row, people[1], points=1)
    selecting.scored(row, people[2], points=1)
    row.refresh_from_db()
    assert row.results.get().points == 300
    assert row.state == ApplicationState.NOT_SELECTED


def test_a_reading_is_not_taken_back_once_the_gate_has_decided(cohort, lead):
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort) for _ in range(2)]
    readings = [selecting.scored(row, user) for user in people]
    with pytest.raises(WrongState):
        assigning.take_back(reading=readings[0], by=lead)


def test_leads_who_assign_at_once_assign_once(transactional_db, lead):
    cohort = selecting.selection(lead)
    for _ in range(4):
        selecting.assessor(cohort)
    rows = [selecting.applicant(cohort) for _ in range(5)]
    gate = selecting.gate_of(cohort)
    results = at_once(*[lambda: assigning.assign(gate=gate, cohort=cohort, by=lead)] * 8)
    assert outcome(results) == (8, 0)
    assert [len(readers_of(row)) for row in rows] == [2] * 5


# --- conflicts


def test_a_conflict_closes_the_file_and_finds_another_reader(cohort, gate, lead):
    for _ in range(3):
        selecting.assessor(cohort)
    row = selecting.applicant(cohort)
    assigning.assign(gate=gate, cohort=cohort, by=lead)
    reading = row.readings.first()
    scoring.declare(reading=reading, conflict=True, reason="A friend.", by=reading.assessor)
    assert len(readers_of(row)) == 2
    assert reading.assessor_id not in readers_of(row)
    assert list(Answer.visible_to(reading.assessor, P.APPLICATION_SCORE)) == []
    with pytest.raises(WrongState):
        scoring.save(reading=reading, given=selecting.given(reading, 2), by=reading.assessor)


def test_a_conflict_stands_at_the_gates_that_follow(lead):
    cohort = selecting.selection(lead, interview=True)
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user, declared=False)
    scoring.declare(reading=reading, conflict=True, reason="A friend.", by=user)
    row.results.create(gate=selecting.gate_of(cohort), outcome=GateOutcome.PASSED, reason="Passed.", points=500)
    interview = selecting.gate_of(cohort, GateKind.INTERVIEW)
    with pytest.raises(Invalid):
        assigning.assign_by_hand(application=row, gate=interview, assessor=user, by=lead)


def test_a_conflict_needs_a_reason(cohort):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user, declared=False)
    with pytest.raises(Invalid) as refused:
        scoring.declare(reading=reading, conflict=True, reason=" ", by=user)
    assert refused.value.field == "reason"


def test_answers_open_only_after_saying_that_there_is_no_conflict(cohort):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user, declared=False)
    assert list(Answer.visible_to(user, P.APPLICATION_SCORE)) == []
    with pytest.raises(WrongState):
        scoring.submit(reading=reading, given=selecting.given(reading, 2), by=user)
    scoring.declare(reading=reading, conflict=False, by=user)
    assert Answer.visible_to(user, P.APPLICATION_SCORE).count() == 3


def test_a_conflict_found_while_reading_can_still_be_declared(cohort):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user)
    scoring.declare(reading=reading, conflict=True, reason="I know who wrote this.", by=user)
    reading.refresh_from_db()
    assert reading.conflict


def test_an_assessor_who_is_the_applicant_is_refused(cohort, trust):
    row = selecting.applicant(cohort)
    grant(row.clinician.user, Role.ASSESSOR, trust)
    reading = selecting.reading(row, row.clinician.user, declared=False)
    with pytest.raises(NotAllowed):
        scoring.declare(reading=reading, conflict=False, by=row.clinician.user)


def test_an_assessor_who_became_the_applicants_manager_is_refused(cohort, trust):
    manager = clinician_user(trust)
    grant(manager.user, Role.ASSESSOR, trust)
    row = selecting.applicant(cohort)
    reading = selecting.reading(row, manager.user)
    row.clinician.line_manager = manager
    row.clinician.save()
    with pytest.raises(NotAllowed):
        scoring.submit(reading=reading, given=selecting.given(reading, 2), by=manager.user)


# --- scoring


def test_a_draft_can_be_kept_with_gaps_and_changed(cohort, gate):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user)
    first, second, third = gate.criteria.all()
    scoring.save(reading=reading, given={first.pk: (2, "Good."), second.pk: (1, "")}, by=user)
    scoring.save(reading=reading, given={first.pk: (3, "Very good."), second.pk: (None, "")}, by=user)
    assert list(reading.scores.values_list("criterion", "points", "comment")) == [(first.pk, 3, "Very good.")]
    assert third.pk not in reading.scores.values_list("criterion", flat=True)


def test_a_submission_needs_points_for_every_criterion(cohort, gate):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user)
    first, *_, last = gate.criteria.all()
    with pytest.raises(Invalid) as refused:
        scoring.submit(reading=reading, given={first.pk: (2, "")}, by=user)
    assert refused.value.field != f"points_{first.pk}"
    assert last.pk


@pytest.mark.parametrize("points", [-1, 4])
def test_points_are_from_0_to_3(cohort, points):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user)
    with pytest.raises(Invalid):
        scoring.save(reading=reading, given=selecting.given(reading, points), by=user)


def test_points_for_another_gates_criterion_are_refused(cohort, lead):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user)
    other = selecting.gate_of(selecting.selection(lead)).criteria.first()
    with pytest.raises(Invalid):
        scoring.save(reading=reading, given={other.pk: (2, "")}, by=user)


def test_nothing_changes_after_submitting(cohort):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.scored(row, user)
    with pytest.raises(WrongState):
        scoring.save(reading=reading, given=selecting.given(reading, 3), by=user)
    with pytest.raises(WrongState):
        scoring.declare(reading=reading, conflict=True, reason="Late.", by=user)


def test_somebody_else_does_not_score_it(cohort):
    row = selecting.applicant(cohort)
    reading = selecting.reading(row, selecting.assessor(cohort))
    with pytest.raises(NotAllowed):
        scoring.save(reading=reading, given=selecting.given(reading, 2), by=selecting.assessor(cohort))


def test_an_application_that_was_withdrawn_takes_no_scores(cohort):
    row, user = selecting.applicant(cohort), selecting.assessor(cohort)
    reading = selecting.reading(row, user)
    row.state = ApplicationState.WITHDRAWN
    row.save()
    with pytest.raises(WrongState):
        scoring.save(reading=reading, given=selecting.given(reading, 2), by=user)


def test_the_gate_decides_with_the_last_score(cohort):
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort) for _ in range(2)]
    readings = [selecting.reading(row, user) for user in people]
    scoring.submit(reading=readings[0], given=selecting.given(readings[0], 2), by=people[0])
    assert not row.results.exists()
    scoring.submit(reading=readings[1], given=selecting.given(readings[1], 1), by=people[1])
    result = row.results.get()
    assert (result.outcome, result.points, result.by) == (GateOutcome.PASSED, 450, None)


def test_scores_that_differ_too_much_bring_one_more_reader(cohort):
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort) for _ in range(3)]
    selecting.reading(row, people[1])
    selecting.scored(row, people[0], points=3)
    second = row.readings.get(assessor=people[1])
    scoring.submit(reading=second, given=selecting.given(second, 1), by=people[1])
    third = row.readings.get(assessor=people[2])
    assert not row.results.exists()
    scoring.declare(reading=third, conflict=False, by=people[2])
    scoring.submit(reading=third, given=selecting.given(third, 2), by=people[2])
    assert row.results.get().points == 600


def test_leads_see_no_score_before_everybody_has_submitted(cohort, lead):
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort) for _ in range(2)]
    second = selecting.reading(row, people[1])
    selecting.scored(row, people[0])
    assert list(Score.visible_to(lead, P.PROGRAMME_MANAGE)) == []
    assert list(Score.visible_to(people[1], P.APPLICATION_SCORE)) == []
    scoring.submit(reading=second, given=selecting.given(second, 1), by=people[1])
    assert Score.visible_to(lead, P.PROGRAMME_MANAGE).count() == 6
    assert set(Score.visible_to(people[1], P.APPLICATION_SCORE).values_list("points", flat=True)) == {1}


def test_two_who_submit_at_once_make_one_result(transactional_db, lead):
    cohort = selecting.selection(lead)
    row, people = selecting.applicant(cohort), [selecting.assessor(cohort) for _ in range(2)]
    readings = [selecting.reading(row, user) for user in people]
    submitting = [
        lambda made=made, user=user: scoring.submit(reading=made, given=selecting.given(made, 2), by=user)
        for made, user in zip(readings, people, strict=True)
    ]
    assert outcome(at_once(*submitting)) == (2, 0)
    assert row.results.get().points == 600
