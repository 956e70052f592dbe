"""Conflicts of interest: what the owner of a venture declares, and what a named officer of their employer decides."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.contributions import decision_news
from registry.contributions.models import Declaration, Venture
from registry.contributions.querysets import reach
from registry.contributions.states import Stage
from registry.contributions.steps import held, held_own, mark_of, trace
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.seen import Stale


@transaction.atomic
def declare(*, venture: Venture, text: str, by: User) -> Declaration:
    """Declare one's interests to the employer of today; what was decided before no longer holds.

    Invalid where nothing is said, or nothing else than what that employer is looking at or has cleared.
    """
    row = held_own(venture, by=by)
    text = text.strip()
    if not text:
        raise Invalid("Say what your interests are, or that you have none.", field="text")
    employer = row.clinician.organisation
    last = row.declarations.current().first()
    if last is not None:
        if last.cleared is not False and (last.text, last.organisation_id) == (text, employer.pk):
            raise Invalid("This is what you have declared already. Change it, or go back.", field="text")
        _replace(last)
    declaration = Declaration.objects.create(venture=row, organisation=employer, text=text)
    trace("venture.declared", row, by=by, declaration=declaration.pk)
    return declaration


@contextmanager
def cleared_again(*, venture: Venture, by: User) -> Iterator[None]:
    """Around what changes a locked venture: where it was cleared and is another now, its employer decides anew.

    What was declared stays declared, in the same words.
    """
    before = mark_of(venture)
    yield
    employer = venture.clinician.organisation
    last = venture.declarations.current().filter(cleared=True, organisation=employer).first()
    if last is not None and mark_of(venture) != before:
        _replace(last)
        anew = Declaration.objects.create(venture=venture, organisation=employer, text=last.text)
        trace("venture.to_clear_again", venture, by=by, declaration=anew.pk)


def _replace(declaration: Declaration) -> None:
    declaration.replaced_at = timezone.now()
    declaration.save(update_fields=["replaced_at"])


@transaction.atomic
def decide(*, declaration: Declaration, cleared: bool, reason: str, by: User, seen: str | None = None) -> Declaration:
    """Clear a venture or not, with the reason that its owner is told.

    NotAllowed for its owner, and for whoever is no HR officer of the employer itself; Invalid without a reason;
    WrongState where somebody has decided already, the owner has declared something else since or has moved, or the
    venture has ended; Stale where it is not what the page showed (`seen`, of `mark_of`).
    """
    venture = held(declaration.venture_id)
    row = Declaration.objects.select_for_update(no_key=True).get(pk=declaration.pk)
    row.venture = venture
    if row.organisation_id not in reach(by, Permission.VENTURE_CLEAR).organisation_ids:
        raise NotAllowed("You do not decide for this employer.")
    if not may_decide(row, by):
        raise NotAllowed("Somebody else decides about your own venture.")
    if row.replaced_at is not None:
        raise WrongState("What was declared has changed since you opened the page. Look at it anew.")
    if row.cleared is not None:
        raise WrongState("Somebody has decided about this already.")
    if venture.clinician.organisation_id != row.organisation_id:
        raise WrongState("This person works somewhere else now.")
    if venture.stage == Stage.ENDED:
        raise WrongState("This venture has ended, so nothing needs to be decided.")
    if seen is not None and seen != mark_of(venture):
        raise Stale("The venture has changed since you opened the page. Look at it anew.")
    if not reason.strip():
        raise Invalid("Enter the reason. The person reads it.", field="reason")
    row.cleared, row.reason, row.decided_at, row.decided_by = cleared, reason.strip(), timezone.now(), by
    row.save(update_fields=["cleared", "reason", "decided_at", "decided_by"])
    verb = "venture.cleared" if cleared else "venture.not_cleared"
    trace(verb, venture, by=by, declaration=row.pk)
    decision_news.tell(row)
    return row


def may_decide(declaration: Declaration, by: User) -> bool:
    """Anybody but its owner."""
    return by.pk != declaration.venture.clinician.user_id
