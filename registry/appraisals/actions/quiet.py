"""Keeping an organisation's quiet days."""

import datetime

from django.db import transaction

from registry.accounts.models import User
from registry.appraisals import bounds
from registry.appraisals.models import QuietPeriod
from registry.audit.record import record
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation

# What falls on quiet days is moved; over more than this a reminder would come too late to be one.
LONGEST = datetime.timedelta(days=31)


@transaction.atomic
def add_quiet_period(
    *, organisation: Organisation, first_day: datetime.date, last_day: datetime.date, reason: str, by: User
) -> QuietPeriod:
    """Note days on which nobody there is reminded.

    Raises NotAllowed elsewhere; Invalid, with the field, for days in the past, in the wrong order, or too many.
    """
    _require(organisation.pk, by)
    if first_day <= today():
        raise Invalid("The first day must be in the future.", field="first_day")
    bounds.check_between(first_day, today(), today() + bounds.AHEAD, field="first_day", what="first day")
    if last_day < first_day:
        raise Invalid("The last day must not come before the first.", field="last_day")
    if last_day - first_day >= LONGEST:
        raise Invalid(f"Choose at most {LONGEST.days} days: reminders would come too late otherwise.", field="last_day")
    period = QuietPeriod.objects.create(
        organisation=organisation, first_day=first_day, last_day=last_day, reason=reason.strip()
    )
    record("quiet_period.added", period, by=by, organisation_id=organisation.pk, detail=_days(period))
    return period


@transaction.atomic
def remove_quiet_period(*, period: QuietPeriod, by: User) -> None:
    """Take back quiet days that have not begun; WrongState for others, by which reminders were moved already."""
    held = QuietPeriod.objects.select_for_update().filter(pk=period.pk).first()
    if held is None:
        raise WrongState("These quiet days have been removed already.")
    _require(held.organisation_id, by)
    if held.first_day <= today():
        raise WrongState("These days have begun, so they stay on record.")
    record("quiet_period.removed", held, by=by, organisation_id=held.organisation_id, detail=_days(held))
    held.delete()


def _require(organisation_id: int, by: User) -> None:
    if not by.scope_for(Permission.APPRAISAL_MANAGE).covers(frozenset({organisation_id})):
        raise NotAllowed("You do not keep this organisation’s quiet days.")


def _days(period: QuietPeriod) -> dict[str, str]:
    return {"first_day": period.first_day.isoformat(), "last_day": period.last_day.isoformat()}
