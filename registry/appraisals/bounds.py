"""How far from today the days of appraisals can lie: what is further away is a slip of the keyboard."""

import datetime

from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.nhsuk.dates import long_date

# The longest that somebody has been at work.
CAREER = datetime.timedelta(days=60 * 366)
# The furthest a regulator sets a date, and an employer plans ahead.
FURTHEST = datetime.timedelta(days=3653)
# Somebody is placed under a cycle before they come, but not years before.
AHEAD = datetime.timedelta(days=366)
LONGEST_POSTPONEMENT = datetime.timedelta(days=731)


def check_between(
    day: datetime.date, first: datetime.date, last: datetime.date, *, field: str, what: str = "day"
) -> None:
    """Raises Invalid, with the field, for a day outside these two, which belong to what is allowed."""
    if not first <= day <= last:
        raise Invalid(f"The {what} must be between {long_date(first)} and {long_date(last)}.", field=field)


def check_in_career(day: datetime.date, *, field: str, ahead: datetime.timedelta = datetime.timedelta()) -> None:
    """Raises Invalid, with the field, for a day before anybody now at work began, or in the future beyond `ahead`."""
    check_between(day, today() - CAREER, today() + ahead, field=field)
