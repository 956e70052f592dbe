"""Feedback for everybody who is not selected: written by a lead, or begun from what the gates said."""

from django.db import transaction

from programmes import steps
from programmes.fields import GateOutcome
from programmes.models import Application, Cohort, GateResult
from programmes.models.applications import ANSWER_LENGTH
from programmes.selecting import messages
from programmes.states import IN_SELECTION, MAY_LOSE, ApplicationState, CohortState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import WrongState


@transaction.atomic
def write(*, application: Application, feedback: str, by: User) -> None:
    """Write what somebody is told if they are not selected, or write it anew.

    Whoever is not selected after places were offered is told at once. Raises Invalid where it is empty or too long,
    WrongState for one's own, and for somebody who has a place or is out by themself.
    """
    held = steps.locked(application.cohort_id)
    steps.require_selecting(by, held)
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("clinician")
    row = rows.get(pk=application.pk)
    steps.require_of_others(by, row.clinician.user_id)
    if row.state not in MAY_LOSE or held.state not in IN_SELECTION:
        raise WrongState("There is no feedback to write about this application.")
    row.feedback = steps.worded(
        feedback, field="feedback", needed="Write what the person can learn from.", most=ANSWER_LENGTH
    )
    row.feedback_by = by
    row.save(update_fields=["feedback", "feedback_by"])
    _tell(held, [row])
    record("feedback.written", row, by=by, organisation_id=held.organisation_id)


@transaction.atomic
def begin(*, cohort: Cohort, by: User) -> int:
    """For everybody who has none, begin the feedback with what the gates said about them; how many there were.

    Somebody still in the selection gets the words of those who passed every gate.
    """
    held = steps.locked(cohort.pk)
    steps.require_selecting(by, held)
    if held.state not in IN_SELECTION:
        raise WrongState("There is no feedback to write for this cohort.")
    silent = Application.objects.filter(cohort=held, state__in=MAY_LOSE, feedback="").exclude(clinician__user=by)
    locked = silent.order_by("pk").select_for_update(of=("self",), no_key=True)
    rows = list(locked.select_related("clinician"))
    failed = GateResult.objects.filter(application__in=rows, outcome=GateOutcome.FAILED).select_related("gate")
    said = {one.application_id: f"{one.gate.get_kind_display()}: {one.reason}" for one in failed}
    for row in rows:
        row.feedback = said.get(row.pk, messages.PASSED_EVERYTHING)
    Application.objects.bulk_update(rows, ["feedback"], batch_size=500)
    _tell(held, rows)
    if rows:
        detail = {"people": len(rows)}
        record("feedback.begun", held, by=by, organisation_id=held.organisation_id, detail=detail)
    return len(rows)


def _tell(cohort: Cohort, rows: list[Application]) -> None:
    """With the offers everybody else was told: whoever is not selected later is told here, once about each result."""
    if cohort.state == CohortState.DECIDED:
        messages.tell_feedback(row for row in rows if row.state == ApplicationState.NOT_SELECTED)
