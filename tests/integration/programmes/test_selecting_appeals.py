"""Appeals: lodged in time and once, decided by somebody else, and what an upheld one leads to."""

import pytest

from programmes import steps
from programmes.actions import appealing, feedback, offering
from programmes.fields import GateKind, GateOutcome
from programmes.models import Application, Endorsement, Enrolment
from programmes.selecting import messages
from programmes.states import AppealState, ApplicationState, CohortState
from registry.accounts.roles import Role
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import programmes
from tests.factories import programmes_selecting as selecting
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
A = ApplicationState


@pytest.fixture
def other(trust):
    return user_with(Role.PROGRAMME_LEAD, trust)


@pytest.fixture
def cohort(lead):
    return selecting.selection(lead, capacity=1)


@pytest.fixture
def lost(cohort):
    return selecting.rejected(selecting.applicant(cohort))


def lodge(row, grounds="My second answer was not read."):
    """The applicant appeals."""
    return appealing.lodge(application=row, grounds=grounds, by=row.clinician.user)


def test_an_appeal_is_about_the_gate_that_was_not_passed(lost):
    appeal = lodge(lost)
    assert (appeal.gate.kind, appeal.state) == (GateKind.WRITTEN, AppealState.LODGED)


def test_an_appeal_of_somebody_who_passed_every_gate_is_about_the_ranking(cohort, lead):
    row = selecting.passed(selecting.applicant(cohort))
    steps.move(row, A.NOT_SELECTED, by=lead)
    assert lodge(row).gate is None


def test_an_appeal_needs_grounds(lost):
    with pytest.raises(Invalid) as refused:
        lodge(lost, " ")
    assert refused.value.field == "grounds"


def test_an_appeal_comes_within_28_days(transactional_db, lost):
    selecting.long_ago(lost.transitions.all(), days=29)
    with pytest.raises(WrongState, match="28 days"):
        lodge(lost)
    selecting.long_ago(lost.transitions.all(), days=28)
    assert lodge(lost).pk


def test_nobody_appeals_twice_about_one_thing(lost, other):
    appeal = lodge(lost)
    with pytest.raises(WrongState):
        lodge(lost)
    appealing.decide(appeal=appeal, upheld=False, reason="It was read.", by=other)
    with pytest.raises(WrongState):
        lodge(lost)


def test_nobody_appeals_for_somebody_else(lost, lead):
    with pytest.raises(NotAllowed):
        appealing.lodge(application=lost, grounds="Unfair.", by=lead)


def test_nobody_appeals_against_what_is_not_decided(cohort):
    with pytest.raises(WrongState):
        lodge(selecting.applicant(cohort))


def test_an_upheld_appeal_sets_the_result_aside_with_a_reason(lost, other):
    appealing.decide(appeal=lodge(lost), upheld=True, reason="The second answer was overlooked.", by=other)
    lost.refresh_from_db()
    result = lost.results.get()
    assert (result.outcome, result.by) == (GateOutcome.PASSED, other)
    assert result.reason == "After an appeal: The second answer was overlooked."
    assert lost.state == A.SUBMITTED


def test_an_upheld_appeal_goes_on_with_the_gates_that_follow(lead, other):
    cohort = selecting.selection(lead, interview=True)
    row = selecting.applicant(cohort)
    written = selecting.gate_of(cohort)
    row.results.create(gate=written, outcome=GateOutcome.FAILED, reason="Not passed.", points=200)
    steps.move(row, A.NOT_SELECTED, by=None)
    appealing.decide(appeal=lodge(row), upheld=True, reason="Overlooked.", by=other)
    row.refresh_from_db()
    assert (row.state, row.results.count()) == (A.SUBMITTED, 1)


def decided_with(cohort, lead, lost, *points):
    """Places are offered while somebody is out."""
    rows = [selecting.passed(selecting.applicant(cohort), written=one) for one in points]
    offering.decide(cohort=cohort, by=lead)
    lost.refresh_from_db()
    return rows


def test_after_the_offers_an_upheld_appeal_wins_a_place_that_is_free(cohort, lead, other, lost):
    decided_with(cohort, lead, lost)
    appealing.decide(appeal=lodge(lost), upheld=True, reason="Overlooked.", by=other)
    lost.refresh_from_db()
    assert lost.state == A.OFFERED


def test_after_the_offers_an_upheld_appeal_joins_the_waiting_list_by_its_points(cohort, lead, other, lost):
    rows = decided_with(cohort, lead, lost, 900, 300, 100)
    appealing.decide(appeal=lodge(lost), upheld=True, reason="Overlooked.", by=other)
    order = Application.objects.filter(state=A.RESERVE).order_by("rank").values_list("pk", flat=True)
    assert list(order) == [rows[1].pk, lost.pk, rows[2].pk]


def test_an_appeal_that_is_not_upheld_changes_nothing_and_is_told_with_the_reason(lost, other):
    appeal = lodge(lost)
    appealing.decide(appeal=appeal, upheld=False, reason="It was read twice.", by=other)
    lost.refresh_from_db()
    appeal.refresh_from_db()
    assert (lost.state, appeal.state, appeal.decided_by) == (A.NOT_SELECTED, AppealState.REJECTED, other)
    assert Message.objects.filter(kind="programme_appeal", recipient_id=lost.clinician.user_id).count() == 1


def test_a_decision_needs_a_reason(lost, other):
    with pytest.raises(Invalid) as refused:
        appealing.decide(appeal=lodge(lost), upheld=True, reason="", by=other)
    assert refused.value.field == "reason"


def test_a_lead_who_moved_the_application_does_not_decide(cohort, lead):
    row = selecting.rejected(selecting.applicant(cohort), by=lead)
    with pytest.raises(NotAllowed):
        appealing.decide(appeal=lodge(row), upheld=True, reason="Mine.", by=lead)


def test_a_lead_who_chose_a_reader_does_not_decide(cohort, lead, trust):
    row = selecting.applicant(cohort)
    reading = selecting.reading(row, selecting.assessor(cohort), declared=False)
    reading.assigned_by = lead
    reading.save()
    with pytest.raises(NotAllowed):
        appealing.decide(appeal=lodge(selecting.rejected(row)), upheld=True, reason="Mine.", by=lead)


def also_lead(clinician):
    """The account of a clinician who runs the programmes as well."""
    grant(clinician.user, Role.PROGRAMME_LEAD, clinician.organisation)
    return clinician.user


@pytest.mark.parametrize("tie", ["line manager", "endorser"])
def test_a_lead_who_manages_or_endorsed_the_applicant_does_not_decide(cohort, lost, trust, tie):
    manager = clinician_user(trust)
    if tie == "line manager":
        lost.clinician.line_manager = manager
        lost.clinician.save()
    else:
        Endorsement.objects.create(application=lost, manager=manager.user)
    with pytest.raises(NotAllowed):
        appealing.decide(appeal=lodge(lost), upheld=True, reason="Mine.", by=also_lead(manager))


def test_a_lead_who_wrote_the_feedback_does_not_decide(lost, lead, other):
    feedback.write(application=lost, feedback="Say more.", by=lead)
    appeal = lodge(lost)
    with pytest.raises(NotAllowed):
        appealing.decide(appeal=appeal, upheld=True, reason="Mine.", by=lead)
    appealing.decide(appeal=appeal, upheld=False, reason="It was read.", by=other)


def test_beginning_feedback_from_what_the_gates_said_keeps_nobody_from_deciding(cohort, lost, lead):
    Application.objects.filter(pk=lost.pk).update(feedback="")
    assert feedback.begin(cohort=cohort, by=lead) == 1
    appealing.decide(appeal=lodge(lost), upheld=False, reason="It was read.", by=lead)


def test_an_upheld_appeal_wins_nothing_for_who_had_a_place_in_the_cohort(cohort, lost, other, lead):
    appeal = lodge(lost)
    elsewhere = programmes.enrolment(programmes.cohort(cohort.version, state=CohortState.RUNNING), lost.clinician)
    Enrolment.objects.create(cohort=cohort, clinician=lost.clinician, moved_from=elsewhere, state="withdrawn")
    with pytest.raises(WrongState, match="has or had a place"):
        appealing.decide(appeal=appeal, upheld=True, reason="Overlooked.", by=other)
    appealing.decide(appeal=appeal, upheld=False, reason="There is a place already.", by=other)


def test_who_comes_back_and_loses_again_is_told_why_anew_and_once(lead, other):
    cohort = selecting.selection(lead, interview=True)
    lost = selecting.applicant(cohort)
    lost.results.create(gate=selecting.gate_of(cohort), outcome=GateOutcome.FAILED, reason="Not passed.", points=200)
    steps.move(lost, A.NOT_SELECTED, by=None)
    feedback.write(application=lost, feedback="The old words.", by=lead)
    offering.decide(cohort=cohort, by=lead)
    appealing.decide(appeal=lodge(lost), upheld=True, reason="Overlooked.", by=other)
    lost.refresh_from_db()
    assert (lost.state, lost.feedback, lost.feedback_by) == (A.SUBMITTED, "", None)
    interview = selecting.gate_of(cohort, GateKind.INTERVIEW)
    for user in [selecting.assessor(cohort) for _ in range(2)]:
        selecting.scored(lost, user, points=0, gate=interview)
    lost.refresh_from_db()
    assert (lost.state, lost.feedback) == (A.NOT_SELECTED, "")
    told = Message.objects.filter(kind="programme_feedback", recipient_id=lost.clinician.user_id)
    before = told.count()
    for words in ("The new words.", "Better words."):
        feedback.write(application=lost, feedback=words, by=lead)
    assert told.count() == before + 1
    newest = told.latest("pk")
    assert "Better words." in messages.compose_feedback([Outgoing(newest, (newest,))])[newest.pk].text


def test_once_the_cohort_has_started_nobody_is_promised_an_appeal(cohort, lead, lost):
    offering.decide(cohort=cohort, by=lead)
    heads = [Outgoing(one, (one,)) for one in Message.objects.filter(recipient_id=lost.clinician.user_id)]
    assert [("appeal" in words.text) for words in messages.compose_feedback(heads).values()] == [True]
    cohort.refresh_from_db()
    steps.move(cohort, CohortState.RUNNING, by=lead)
    lost = Application.objects.select_related("cohort").get(pk=lost.pk)
    assert appealing.last_day(lost) is None
    assert [("appeal" in words.text) for words in messages.compose_feedback(heads).values()] == [False]
    with pytest.raises(WrongState):
        lodge(lost)


def test_a_lead_elsewhere_does_not_decide(lost):
    with pytest.raises(NotAllowed):
        appealing.decide(
            appeal=lodge(lost), upheld=True, reason="No.", by=user_with(Role.PROGRAMME_LEAD, OrganisationFactory())
        )


def test_once_the_cohort_has_started_nothing_is_upheld(cohort, lead, other, lost):
    appeal = lodge(lost)
    decided_with(cohort, lead, lost)
    cohort.refresh_from_db()
    steps.move(cohort, CohortState.RUNNING, by=lead)
    with pytest.raises(WrongState):
        appealing.decide(appeal=appeal, upheld=True, reason="Late.", by=other)
    appealing.decide(appeal=appeal, upheld=False, reason="The programme has started.", by=other)


def test_two_leads_who_decide_at_once_decide_once(transactional_db, trust, lead):
    cohort = selecting.selection(lead)
    lost = selecting.rejected(selecting.applicant(cohort))
    leads = [user_with(Role.PROGRAMME_LEAD, trust) for _ in range(2)]
    appeal = lodge(lost)
    results = at_once(
        lambda: appealing.decide(appeal=appeal, upheld=True, reason="Yes.", by=leads[0]),
        lambda: appealing.decide(appeal=appeal, upheld=False, reason="No.", by=leads[1]),
    )
    assert outcome(results) == (1, 1)


def test_an_applicant_of_another_cohort_is_not_touched(lost, other, lead):
    stranger = selecting.rejected(selecting.applicant(selecting.selection(lead)))
    appealing.decide(appeal=lodge(lost), upheld=True, reason="Overlooked.", by=other)
    stranger.refresh_from_db()
    assert stranger.state == A.NOT_SELECTED
