"""Objectives of a plan: added, changed, moved from state to state, reviewed."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.record import record
from registry.competency.development.actions.plans import hold_plan
from registry.competency.development.states import ACTIVE, PROGRESS_TRANSITIONS, Learning, Progress
from registry.competency.development.steps import check_ahead, check_past, worded
from registry.competency.models import (
    TITLE_LENGTH,
    DevelopmentPlan,
    Element,
    Objective,
    ObjectiveElement,
    ObjectiveReview,
    ObjectiveTransition,
)
from registry.kernel.errors import Invalid, WrongState
from registry.nhsuk.seen import check_seen, mark


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to learn or change, in which elements (their keys), how, and by when."""

    title: str
    success: str
    elements: Collection[int]
    learning: Learning
    due_on: datetime.date
    review_on: datetime.date | None = None
    evidence: str = ""


def mark_of(objective: Objective) -> str:
    """A mark of what is stored of an objective and its elements."""
    ties = sorted(element.pk for element in objective.elements.all())
    fields = ("title", "success", "learning", "due_on", "review_on", "evidence", "state")
    return mark(ties, *(str(getattr(objective, field)) for field in fields))


@transaction.atomic
def add_objective(*, plan: DevelopmentPlan, wanted: Wanted, by: User) -> Objective:
    """A planned objective tied to one or more elements of the plan's framework; Invalid names the field at fault."""
    held = hold_plan(pk=plan.pk, by=by)
    objective = Objective(plan=held)
    _write(objective, wanted)
    _step(objective, before="", by=by)
    return objective


@transaction.atomic
def edit_objective(*, objective: Objective, wanted: Wanted, by: User, seen: str | None = None) -> Objective:
    """Change an objective that is worked on; a date that stays as it was may have passed.

    `seen` is the mark (`mark_of`) of what the page showed: Stale where something else is stored by now.
    """
    held = _hold(objective, by=by)
    _check_active(held)
    check_seen(seen, stored=mark_of(held))
    _write(held, wanted)
    return held


@transaction.atomic
def move_objective(*, objective: Objective, to: Progress, reason: str = "", by: User) -> Objective:
    """Say how far an objective is; dropping it needs a reason, and what is over has no next review."""
    held = _hold(objective, by=by)
    before = Progress(held.state)
    if to not in PROGRESS_TRANSITIONS[before]:
        raise WrongState(f"This objective is {before.label.lower()}, so it cannot become {to.label.lower()}.")
    needed = "Say why you drop it." if to == Progress.DROPPED else ""
    reason = worded(reason, field="reason", needed=needed)
    held.state = to
    if to not in ACTIVE:
        held.review_on = None
    held.save(update_fields=["state", "review_on"])
    _step(held, before=before, by=by, reason=reason)
    return held


@transaction.atomic
def review_objective(
    *, objective: Objective, on: datetime.date, changed: str, next_on: datetime.date | None, by: User
) -> ObjectiveReview:
    """Write down a look back: the day, what changed since, and when to look again (None: no more reviews)."""
    held = _hold(objective, by=by)
    _check_active(held)
    check_past(on, field="on", what="day of the review", since=timezone.localdate(held.created_at))
    if next_on is not None:
        check_ahead(next_on, field="next_on", what="next review", after=on)
    changed = worded(changed, field="changed", needed="Say what has changed.")
    review = ObjectiveReview.objects.create(objective=held, on=on, changed=changed, next_on=next_on, by=by)
    held.review_on = next_on
    held.save(update_fields=["review_on"])
    _note(held, by)
    return review


# --- what the actions share ----------------------------------------------------------------------------------------


def _hold(objective: Objective, *, by: User) -> Objective:
    """The objective as it is now, its plan locked first: whoever closes the plan waits, and is waited for."""
    plan = hold_plan(pk=objective.plan_id, by=by)
    held = Objective.objects.select_for_update(no_key=True).get(pk=objective.pk, plan=plan)
    held.plan = plan
    return held


def _check_active(objective: Objective) -> None:
    if objective.state not in ACTIVE:
        raise WrongState(f"This objective is {objective.get_state_display().lower()}. Take it up again to change it.")


def _write(objective: Objective, wanted: Wanted) -> None:
    _check_days(objective, wanted)
    objective.title = worded(wanted.title, field="title", needed="Say what you want to do.", most=TITLE_LENGTH)
    objective.success = worded(wanted.success, field="success", needed="Say what success looks like.")
    objective.evidence = worded(wanted.evidence, field="evidence")
    objective.learning, objective.due_on, objective.review_on = wanted.learning, wanted.due_on, wanted.review_on
    elements = set(wanted.elements)
    of_plan = Element.objects.filter(domain__version=objective.plan.version_id, pk__in=elements)
    if not elements or of_plan.count() != len(elements):
        raise Invalid("Choose at least one element.", field="elements")
    objective.save()
    objective.ties.exclude(element__in=elements).delete()
    tied = set(objective.ties.values_list("element_id", flat=True))
    ObjectiveElement.objects.bulk_create(
        ObjectiveElement(objective=objective, element_id=key) for key in sorted(elements - tied)
    )


def _check_days(objective: Objective, wanted: Wanted) -> None:
    """Only what changes is checked: a date set long ago may have passed by now."""
    if wanted.due_on != objective.due_on:
        check_ahead(wanted.due_on, field="due_on", what="due date")
    if wanted.review_on is not None and wanted.review_on != objective.review_on:
        check_ahead(wanted.review_on, field="review_on", what="next review")


def _step(objective: Objective, *, before: str, by: User, reason: str = "") -> None:
    ObjectiveTransition.objects.create(objective=objective, before=before, after=objective.state, by=by, reason=reason)
    _note(objective, by)


def _note(objective: Objective, by: User) -> None:
    # Not how it goes: the plan is its owner's alone, and the record is read by others.
    organisation_id = objective.plan.clinician.organisation_id
    record("objective.changed", objective, by=by, organisation_id=organisation_id)
