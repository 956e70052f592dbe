"""Deciding about postponements."""

import datetime

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.appraisals.bounds import LONGEST_POSTPONEMENT
from registry.appraisals.models import Appraisal, Postponement
from registry.appraisals.states import WRITABLE
from registry.audit.record import record
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission


@transaction.atomic
def approve_postponement(*, postponement: Postponement, to_due_on: datetime.date, reason: str, by: User) -> None:
    """Move an appraisal to a later date: its window moves with it, and reminders follow the new date by themselves.

    Raises NotAllowed for whoever asked for it, for the person it is about, and outside the officer's organisations;
    Invalid, with the field, for a date that is not later than the old one, has passed or is years away;
    WrongState where it has been decided or taken back, or the appraisal has moved on.
    """
    held, row = _held(postponement, by)
    if row.state not in WRITABLE or row.due_on != held.from_due_on:
        raise WrongState("The appraisal has moved on since this was asked for, so its date cannot be changed.")
    if to_due_on <= max(row.due_on, today()):
        raise Invalid("The new date must be later than the old one, and in the future.", field="to_due_on")
    if to_due_on > max(row.due_on, today()) + LONGEST_POSTPONEMENT:
        raise Invalid("The new date must be within two years.", field="to_due_on")
    later = to_due_on - row.due_on
    row.due_on, row.opens_on = to_due_on, row.opens_on + later
    # Reminders of the new date whose day has passed already are not caught up with.
    row.reminders_from = max(row.reminders_from, today())
    row.save(update_fields=["due_on", "opens_on", "reminders_from"])
    held.to_due_on = to_due_on
    _decide(held, row, approved=True, reason=reason, by=by)


@transaction.atomic
def refuse_postponement(*, postponement: Postponement, reason: str, by: User) -> None:
    """Leave an appraisal's date as it is, and say why; Invalid without a reason, otherwise as in approving."""
    held, row = _held(postponement, by)
    if not reason.strip():
        raise Invalid("Say why you refuse. The person sees it.", field="reason")
    _decide(held, row, approved=False, reason=reason, by=by)


def may_decide(postponement: Postponement, by: User) -> bool:
    """Somebody other than who asked, and than the person it is about."""
    return by.pk not in {postponement.asked_by_id, postponement.appraisal.clinician.user_id}


def _held(postponement: Postponement, by: User) -> tuple[Postponement, Appraisal]:
    """Both, locked: the appraisal first, as everywhere."""
    rows = Appraisal.objects.select_for_update(of=("self",), no_key=True).select_related("clinician")
    row = rows.get(pk=postponement.appraisal_id)
    held = Postponement.objects.select_for_update(no_key=True).filter(pk=postponement.pk).first()
    if held is None:
        raise WrongState("The request has been taken back meanwhile.")
    held.appraisal = row
    if not by.scope_for(Permission.APPRAISAL_MANAGE).covers(frozenset({row.clinician.organisation_id})):
        raise NotAllowed("You do not manage this appraisal.")
    if held.approved is not None:
        raise WrongState("Somebody has decided about this postponement already.")
    if not may_decide(held, by):
        raise NotAllowed("Somebody else decides about this postponement.")
    return held, row


def _decide(held: Postponement, row: Appraisal, *, approved: bool, reason: str, by: User) -> None:
    held.approved, held.decided_at, held.decided_by = approved, timezone.now(), by
    held.decision_reason = reason.strip()
    held.save(update_fields=["approved", "decided_at", "decided_by", "decision_reason", "to_due_on"])
    record(
        "postponement.approved" if approved else "postponement.refused",
        row,
        by=by,
        organisation_id=row.clinician.organisation_id,
        detail={"postponement": held.pk, "from": held.from_due_on.isoformat(), "to": held.to_due_on.isoformat()},
    )
