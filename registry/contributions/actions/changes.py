"""What a person does with the ideas they put into practice: add, change, remove."""

from django.db import transaction

from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.validators import EARLIEST_START
from registry.contributions.models import ServiceChange
from registry.contributions.steps import check_own
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState


@transaction.atomic
def save_change(*, change: ServiceChange, by: User) -> None:
    """Add a change, or write one as it is now.

    Raises NotAllowed unless it is the person's own, Invalid where its day is to come or out of living memory,
    WrongState where it has been removed meanwhile.
    """
    check_own(change.clinician, by)
    if not EARLIEST_START <= change.started_on <= today():
        raise Invalid("Enter a day between 1950 and today.", field="started_on")
    adding = change.pk is None
    if not adding:
        _held(change)
    change.save(force_insert=adding, force_update=not adding)
    _trace(change, "added" if adding else "changed", by)


@transaction.atomic
def remove_change(*, change: ServiceChange, by: User) -> None:
    """Remove a change for good; history keeps what it was. Removing twice is WrongState."""
    held = _held(change)
    check_own(held.clinician, by)
    _trace(held, "removed", by)
    held.delete()


def _held(change: ServiceChange) -> ServiceChange:
    rows = ServiceChange.objects.select_for_update(of=("self",), no_key=True).select_related("clinician")
    found = rows.filter(pk=change.pk, clinician=change.clinician_id).first()
    if found is None:
        raise WrongState("This has been removed in the meantime.")
    return found


def _trace(change: ServiceChange, act: str, by: User) -> None:
    clinician = change.clinician
    detail = {"entry": str(change)}
    record(f"servicechange.{act}", clinician, by=by, organisation_id=clinician.organisation_id, detail=detail)
