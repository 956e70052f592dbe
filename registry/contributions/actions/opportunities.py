"""What programme leads do with opportunities: publish, change, remove."""

from django.db import transaction

from registry.accounts.models import User
from registry.audit.record import record
from registry.contributions.models import Opportunity
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission


@transaction.atomic
def save_opportunity(*, opportunity: Opportunity, by: User) -> None:
    """Publish an opportunity, or write it as it is now.

    NotAllowed where `by` does not keep it, or would give it to whom they do not keep it for; Invalid where it
    closes before it opens; WrongState where it was removed meanwhile.
    """
    adding = opportunity.pk is None
    if not adding:
        _check_kept(_held(opportunity), by)
    _check_kept(opportunity, by)
    if opportunity.closes_on < opportunity.opens_on:
        raise Invalid("The last day must be the same as or after the day it opens.", field="closes_on")
    opportunity.save(force_insert=adding, force_update=not adding)
    _trace(opportunity, "added" if adding else "changed", by)


@transaction.atomic
def remove_opportunity(*, opportunity: Opportunity, by: User) -> None:
    """Take an opportunity off the board for good; removing twice is WrongState."""
    row = _held(opportunity)
    _check_kept(row, by)
    _trace(row, "removed", by)
    row.delete()


def may_keep(*, opportunity: Opportunity, by: User) -> bool:
    """Whether `by` keeps opportunities for its organisation; one of all England needs the right there."""
    scope = by.scope_for(Permission.OPPORTUNITY_MANAGE)
    return scope.everything or opportunity.keeper_id in scope.organisation_ids


def _check_kept(opportunity: Opportunity, by: User) -> None:
    if not may_keep(opportunity=opportunity, by=by):
        raise NotAllowed("You do not keep this opportunity.")


def _held(opportunity: Opportunity) -> Opportunity:
    found = Opportunity.objects.select_for_update(no_key=True).filter(pk=opportunity.pk).first()
    if found is None:
        raise WrongState("This has been removed in the meantime.")
    return found


def _trace(opportunity: Opportunity, act: str, by: User) -> None:
    detail = {"title": opportunity.title}
    record(f"opportunity.{act}", opportunity, by=by, organisation_id=opportunity.keeper_id, detail=detail)
