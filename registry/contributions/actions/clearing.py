"""Conflicts of interest: what the owner of a venture declares, and what a named officer of their employer decides."""

from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.contributions.models import Declaration, Venture
from registry.contributions.querysets import reach
from registry.contributions.states import Stage
from registry.contributions.steps import held, held_own, trace
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission


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
        last.replaced_at = timezone.now()
        last.save(update_fields=["replaced_at"])
    declaration = Declaration.objects.create(venture=row, organisation=employer, text=text)
    trace("venture.declared", row, by=by, declaration=declaration.pk)
    return declaration


@transaction.atomic
def decide(*, declaration: Declaration, cleared: bool, reason: str, by: User) -> Declaration:
    """Clear a venture or not, with the reason that its owner reads.

    NotAllowed for its owner, and for whoever is no HR officer of the employer itself; Invalid without a reason;
    WrongState where somebody has decided already, the owner has declared something else since or has moved, or the
    venture has ended.
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
    if not reason.strip():
        raise Invalid("Enter the reason. The person reads it.", field="reason")
    row.cleared, row.reason, row.decided_at, row.decided_by = cleared, reason.strip(), timezone.now(), by
    row.save(update_fields=["cleared", "reason", "decided_at", "decided_by"])
    verb = "venture.cleared" if cleared else "venture.not_cleared"
    trace(verb, venture, by=by, declaration=row.pk)
    return row


def may_decide(declaration: Declaration, by: User) -> bool:
    """Anybody but its owner."""
    return by.pk != declaration.venture.clinician.user_id
