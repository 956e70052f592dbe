"""What a person records of their register: that they were revalidated or renewed, and when."""

import datetime

from django.db import transaction

from registry.accounts.models import User
from registry.appraisals import steps
from registry.appraisals.actions.obligations import open_next
from registry.appraisals.bounds import FURTHEST
from registry.appraisals.models import Appraisal, Obligation
from registry.appraisals.states import OUTCOMES_RECORDED, AppraisalState, CycleKind, Outcome
from registry.competency.development.steps import check_past
from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.nhsuk.dates import long_date


@transaction.atomic
def record_done(
    *,
    appraisal: Appraisal,
    done_on: datetime.date,
    outcome: Outcome,
    next_due_on: datetime.date | None = None,
    by: User,
) -> Appraisal:
    """Record what the regulator did and when; no signatures. The next one is opened.

    `next_due_on` is the next date as the regulator has set it: needed where it was deferred, otherwise found by the
    rule where it is not given. Raises Invalid, with the field, for a date that cannot be.
    """
    held = steps.held_own(appraisal, by=by)
    steps.require_kind(held, signed=False)
    steps.require_state(held, AppraisalState.PREPARING)
    if outcome not in OUTCOMES_RECORDED[CycleKind(held.rule.cycle.kind)]:
        raise Invalid("Choose what came of it.", field="outcome")
    check_past(done_on, field="done_on", what="day it was done", since=held.opens_on)
    if outcome == Outcome.DEFERRED and next_due_on is None:
        raise Invalid("Enter the date to which it was deferred.", field="next_due_on")
    if next_due_on is not None:
        if next_due_on <= max(held.due_on, done_on) or next_due_on > today() + FURTHEST:
            raise Invalid(
                f"The next date must be after {long_date(max(held.due_on, done_on))}, within ten years.",
                field="next_due_on",
            )
        obligation = Obligation.objects.select_for_update(no_key=True).get(pk=held.obligation_id)
        obligation.next_due_on = next_due_on
        obligation.save(update_fields=["next_due_on"])
    held.done_on, held.outcome = done_on, outcome
    done = steps.move(held, AppraisalState.DONE, by=by)
    open_next(done.obligation_id)
    return done
