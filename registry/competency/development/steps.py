"""What the actions on plans and conversations share: whose it is, and what may be entered."""

import datetime

from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency.models import PROSE_LENGTH
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date

YEARS_AHEAD = 5


def check_own(clinician: Clinician, by: User) -> None:
    """Raises NotAllowed unless `by` is this clinician and keeps a development plan."""
    if by.scope_for(Permission.DEVELOPMENT_PLAN).user_id is None or clinician.user_id != by.pk:
        raise NotAllowed("Only the clinician can do this.")


def worded(text: str, *, field: str, needed: str = "", most: int = PROSE_LENGTH) -> str:
    """The text without space around it; Invalid where it is too long, or empty though `needed` (the message)."""
    text = text.strip()
    if needed and not text:
        raise Invalid(needed, field=field)
    if len(text) > most:
        raise Invalid(f"Use at most {most:,} characters; this has {len(text):,}.", field=field)
    if "\x00" in text:
        raise Invalid("Remove the null characters.", field=field)
    return text


def last_day() -> datetime.date:
    """The furthest day that can be planned for: five years from today."""
    day = today()
    try:
        return day.replace(year=day.year + YEARS_AHEAD)
    except ValueError:  # 29 February
        return day.replace(year=day.year + YEARS_AHEAD, day=28)


def check_ahead(day: datetime.date, *, field: str, what: str, after: datetime.date | None = None) -> None:
    """A day to come: today (or the day after `after`) at the earliest, five years from now at the latest."""
    if after is not None and day <= after:
        raise Invalid(f"The {what} must be after {long_date(after)}.", field=field)
    if day < today():
        raise Invalid(f"The {what} must be today or later.", field=field)
    if day > last_day():
        raise Invalid(f"The {what} must be {long_date(last_day())} or earlier.", field=field)


def check_past(day: datetime.date, *, field: str, what: str, since: datetime.date) -> None:
    """A day that has been: today at the latest, `since` at the earliest."""
    if day > today():
        raise Invalid(f"The {what} must be today or earlier.", field=field)
    if day < since:
        raise Invalid(f"The {what} must be {long_date(since)} or later.", field=field)
