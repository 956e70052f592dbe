"""What the person an appraisal is about does: bring what is asked for, send it, ask for more time, sign."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.appraisals import steps
from registry.appraisals.actions.obligations import open_next
from registry.appraisals.bounds import LONGEST_POSTPONEMENT
from registry.appraisals.models import Appraisal, ChecklistEntry, Postponement
from registry.appraisals.states import WRITABLE, AppraisalState, PostponementReason
from registry.competency.feedback.states import RoundState
from registry.competency.models import Assessment, DevelopmentPlan, FeedbackRound
from registry.competency.states import State
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.nhsuk.seen import check_seen


@transaction.atomic
def save_entry(
    *, entry: ChecklistEntry, done: bool, note: str = "", feedback_round: FeedbackRound | None = None, by: User
) -> ChecklistEntry:
    """Say of one thing to bring whether it is there and where, and which released feedback of one's own it is."""
    held = steps.held_own(entry.appraisal, by=by)
    steps.require_state(held, AppraisalState.PREPARING)
    note = steps.worded(note, field="note")
    if feedback_round is not None:
        mine = FeedbackRound.objects.filter(subject=held.clinician_id, state=RoundState.RELEASED)
        if not takes_feedback(appraisal=held, code=entry.code) or not mine.filter(pk=feedback_round.pk).exists():
            raise Invalid("Choose feedback that was released to you.", field="feedback_round")
    row = ChecklistEntry.objects.get(pk=entry.pk)
    row.done, row.note, row.feedback_round = done, note, feedback_round
    row.save(update_fields=["done", "note", "feedback_round"])
    return row


def takes_feedback(*, appraisal: Appraisal, code: str) -> bool:
    """Whether released feedback can be what this item of the checklist asks for."""
    items = appraisal.rule.cycle.checklist
    return any(item["code"] == code and item.get("feedback", False) for item in items)


@transaction.atomic
def link(
    *, appraisal: Appraisal, assessment: Assessment | None = None, plan: DevelopmentPlan | None = None, by: User
) -> Appraisal:
    """Bring agreed levels and a development plan of one's own, which the appraiser then sees; none takes one off."""
    held = steps.held_own(appraisal, by=by)
    steps.require_kind(held, signed=True)
    steps.require_state(held, AppraisalState.PREPARING)
    if assessment is not None and (assessment.clinician_id != held.clinician_id or assessment.state != State.AGREED):
        raise Invalid("Choose levels that were agreed with you.", field="assessment")
    if plan is not None and plan.clinician_id != held.clinician_id:
        raise Invalid("Choose a plan of your own.", field="plan")
    held.assessment, held.plan = assessment, plan
    held.save(update_fields=["assessment", "plan"])
    return held


@transaction.atomic
def send(*, appraisal: Appraisal, by: User) -> Appraisal:
    """Send what is prepared to the appraiser. What is missing does not hold it up: the two talk about it."""
    held = steps.held_own(appraisal, by=by)
    steps.require_kind(held, signed=True)
    steps.require_state(held, AppraisalState.PREPARING)
    if held.appraiser_id is None:
        raise WrongState("You have no appraiser yet. Ask your HR team to name one.")
    return steps.move(held, AppraisalState.READY, by=by)


@transaction.atomic
def take_back(*, appraisal: Appraisal, by: User) -> Appraisal:
    """Take it back from the appraiser, to change what is prepared."""
    held = steps.held_own(appraisal, by=by)
    steps.require_state(held, AppraisalState.READY)
    return steps.move(held, AppraisalState.PREPARING, by=by)


@transaction.atomic
def ask_to_postpone(
    *, appraisal: Appraisal, reason: PostponementReason, to_due_on: datetime.date, words: str = "", by: User
) -> Postponement:
    """Ask for a later due date, saying why; somebody else decides. Two wishes at once are one too many: WrongState."""
    held = steps.held_own(appraisal, by=by)
    if not steps.is_signed_kind(held):
        raise WrongState("The regulator sets this date, so nobody here can postpone it.")
    steps.require_state(held, *WRITABLE)
    words = steps.worded(words, field="words")
    if reason == PostponementReason.OTHER and not words:
        raise Invalid("Say why, in your own words.", field="words")
    if to_due_on <= max(held.due_on, today()):
        raise Invalid("The new date must be after the one it is due now, and after today.", field="to_due_on")
    if to_due_on > max(held.due_on, today()) + LONGEST_POSTPONEMENT:
        raise Invalid("The new date must be within two years.", field="to_due_on")
    try:
        with transaction.atomic():
            wish = Postponement.objects.create(
                appraisal=held,
                reason=reason,
                words=words,
                from_due_on=held.due_on,
                to_due_on=to_due_on,
                asked_by=by,
            )
    except IntegrityError as error:
        raise WrongState("You have asked already, and nobody has decided yet.") from error
    steps.trace("appraisal.postponement_asked", held, by=by)
    return wish


@transaction.atomic
def withdraw_wish(*, appraisal: Appraisal, by: User) -> None:
    """Take back one's wish for a later date, while nobody has decided on it."""
    held = steps.held_own(appraisal, by=by)
    gone, _ = held.postponements.filter(approved__isnull=True).delete()
    if not gone:
        raise WrongState("There is no wish to take back: somebody has decided on it, or it is gone already.")
    steps.trace("appraisal.postponement_withdrawn", held, by=by)


@transaction.atomic
def sign(*, appraisal: Appraisal, by: User, seen: str | None = None) -> Appraisal:
    """Sign what the appraiser has signed: it is done for good, and the next one is opened.

    `seen` is the mark (`steps.mark`) of what the page showed; Stale where that has changed.
    """
    held = steps.held_own(appraisal, by=by)
    steps.require_kind(held, signed=True)
    steps.require_state(held, AppraisalState.SIGNED)
    check_seen(seen, stored=steps.mark(held))
    held.appraisee_signed_at, held.appraisee_signed_by = timezone.now(), by
    held.done_on = timezone.localtime(held.meeting_at).date() if held.meeting_at else today()
    done = steps.move(held, AppraisalState.DONE, by=by)
    open_next(done.obligation_id)
    return done


@transaction.atomic
def send_back(*, appraisal: Appraisal, reason: str, by: User) -> Appraisal:
    """Return it to the appraiser unsigned, saying what should change; their signature is taken off."""
    held = steps.held_own(appraisal, by=by)
    steps.require_state(held, AppraisalState.SIGNED)
    reason = steps.worded(reason, field="reason", needed="Say what should change.")
    held.appraiser_signed_at = held.appraiser_signed_by = None
    return steps.move(held, AppraisalState.READY, by=by, reason=reason)
