"""Settling gates: in order, written down once, and whoever fails one is out and told why."""

import time

import pytest

from programmes.actions import endorsing, settling
from programmes.fields import GateKind
from programmes.models import Application, ApplicationTransition, Gate, GateResult
from programmes.states import CohortState
from programmes.tasks import settle_gates
from registry.accounts.roles import Role
from registry.kernel.errors import NotAllowed, WrongState
from registry.notifications.models import Message
from registry.standing.models import AgreedLevels
from tests.factories import programmes
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, clinician_user, user_with
from tests.factories.programmes_applying import applicant, close, scored, send, state, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(trust, lead):
    """Gates: the line manager, a level of 2, a written application."""
    return programmes.cohort(version(trust, lead, GateKind.ENDORSEMENT, GateKind.LEVEL, GateKind.WRITTEN))


def results(row):
    return list(row.results.values_list("gate__kind", "outcome"))


def endorse(row, *, yes=True):
    said = row.endorsement
    answer = {"protected_time": True} if yes else {"reason": "The rota."}
    endorsing.answer(endorsement=said, endorsed=yes, by=said.manager, **answer)


def test_endorsement_that_did_not_come_by_closing_fails(trust, lead, cohort):
    row = send(cohort, applicant(trust, level=24))
    settling.settle(cohort=cohort, by=lead)
    assert (state(row), results(row)) == ("submitted", [])
    settling.settle(cohort=close(cohort), by=lead)
    assert (state(row), results(row)) == ("rejected", [("endorsement", "failed")])
    assert row.transitions.last().reason == "The line manager had not answered in time."


def test_no_gate_is_judged_behind_one_that_failed(trust, lead, cohort):
    row = send(cohort, applicant(trust, level=12))
    endorse(row, yes=False)
    scored(row, cohort.version.gates.get(kind="written"), 9, 9)
    settling.settle(cohort=close(cohort), by=lead)
    assert results(row) == [("endorsement", "failed")]


def test_level_that_was_lost_after_sending_fails_at_its_turn(trust, lead, cohort):
    row = send(cohort, applicant(trust, level=24))
    endorse(row)
    AgreedLevels.objects.update(d1=23)
    settling.settle(cohort=close(cohort), by=lead)
    assert (state(row), results(row)) == ("rejected", [("endorsement", "passed"), ("level", "failed")])


def test_scores_settle_the_written_gate_with_their_mean(trust, lead, cohort):
    row = send(cohort, applicant(trust, level=24))
    endorse(row)
    written = cohort.version.gates.get(kind="written")
    scored(row, written, 5)
    close(cohort)
    assert settling.settle(cohort=cohort, by=lead) == settling.Settled(passed=2, failed=0)
    scored(row, written, 4)
    assert settling.settle(cohort=cohort, by=None) == settling.Settled(passed=1, failed=0)
    assert row.results.get(gate=written).points == 450
    assert state(row) == "submitted"


def test_scores_too_far_apart_wait_for_a_third(trust, lead, cohort):
    row = send(cohort, applicant(trust, level=24))
    endorse(row)
    written = cohort.version.gates.get(kind="written")
    scored(row, written, 9, 1)
    settling.settle(cohort=close(cohort), by=lead)
    assert results(row)[2:] == []
    scored(row, written, 1)
    settling.settle(cohort=cohort, by=lead)
    assert results(row)[2:] == [("written", "failed")]


def test_weights_of_criteria_count(trust, lead, cohort):
    draft = programmes.draft_version(cohort.version.programme)
    written = programmes.gate(draft, GateKind.WRITTEN, pass_mark=12)
    written.criteria.filter(position=1).update(weight=3)
    weighed = programmes.cohort(programmes.published(draft, lead))
    row = send(weighed, applicant(trust))
    scored(row, written, 4, 4)  # 3 × 3 + 1
    scored(row, written, 6)
    settling.settle(cohort=close(weighed), by=lead)
    assert results(row) == [("written", "failed")]
    assert row.results.get().points == round(100 * (10 + 10 + 12) / 3)


def test_settling_again_writes_nothing_again(trust, lead, cohort):
    row = send(cohort, applicant(trust, level=24))
    settling.settle(cohort=close(cohort), by=lead)
    before = list(GateResult.objects.values()), list(ApplicationTransition.objects.values())
    assert settling.settle(cohort=cohort, by=lead) == settling.Settled(0, 0)
    assert before == (list(GateResult.objects.values()), list(ApplicationTransition.objects.values()))
    assert Message.objects.filter(kind="programme_result", about_id=row.pk).count() == 1


def test_gate_that_an_appeal_opened_stays_open(trust, lead, cohort):
    row = send(cohort, applicant(trust, level=24))
    settling.settle(cohort=close(cohort), by=lead)
    row.results.update(outcome="passed", reason="After an appeal.")
    Application.objects.update(state="submitted")
    settling.settle(cohort=cohort, by=None)
    assert results(row) == [("endorsement", "passed"), ("level", "passed")]
    assert state(row) == "submitted"


@pytest.mark.parametrize("when", [CohortState.DRAFT, CohortState.RUNNING, CohortState.FINISHED, CohortState.CANCELLED])
def test_gates_are_settled_only_in_a_selection(trust, lead, when):
    cohort = programmes.cohort(version(trust, lead, GateKind.WRITTEN), state=when)
    with pytest.raises(WrongState):
        settling.settle(cohort=cohort, by=lead)


def test_only_those_who_run_it_settle_a_cohort(trust, cohort):
    elsewhere = user_with(Role.PROGRAMME_LEAD, OrganisationFactory())
    for other in (elsewhere, user_with(Role.HR_OFFICER, trust), clinician_user(trust).user):
        with pytest.raises(NotAllowed):
            settling.settle(cohort=cohort, by=other)


def test_nightly_run_settles_closed_cohorts_only(trust, lead, cohort):
    still_open = send(cohort, applicant(trust, level=24))
    other = programmes.cohort(cohort.version)
    closed = send(other, applicant(trust, level=24))
    close(other)
    settle_gates()
    settle_gates()
    assert (state(still_open), state(closed)) == ("submitted", "rejected")


def test_400_applicants_are_settled_in_a_constant_number_of_queries(trust, lead, django_assert_num_queries):
    cohort = programmes.cohort(version(trust, lead, GateKind.ENDORSEMENT, GateKind.LEVEL, GateKind.WRITTEN))
    endorsement, level, _ = Gate.objects.filter(version=cohort.version)

    def many(count):
        people = ClinicianFactory.create_batch(count, organisation=trust)
        rows = Application.objects.bulk_create(Application(cohort=cohort, clinician=one) for one in people)
        Application.objects.filter(pk__in=[row.pk for row in rows]).update(
            state="submitted", submitted_at=cohort.created_at
        )
        passed = [GateResult(application=row, gate=endorsement, outcome="passed", reason="Yes.") for row in rows]
        GateResult.objects.bulk_create(passed)
        AgreedLevels.objects.bulk_create(
            AgreedLevels(
                clinician=one,
                framework="TINY",
                version="1",
                assessment_id=1,
                agreed_at=cohort.created_at,
                d1=12 * (n % 5),
            )
            for n, one in enumerate(people)
        )

    many(5)
    close(cohort)
    assert lead.grants  # asked for once for each person and request
    with django_assert_num_queries(19):
        assert settling.settle(cohort=cohort, by=lead) == settling.Settled(passed=3, failed=2)
    many(400)
    began = time.monotonic()
    with django_assert_num_queries(19):
        assert settling.settle(cohort=cohort, by=lead) == settling.Settled(passed=240, failed=160)
    assert time.monotonic() - began < 5
    passed = GateResult.objects.filter(gate=level, outcome="passed").values("application")
    assert not Application.objects.filter(pk__in=passed).exclude(state="submitted").exists()
