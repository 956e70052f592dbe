"""Applying: who can, when, with what, and what is written down of it."""

import pytest

from programmes.actions import applying, endorsing
from programmes.fields import GateKind, Tier
from programmes.models import Answer, Application, Endorsement, Enrolment, GateResult
from programmes.states import CohortState
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.nhsuk.seen import Stale
from tests.factories import programmes
from tests.factories.people import clinician_user
from tests.factories.programmes_applying import answers, applicant, close, send, state, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(trust, lead):
    """Gates: an agreed level of 2, the line manager, a written application."""
    return programmes.cohort(version(trust, lead, GateKind.LEVEL, GateKind.ENDORSEMENT, GateKind.WRITTEN))


def nothing_written():
    return not (Application.objects.exists() or Endorsement.objects.exists() or GateResult.objects.exists())


def test_sending_writes_the_first_gates_down_and_asks_the_line_manager(trust, cohort):
    person = applicant(trust, level=24)
    row = send(cohort, person)
    assert state(row) == "submitted"
    assert list(row.transitions.values_list("before", "after")) == [("", "draft"), ("draft", "submitted")]
    assert list(row.results.values_list("gate__kind", "outcome")) == [("level", "passed")]
    assert row.endorsement.manager == person.line_manager.user
    assert set(row.answers.values_list("text", flat=True)) == {"I led the change."}


@pytest.mark.parametrize("level", [None, 23])
def test_somebody_ineligible_is_told_which_gate_and_why_and_nothing_is_written(trust, cohort, level):
    person = applicant(trust, level=level)
    with pytest.raises(Invalid, match=r"You do not pass this gate yet: an agreed leadership level.*at least 2"):
        send(cohort, person)
    assert nothing_written()


def test_draft_is_kept_and_taken_up_again(trust, cohort):
    person = applicant(trust, level=24)
    first, *others = answers(cohort)
    row = applying.save(cohort=cohort, clinician=person, answers={first: "Half a"}, by=person.user)
    again = applying.save(cohort=cohort, clinician=person, answers={first: "Half and half"}, by=person.user)
    assert row == again
    assert list(row.answers.values_list("text", flat=True)) == ["Half and half"]
    assert send(cohort, person) == row
    assert row.answers.count() == 1 + len(others)


def test_draft_saved_in_another_window_is_not_overwritten(trust, cohort):
    person = applicant(trust, level=24)
    seen = applying.mark_of(None)
    applying.save(cohort=cohort, clinician=person, answers=answers(cohort, "First"), by=person.user, seen=seen)
    with pytest.raises(Stale):
        applying.save(cohort=cohort, clinician=person, answers=answers(cohort, "Second"), by=person.user, seen=seen)
    assert set(Answer.objects.values_list("text", flat=True)) == {"First"}


def test_nobody_applies_twice_for_one_cohort(trust, cohort):
    person = applicant(trust, level=24)
    send(cohort, person)
    with pytest.raises(WrongState, match="applied for this cohort already"):
        send(cohort, person)
    with pytest.raises(WrongState, match="applied for this cohort already"):
        applying.save(cohort=cohort, clinician=person, answers=answers(cohort, "Other"), by=person.user)
    assert set(Answer.objects.values_list("text", flat=True)) == {"I led the change."}


@pytest.mark.parametrize("act", [applying.save, applying.send])
def test_whoever_has_or_had_a_place_in_the_cohort_does_not_apply_for_it(trust, cohort, act):
    person = applicant(trust, level=24)
    before = programmes.enrolment(programmes.cohort(cohort.version), person)
    Enrolment.objects.create(cohort=cohort, clinician=person, moved_from=before, state="withdrawn")
    with pytest.raises(WrongState, match="You have or had a place"):
        act(cohort=cohort, clinician=person, answers=answers(cohort), by=person.user)


def test_whoever_withdrew_does_not_apply_for_the_cohort_again(trust, cohort):
    person = applicant(trust, level=24)
    applying.withdraw(application=send(cohort, person), by=person.user)
    with pytest.raises(WrongState, match="withdrew"):
        send(cohort, person)


@pytest.mark.parametrize(
    ("opens", "closes", "why"), [(-9, -1, "closed"), (1, 9, "open on"), (-9, 0, None), (0, 9, None)]
)
def test_applications_come_on_the_days_that_were_announced(trust, lead, opens, closes, why):
    days = {"opens_on": programmes.in_days(opens), "closes_on": programmes.in_days(closes)}
    cohort = programmes.cohort(version(trust, lead, GateKind.WRITTEN), **days)
    person = applicant(trust)
    if why is None:
        assert state(send(cohort, person)) == "submitted"
        return
    with pytest.raises(WrongState, match=why):
        send(cohort, person)
    assert nothing_written()


@pytest.mark.parametrize(
    "after", [CohortState.SELECTING, CohortState.DECIDED, CohortState.RUNNING, CohortState.CANCELLED]
)
def test_nobody_applies_once_the_cohort_has_moved_on(trust, lead, after):
    cohort = programmes.cohort(version(trust, lead, GateKind.WRITTEN), state=after)
    with pytest.raises(WrongState):
        send(cohort, applicant(trust))
    assert nothing_written()


def test_nobody_applies_on_a_closed_version(trust, cohort):
    cohort.version.closed_at = cohort.created_at
    cohort.version.save()
    with pytest.raises(WrongState, match="no more applications"):
        send(cohort, applicant(trust, level=24))
    assert nothing_written()


@pytest.mark.parametrize(
    ("only", "words"),
    [({"professions": ["doctor"]}, "these professions: doctor"), ({"career_stages": ["student"]}, "career stages")],
)
def test_programme_that_says_whom_it_is_for_takes_nobody_else(trust, lead, only, words):
    cohort = programmes.cohort(version(trust, lead, GateKind.WRITTEN, **only))
    with pytest.raises(Invalid, match=words):
        send(cohort, applicant(trust))
    assert nothing_written()


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_application_is_sent_whole_and_within_its_length(trust, lead, text):
    cohort = programmes.cohort(version(trust, lead, GateKind.WRITTEN))
    *_, last = applying.criteria(cohort)
    with pytest.raises(Invalid) as refused:
        send(cohort, applicant(trust), answers=answers(cohort) | {last.pk: text})
    assert refused.value.field == applying.field(last)
    assert nothing_written()


def test_answers_to_criteria_of_another_programme_are_left_out(trust, lead, cohort):
    other = programmes.cohort(version(trust, lead, GateKind.WRITTEN))
    person = applicant(trust, level=24)
    row = send(cohort, person, answers=answers(cohort) | answers(other, "Elsewhere"))
    assert "Elsewhere" not in row.answers.values_list("text", flat=True)


def test_without_a_line_manager_who_can_answer_the_person_is_told_what_to_do(trust, cohort):
    unmanaged = applicant(trust, level=24, managed=False)
    with pytest.raises(Invalid, match=r"names no line manager\. Ask the HR team"):
        send(cohort, unmanaged)
    managed = applicant(trust, level=24)
    managed.line_manager.user.is_active = False
    managed.line_manager.user.save()
    with pytest.raises(Invalid, match="cannot sign in"):
        send(cohort, managed)
    assert nothing_written()


def test_programme_without_that_gate_asks_no_manager(trust, lead):
    cohort = programmes.cohort(version(trust, lead, GateKind.WRITTEN))
    assert state(send(cohort, applicant(trust, managed=False))) == "submitted"
    assert not Endorsement.objects.exists()


@pytest.mark.parametrize(("expires_in", "passes"), [(None, True), (0, True), (30, True), (-1, False)])
def test_equivalence_opens_a_gate_until_its_last_day(trust, lead, expires_in, passes):
    wanted = {"prerequisite_tier": Tier.FIRST}
    cohort = programmes.cohort(version(trust, lead, (GateKind.PREREQUISITE, wanted)))
    person = applicant(trust)
    expires = None if expires_in is None else programmes.in_days(expires_in)
    programmes.equivalence(person, trust, decided_by=lead, expires_on=expires)
    if passes:
        assert state(send(cohort, person)) == "submitted"
        return
    with pytest.raises(Invalid, match="a programme of tier 2"):
        send(cohort, person)
    assert not Application.objects.exists()


def test_equivalence_that_waits_or_is_of_a_lower_tier_opens_no_gate(trust, lead):
    cohort = programmes.cohort(version(trust, lead, (GateKind.PREREQUISITE, {"prerequisite_tier": Tier.MIDDLE})))
    person = applicant(trust)
    programmes.equivalence(person, trust, tier=Tier.BOARD)
    programmes.equivalence(person, trust, tier=Tier.FIRST, decided_by=lead)
    with pytest.raises(Invalid):
        send(cohort, person)


def test_completed_programme_opens_a_gate(trust, lead):
    earlier = programmes.cohort(version(trust, lead, tier=Tier.FIRST))
    person = applicant(trust)
    programmes.enrolment(earlier, person, state="completed", completed_on=programmes.in_days(-3))
    wanted = [{"prerequisite": earlier.version.programme}, {"prerequisite_tier": Tier.FIRST}]
    for one in wanted:
        cohort = programmes.cohort(version(trust, lead, (GateKind.PREREQUISITE, one)))
        assert state(send(cohort, person)) == "submitted"


def test_nobody_applies_or_withdraws_for_somebody_else(trust, cohort, lead):
    person = applicant(trust, level=24)
    row = send(cohort, person)
    for other in (clinician_user(trust).user, lead):
        with pytest.raises(NotAllowed):
            applying.withdraw(application=row, by=other)
        with pytest.raises(NotAllowed):
            applying.send(cohort=cohort, clinician=applicant(trust, level=24), answers={}, by=other)


@pytest.mark.parametrize("before", ["draft", "submitted", "reserve", "offered"])
def test_application_is_withdrawn_at_any_time_before_a_place_is_accepted(trust, cohort, before):
    person = applicant(trust)
    row = programmes.application(cohort, person, state=before)
    applying.withdraw(application=row, reason="A new post.", by=person.user)
    assert state(row) == "withdrawn"
    assert row.transitions.last().reason == "A new post."


@pytest.mark.parametrize("before", ["accepted", "declined", "rejected", "withdrawn"])
def test_application_that_is_over_is_not_withdrawn(trust, cohort, before):
    person = applicant(trust)
    started = {"declined": "offered"}.get(before, "draft" if before == "withdrawn" else before)
    row = programmes.application(cohort, person, state="submitted" if before == "rejected" else started)
    if row.state != before:
        row.state = before
        row.save()
    with pytest.raises(WrongState):
        applying.withdraw(application=row, by=person.user)


# --- the line manager ------------------------------------------------------------------------------------------------


def test_manager_says_yes_with_protected_time(trust, cohort):
    row = send(cohort, applicant(trust, level=24))
    said = row.endorsement
    endorsing.answer(endorsement=said, endorsed=True, protected_time=True, by=said.manager)
    said.refresh_from_db()
    assert (said.endorsed, said.protected_time, said.answered_at is not None) == (True, True, True)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"endorsed": True}, "protected_time"),
        ({"endorsed": False}, "reason"),
        ({"endorsed": False, "reason": "  "}, "reason"),
        ({"endorsed": False, "reason": "x" * 1001}, "reason"),
    ],
)
def test_yes_without_time_and_no_without_a_reason_are_no_answers(trust, cohort, said, field):
    row = send(cohort, applicant(trust, level=24))
    with pytest.raises(Invalid) as refused:
        endorsing.answer(endorsement=row.endorsement, by=row.endorsement.manager, **said)
    assert refused.value.field == field
    assert Endorsement.objects.get().answered_at is None


def test_no_protects_no_time_whatever_was_ticked(trust, cohort):
    row = send(cohort, applicant(trust, level=24))
    said = {"endorsed": False, "protected_time": True, "reason": "The rota."}
    endorsing.answer(endorsement=row.endorsement, by=row.endorsement.manager, **said)
    assert Endorsement.objects.get().protected_time is False


def test_nobody_endorses_who_was_not_asked(trust, cohort, lead):
    row = send(cohort, applicant(trust, level=24))
    for other in (lead, row.clinician.user, clinician_user(trust).user):
        with pytest.raises(NotAllowed):
            endorsing.answer(endorsement=row.endorsement, endorsed=True, protected_time=True, by=other)


@pytest.mark.parametrize("after", ["answered", "withdrawn", "decided"])
def test_endorsement_is_answered_once_and_while_it_is_wanted(trust, cohort, after):
    row = send(cohort, applicant(trust, level=24))
    said = {"endorsement": row.endorsement, "endorsed": True, "protected_time": True, "by": row.endorsement.manager}
    if after == "answered":
        endorsing.answer(**said)
    elif after == "withdrawn":
        applying.withdraw(application=row, by=row.clinician.user)
    else:
        close(cohort)
        cohort.state = CohortState.DECIDED
        cohort.save()
    with pytest.raises(WrongState):
        endorsing.answer(**said)


def test_new_line_manager_is_asked_instead_of_one_who_has_not_answered(trust, cohort):
    person = applicant(trust, level=24)
    row = send(cohort, person)
    before = row.endorsement.manager
    with pytest.raises(WrongState, match="asked already"):
        applying.ask_manager(application=row, by=person.user)
    person.line_manager = clinician_user(trust)
    person.save()
    applying.ask_manager(application=row, by=person.user)
    assert Endorsement.objects.get().manager == person.line_manager.user
    with pytest.raises(NotAllowed):
        endorsing.answer(endorsement=row.endorsement, endorsed=True, protected_time=True, by=before)
    said = Endorsement.objects.get()
    endorsing.answer(endorsement=said, endorsed=True, protected_time=True, by=said.manager)
    with pytest.raises(WrongState):
        applying.ask_manager(application=row, by=person.user)
