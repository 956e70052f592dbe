"""What the actions on appraisals share: holding one, checking whose it is, moving it, leaving a trace."""

from typing import Any

from registry.accounts.models import User
from registry.appraisals import meetings
from registry.appraisals.models import Appraisal, AppraisalTransition
from registry.appraisals.models.appraisals import REASON_LENGTH
from registry.appraisals.planning import KIND
from registry.appraisals.states import SIGNED, TRANSITIONS, AppraisalState
from registry.audit.record import record
from registry.competency.development import steps as development
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk import seen
from registry.notifications import outbox

NOW = {
    AppraisalState.PREPARING: "This is being prepared by the person it is about.",
    AppraisalState.READY: "This is with the appraiser.",
    AppraisalState.SIGNED: "The appraiser has signed this, so it waits for the other signature and cannot change.",
    AppraisalState.DONE: "This is done and cannot change.",
    AppraisalState.CANCELLED: "This was cancelled.",
}


def held(appraisal_id: int) -> Appraisal:
    """The appraisal as it is now, locked: of two people at once the second waits, then sees what the first did.

    Whoever needs more rows takes this lock first, then that of the obligation, then the rest.
    """
    return Appraisal.objects.with_people().select_for_update(of=("self",), no_key=True).get(pk=appraisal_id)


def held_own(appraisal: Appraisal, *, by: User) -> Appraisal:
    """The same for the person it is about; NotAllowed for everybody else."""
    found = held(appraisal.pk)
    if by.scope_for(Permission.APPRAISAL_PREPARE).user_id is None or found.clinician.user_id != by.pk:
        raise NotAllowed("Only the person it is about can do this.")
    return found


def held_conducted(appraisal: Appraisal, *, by: User) -> Appraisal:
    """The same for its appraiser; NotAllowed for everybody else, and for somebody who would appraise themself."""
    found = held(appraisal.pk)
    if by.scope_for(Permission.APPRAISAL_CONDUCT).user_id is None or found.appraiser_id != by.pk:
        raise NotAllowed("Only the appraiser can do this.")
    if found.clinician.user_id == by.pk:
        raise NotAllowed("Nobody appraises themself.")
    return found


def require_state(appraisal: Appraisal, *states: AppraisalState) -> None:
    """WrongState, saying where it is, unless it is in one of these."""
    if appraisal.state not in states:
        raise WrongState(NOW[AppraisalState(appraisal.state)])


def is_signed_kind(appraisal: Appraisal) -> bool:
    """Whether two people do it together and both sign."""
    return appraisal.rule.cycle.kind in SIGNED


def require_kind(appraisal: Appraisal, *, signed: bool) -> None:
    """WrongState where it is not of the kind that both sign, or not of the kind that one records as done."""
    if is_signed_kind(appraisal) != signed:
        raise WrongState("This is recorded as done, not signed." if signed else "This is signed, not recorded.")


def worded(text: str, *, field: str, needed: str = "", most: int = REASON_LENGTH) -> str:
    """The text without space around it; Invalid where it is too long, or empty though `needed` (the message)."""
    return development.worded(text, field=field, needed=needed, most=most)


def mark(appraisal: Appraisal) -> str:
    """A short mark of what both sign, so that nobody signs something else than the page showed; one query."""
    objectives = list(appraisal.objectives.values_list("pk", "text", "measure", "by_date"))
    written = (appraisal.outcome, appraisal.summary, appraisal.meeting_at, appraisal.appraiser_signed_at)
    return seen.mark(*written, objectives)


def move(appraisal: Appraisal, after: AppraisalState, *, by: User | None, reason: str = "") -> Appraisal:
    """Write the appraisal in its next state, with the step; what nobody has decided by its end is dropped."""
    before = AppraisalState(appraisal.state)
    if after not in TRANSITIONS[before]:
        raise WrongState(NOW[before])
    appraisal.state = after
    if after in (AppraisalState.DONE, AppraisalState.CANCELLED):
        appraisal.postponements.filter(approved__isnull=True).delete()
    appraisal.save()
    if after in (AppraisalState.DONE, AppraisalState.CANCELLED):
        outbox.settle(KIND, appraisal.pk)
    if after == AppraisalState.CANCELLED and appraisal.meeting_at is not None:
        meetings.tell(appraisal)
    AppraisalTransition.objects.create(appraisal=appraisal, before=before, after=after, by=by, reason=reason)
    verb = "returned" if after == AppraisalState.PREPARING else after.value
    if (before, after) == (AppraisalState.SIGNED, AppraisalState.READY):
        verb = "reopened"
    trace(f"appraisal.{verb}", appraisal, by=by)
    return appraisal


def trace(verb: str, appraisal: Appraisal, *, by: User | None, **detail: Any) -> None:
    """Write down that something happened to an appraisal; never what was said in it."""
    about = {"clinician": appraisal.clinician_id, "cycle": appraisal.rule.cycle.code}
    record(verb, appraisal, by=by, organisation_id=appraisal.clinician.organisation_id, detail=about | detail)
