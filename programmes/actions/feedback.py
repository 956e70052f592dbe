"""Feedback for everybody who is not selected: written by a lead, or begun from what the gates said."""

from django.db import transaction

from programmes import steps
from programmes.fields import GateOutcome
from programmes.models import Application, Cohort, GateResult
from programmes.models.applications import ANSWER_LENGTH
from programmes.selecting.messages import PASSED_EVERYTHING
from programmes.states import ApplicationState, CohortState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission

# Those who may be told no, now or when places are decided on.
MAY_LOSE = (ApplicationState.SUBMITTED, ApplicationState.RESERVE, ApplicationState.NOT_SELECTED)
WRITTEN_IN = (CohortState.OPEN, CohortState.SELECTING, CohortState.DECIDED)


@transaction.atomic
def write(*, application: Application, feedback: str, by: User) -> None:
    """Write what somebody is told if they are not selected, or write it anew.

    Raises Invalid where it is empty or too long, WrongState for somebody who has a place or is out by themself.
    """
    held = steps.locked(application.cohort_id)
    steps.require(by, Permission.PROGRAMME_MANAGE, held.organisation_id)
    row = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if row.state not in MAY_LOSE or held.state not in WRITTEN_IN:
        raise WrongState("There is no feedback to write about this application.")
    row.feedback = steps.worded(
        feedback, field="feedback", needed="Write what the person can learn from.", most=ANSWER_LENGTH
    )
    row.save(update_fields=["feedback"])
    record("feedback.written", row, by=by, organisation_id=held.organisation_id)


@transaction.atomic
def begin(*, cohort: Cohort, by: User) -> int:
    """For everybody who has none, begin the feedback with what the gates said about them; how many there were.

    Somebody still in the selection gets the words of those who passed every gate.
    """
    held = steps.locked(cohort.pk)
    steps.require(by, Permission.PROGRAMME_MANAGE, held.organisation_id)
    if held.state not in WRITTEN_IN:
        raise WrongState("There is no feedback to write for this cohort.")
    silent = Application.objects.filter(cohort=held, state__in=MAY_LOSE, feedback="").order_by("pk")
    rows = list(silent.select_for_update(no_key=True))
    failed = GateResult.objects.filter(application__in=rows, outcome=GateOutcome.FAILED).select_related("gate")
    said = {one.application_id: f"{one.gate.get_kind_display()}: {one.reason}" for one in failed}
    for row in rows:
        row.feedback = said.get(row.pk, PASSED_EVERYTHING)
    Application.objects.bulk_update(rows, ["feedback"], batch_size=500)
    if rows:
        detail = {"people": len(rows)}
        record("feedback.begun", held, by=by, organisation_id=held.organisation_id, detail=detail)
    return len(rows)
