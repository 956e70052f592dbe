"""What an appraiser does: the meeting, what became of last time's objectives, new ones, the summary, the signature."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.appraisals import meetings, steps
from registry.appraisals.models import Appraisal, AppraisalObjective
from registry.appraisals.models.appraisals import PROSE_LENGTH
from registry.appraisals.states import OUTCOMES_SIGNED, WRITABLE, AppraisalState, ObjectiveResult, Outcome
from registry.competency.development.steps import check_ahead
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.nhsuk.dates import long_date
from registry.nhsuk.seen import check_seen, mark

PLACE_LENGTH = 200
AHEAD = datetime.timedelta(days=731)


@transaction.atomic
def set_meeting(*, appraisal: Appraisal, at: datetime.datetime, place: str = "", by: User) -> Appraisal:
    """Say when and where the two meet, or met; not before it may take place. Both get the entry for their calendars."""
    held = _held(appraisal, by)
    place = steps.worded(place, field="place", most=PLACE_LENGTH)
    day = timezone.localtime(at).date()
    if day < held.opens_on:
        raise Invalid(f"It may take place from {long_date(held.opens_on)}.", field="day")
    if day > max(held.due_on, today()) + AHEAD:
        raise Invalid("The meeting must be within two years.", field="day")
    if (held.meeting_at, held.meeting_place) == (at, place):
        return held
    held.meeting_at, held.meeting_place = at, place
    held.save(update_fields=["meeting_at", "meeting_place"])
    meetings.tell(held)
    steps.trace("appraisal.meeting_set", held, by=by)
    return held


@transaction.atomic
def cancel_meeting(*, appraisal: Appraisal, by: User) -> Appraisal:
    """Call the meeting off; another can be set."""
    held = _held(appraisal, by)
    if held.meeting_at is None:
        raise WrongState("No meeting is set.")
    held.meeting_at, held.meeting_place = None, ""
    held.save(update_fields=["meeting_at", "meeting_place"])
    meetings.tell(held)
    steps.trace("appraisal.meeting_cancelled", held, by=by)
    return held


@transaction.atomic
def add_objective(*, appraisal: Appraisal, text: str, measure: str, by_date: datetime.date, by: User) -> None:
    """Agree on something to do until the next time."""
    held = _held(appraisal, by)
    AppraisalObjective.objects.create(appraisal=held, **_wanted(text, measure, by_date))


@transaction.atomic
def change_objective(
    *, objective: AppraisalObjective, text: str, measure: str, by_date: datetime.date, by: User
) -> None:
    """Put an objective in other words."""
    row = _objective(objective, by)
    for name, value in _wanted(text, measure, by_date).items():
        setattr(row, name, value)
    row.save(update_fields=["text", "measure", "by_date"])


@transaction.atomic
def remove_objective(*, objective: AppraisalObjective, by: User) -> None:
    """Take an objective off the list, before both have signed."""
    _objective(objective, by).delete()


@transaction.atomic
def record_results(*, appraisal: Appraisal, results: Mapping[int, ObjectiveResult], by: User) -> None:
    """Say what became of last time's objectives (by key); one that is not among them stays as it is."""
    held = _held(appraisal, by)
    last = {objective.pk: objective for objective in last_objectives(appraisal=held)}
    if not results.keys() <= last.keys():
        raise Invalid("This objective is not one of last time's.")
    for key, result in results.items():
        last[key].result = ObjectiveResult(result)
        last[key].save(update_fields=["result"])


def last_objectives(*, appraisal: Appraisal) -> list[AppraisalObjective]:
    """What was agreed the last time this came round, which the two look back on; two queries."""
    done = Appraisal.objects.filter(obligation=appraisal.obligation_id, state=AppraisalState.DONE)
    last = done.filter(due_on__lt=appraisal.due_on).order_by("-due_on", "-pk").first()
    return list(last.objectives.all()) if last else []


@transaction.atomic
def write_summary(*, appraisal: Appraisal, summary: str, outcome: Outcome, by: User, seen: str | None = None) -> None:
    """Write what was discussed and agreed, and what came of it; the person reads it before they sign."""
    held = _held(appraisal, by)
    check_seen(seen, stored=summary_mark(appraisal=held))
    if outcome not in OUTCOMES_SIGNED:
        raise Invalid("Choose what came of it.", field="outcome")
    held.summary = steps.worded(
        summary, field="summary", needed="Say what was discussed and agreed.", most=PROSE_LENGTH
    )
    held.outcome = outcome
    held.save(update_fields=["summary", "outcome"])


def summary_mark(*, appraisal: Appraisal) -> str:
    """A mark of the summary and the outcome as they are stored."""
    return mark(appraisal.summary, appraisal.outcome)


@transaction.atomic
def sign(*, appraisal: Appraisal, by: User, seen: str | None = None) -> Appraisal:
    """Sign, first of the two: after the meeting, with a summary and an outcome. Nothing changes from then on.

    `seen` is the mark (`steps.mark`) of what the page showed; Stale where that has changed.
    """
    held = _held(appraisal, by)
    steps.require_state(held, AppraisalState.READY)
    check_seen(seen, stored=steps.mark(held))
    if missing := missing_to_sign(appraisal=held):
        raise WrongState(missing)
    held.appraiser_signed_at, held.appraiser_signed_by = timezone.now(), by
    return steps.move(held, AppraisalState.SIGNED, by=by)


def missing_to_sign(*, appraisal: Appraisal) -> str:
    """What an appraiser has to do before they can sign, in a sentence; empty where nothing is missing."""
    if appraisal.state == AppraisalState.PREPARING:
        return f"{appraisal.clinician} has not sent it to you yet."
    if appraisal.meeting_at is None:
        return "Say when you met."
    if timezone.localtime(appraisal.meeting_at).date() > today():
        return f"You can sign once you have met, on {long_date(appraisal.meeting_at)}."
    return "" if appraisal.outcome and appraisal.summary else "Write the summary and the outcome."


@transaction.atomic
def send_back(*, appraisal: Appraisal, reason: str, by: User) -> Appraisal:
    """Return it to the person, saying what should be added or changed."""
    held = _held(appraisal, by)
    steps.require_state(held, AppraisalState.READY)
    reason = steps.worded(reason, field="reason", needed="Say what should be added or changed.")
    return steps.move(held, AppraisalState.PREPARING, by=by, reason=reason)


# --- what these share ------------------------------------------------------------------------------------------------


def _held(appraisal: Appraisal, by: User) -> Appraisal:
    held = steps.held_conducted(appraisal, by=by)
    steps.require_kind(held, signed=True)
    steps.require_state(held, *WRITABLE)
    return held


def _objective(objective: AppraisalObjective, by: User) -> AppraisalObjective:
    held = _held(objective.appraisal, by)
    row: AppraisalObjective | None = held.objectives.filter(pk=objective.pk).first()
    if row is None:
        raise WrongState("This objective has been removed in the meantime.")
    return row


def _wanted(text: str, measure: str, by_date: datetime.date) -> dict[str, object]:
    check_ahead(by_date, field="by_date", what="day")
    return {
        "text": steps.worded(text, field="text", needed="Say what you agreed."),
        "measure": steps.worded(measure, field="measure", needed="Say how you will both know that it is met."),
        "by_date": by_date,
    }
