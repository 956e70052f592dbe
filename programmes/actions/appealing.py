"""Appeals: somebody not selected asks for a second look, and a lead who did not decide before decides."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from programmes import steps
from programmes.actions import offering
from programmes.actions.settling import settle
from programmes.fields import GateOutcome
from programmes.models import Appeal, Application, Cohort, Endorsement, GateResult, Reading
from programmes.models.applications import ANSWER_LENGTH
from programmes.models.cohorts import REASON_LENGTH
from programmes.selecting import messages
from programmes.states import IN_SELECTION, AppealState, ApplicationState
from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission

DAYS = 28
UPHELD = "After an appeal: "


def last_day(application: Application) -> datetime.date | None:
    """Until when somebody can appeal against not being selected; None where they were not told so.

    None as well once the programme has started: there is no place to win any more.
    """
    if application.state != ApplicationState.NOT_SELECTED or application.cohort.state not in IN_SELECTION:
        return None
    told = application.transitions.filter(after=ApplicationState.NOT_SELECTED).last()
    return timezone.localdate(told.at) + datetime.timedelta(days=DAYS) if told else None


@transaction.atomic
def lodge(*, application: Application, grounds: str, by: User) -> Appeal:
    """Ask for a second look at the gate that was not passed, or at the ranking where all were.

    Raises Invalid for no grounds, WrongState too late, for another state, and for a second appeal about one thing.
    """
    held = steps.locked(application.cohort_id)
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("clinician")
    row = rows.get(pk=application.pk)
    steps.require_own(by, Permission.PROGRAMME_TAKE_PART, row.clinician.user_id)
    row.cohort = held
    last = last_day(row)
    if last is None:
        raise WrongState("There is nothing to appeal against now.")
    if last < today():
        raise WrongState(f"An appeal is possible for {DAYS} days after the result.")
    failed = row.results.filter(outcome=GateOutcome.FAILED).first()
    gate_id = failed.gate_id if failed else None
    if row.appeals.filter(gate=gate_id).exists():
        raise WrongState("You have appealed about this before.")
    words = steps.worded(
        grounds, field="grounds", needed="Say why the result should be looked at again.", most=ANSWER_LENGTH
    )
    appeal = Appeal.objects.create(application=row, gate_id=gate_id, grounds=words)
    detail = {"application": row.reference, "gate": gate_id}
    record("appeal.lodged", appeal, by=by, organisation_id=held.organisation_id, detail=detail)
    return appeal


@transaction.atomic
def decide(*, appeal: Appeal, upheld: bool, reason: str, by: User) -> None:
    """Decide about an appeal: what was decided stands, or a reasoned pass takes its place and the selection goes on.

    Upheld after places were offered, somebody who has passed every gate gets a place that is free, or joins the
    waiting list where their points put them. Raises NotAllowed for whoever had a part in what is appealed against,
    Invalid without a reason, WrongState where it is decided already.
    """
    held = steps.locked(appeal.application.cohort_id)
    steps.require_selecting(by, held)
    rows = Appeal.objects.select_for_update(of=("self",), no_key=True).select_related("application__clinician")
    row = rows.get(pk=appeal.pk)
    if row.state != AppealState.LODGED:
        raise WrongState("This appeal is decided already.")
    if not may_decide(row, by):
        raise NotAllowed("Somebody who had no part in the result decides about an appeal.")
    if upheld and held.state not in IN_SELECTION:
        raise WrongState("The programme has started, so there is no place to win any more.")
    # With the words that go before it in the gate's result it still has to fit.
    words = steps.worded(reason, field="reason", needed="Give the reason.", most=REASON_LENGTH - len(UPHELD))
    row.state = AppealState.UPHELD if upheld else AppealState.REJECTED
    row.decided_at, row.decided_by, row.decision_reason = timezone.now(), by, words
    row.save(update_fields=["state", "decided_at", "decided_by", "decision_reason"])
    detail = {"application": row.application.reference, "upheld": upheld}
    record("appeal.decided", row, by=by, organisation_id=held.organisation_id, detail=detail)
    if upheld:
        _bring_back(held, row, words, by)
    messages.tell_appeal(row)


def may_decide(appeal: Appeal, by: User) -> bool:
    """Whether somebody has had no part in this application.

    It is not theirs or of somebody they manage, nor was it endorsed, moved, judged, assigned or read by them, and the
    feedback is somebody else's.
    """
    row = appeal.application
    return by.pk not in (row.clinician.user_id, row.feedback_by_id) and not (
        Clinician.objects.filter(pk=row.clinician_id, line_manager__user=by).exists()
        or Endorsement.objects.filter(application=row, manager=by).exists()
        or row.transitions.filter(by=by).exists()
        or row.results.filter(by=by).exists()
        or Reading.objects.filter(Q(assessor=by) | Q(assigned_by=by), application=row).exists()
    )


def _bring_back(cohort: Cohort, appeal: Appeal, words: str, by: User) -> None:
    row = Application.objects.select_for_update(no_key=True).get(pk=appeal.application_id)
    if row.state != ApplicationState.NOT_SELECTED:
        raise WrongState("This application is not one that was not selected.")
    if cohort.enrolments.filter(clinician=row.clinician_id).exists():
        raise WrongState("This person has or had a place in this cohort already, so there is none to win.")
    if appeal.gate_id is not None:
        # One result for each gate: the history keeps the one that is set aside.
        GateResult.objects.filter(application=row, gate=appeal.gate_id).update(
            outcome=GateOutcome.PASSED, reason=f"{UPHELD}{words}", by=by, at=timezone.now()
        )
    # Who loses again is told why anew.
    row.rank, row.feedback, row.feedback_by = None, "", None
    steps.move(row, ApplicationState.SUBMITTED, by=by, reason=words, also=("rank", "feedback", "feedback_by"))
    settle(cohort=cohort, by=None, only=row)
    offering.fill(cohort=cohort, by=by)
