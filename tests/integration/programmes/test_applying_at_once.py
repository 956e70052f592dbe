"""Several people, or two windows, at one application, endorsement or request at once."""

import pytest

from programmes.actions import applying, endorsing, equivalences, settling
from programmes.fields import GateKind
from programmes.models import Application, Endorsement, Equivalence, GateResult
from registry.accounts.roles import Role
from tests.factories import programmes
from tests.factories.people import user_with
from tests.factories.programmes_applying import applicant, close, send, state, version
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cohort(trust, lead):
    return programmes.cohort(version(trust, lead, GateKind.LEVEL, GateKind.ENDORSEMENT, GateKind.WRITTEN))


def test_four_clicks_send_one_application(trust, cohort):
    person = applicant(trust, level=24)
    assert outcome(at_once(*[lambda: send(cohort, person)] * 4)) == (1, 3)
    assert list(Application.objects.get().transitions.values_list("after", flat=True)) == ["draft", "submitted"]
    assert Endorsement.objects.count() == GateResult.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_sending_while_applications_close_ends_in_one_of_the_two(trust, lead, cohort, attempt):
    person = applicant(trust, level=24)

    def closing():
        close(cohort)
        return settling.settle(cohort=cohort, by=lead)

    sent, closed = at_once(lambda: send(cohort, person), closing)
    assert not isinstance(closed, Exception)
    outcome([sent])
    assert not Application.objects.filter(state="draft").exists()


@pytest.mark.parametrize("attempt", range(3))
def test_yes_and_no_of_a_manager_in_two_windows_leave_one(trust, cohort, attempt):
    said = send(cohort, applicant(trust, level=24)).endorsement
    manager = said.manager
    results = at_once(
        lambda: endorsing.answer(endorsement=said, endorsed=True, protected_time=True, by=manager),
        lambda: endorsing.answer(endorsement=said, endorsed=False, reason="The rota.", by=manager),
    )
    assert outcome(results) == (1, 1)


@pytest.mark.parametrize("attempt", range(3))
def test_endorsing_while_gates_are_settled_counts_or_is_refused(trust, lead, cohort, attempt):
    row = send(cohort, applicant(trust, level=24))
    said = row.endorsement
    close(cohort)
    results = at_once(
        lambda: endorsing.answer(endorsement=said, endorsed=True, protected_time=True, by=said.manager),
        lambda: settling.settle(cohort=cohort, by=lead),
    )
    done, _ = outcome(results)
    assert (state(row) == "submitted") == (done == 2)
    assert Endorsement.objects.filter(endorsed=True).exists() == (done == 2)


def test_two_leads_settle_each_gate_once(trust, lead, cohort):
    other = user_with(Role.PROGRAMME_LEAD, trust)
    rows = [send(cohort, applicant(trust, level=24, career_stage="experienced")) for _ in range(1)]
    close(cohort)
    results = at_once(*[lambda by=by: settling.settle(cohort=cohort, by=by) for by in (lead, other, lead, other)])
    assert outcome(results) == (4, 0)
    assert sum(one.failed for one in results) == len(rows)


@pytest.mark.parametrize("attempt", range(3))
def test_withdrawing_while_gates_are_settled_ends_in_one_of_the_two(trust, lead, cohort, attempt):
    person = applicant(trust, level=24)
    row = send(cohort, person)
    close(cohort)
    results = at_once(
        lambda: applying.withdraw(application=row, by=person.user), lambda: settling.settle(cohort=cohort, by=lead)
    )
    done, _ = outcome(results)
    assert state(row) == ("withdrawn" if done == 2 else "rejected")


def test_two_leads_decide_about_earlier_learning_once(trust, lead, cohort):
    other = user_with(Role.PROGRAMME_LEAD, trust)
    row = programmes.equivalence(applicant(trust), trust)
    results = at_once(
        lambda: equivalences.recognise(equivalence=row, reason="Equal.", expires_on=None, by=lead),
        lambda: equivalences.refuse(equivalence=row, reason="Too short.", by=other),
    )
    assert outcome(results) == (1, 1)


def test_four_clicks_ask_for_one_recognition(trust, cohort):
    nurse = applicant(trust)
    said = {"tier": 2, "title": "MBA", "awarded_by": "A university", "year": 2019, "evidence": "Finance."}
    ask = lambda: equivalences.ask(clinician=nurse, organisation=trust, by=nurse.user, **said)  # noqa: E731
    assert outcome(at_once(*[ask] * 4)) == (1, 3)
    assert Equivalence.objects.count() == 1
