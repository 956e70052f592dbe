"""When a programme is looked back on, and which agreed levels count at each point; pure."""

import datetime

from dateutil.relativedelta import relativedelta

from registry.competency.change.spans import Span

# In months after the end.
AFTER = (6, 12, 24)
# How many months away from a point levels may be agreed and still count at it; no two points share a day.
WINDOW = {6: 3, 12: 3, 24: 6}
# Levels agreed earlier than so many months before the start say too little about somebody who sets out.
BEFORE_MONTHS = 24
# For how long after a point somebody is asked what came of it.
ASKED_FOR_DAYS = 60


def day_of(ends_on: datetime.date, months: int) -> datetime.date:
    """The day so many months after the end."""
    return ends_on + relativedelta(months=months)


def reached(ends_on: datetime.date, day: datetime.date) -> tuple[int, ...]:
    """The points that have come by this day, the earliest first."""
    return tuple(months for months in AFTER if day_of(ends_on, months) <= day)


def asked_between(day: datetime.date, months: int) -> tuple[datetime.date, datetime.date]:
    """The first and the last day on which a programme must have ended for its people to be asked on this day."""
    last = day - relativedelta(months=months)
    return last - datetime.timedelta(days=ASKED_FOR_DAYS), last


def spans(starts_on: datetime.date, ends_on: datetime.date) -> dict[int, Span]:
    """Which days count before it began (0) and at each point after its end."""
    found = {0: Span(starts_on - relativedelta(months=BEFORE_MONTHS), starts_on, starts_on)}
    for months in AFTER:
        wide = WINDOW[months]
        first, end = day_of(ends_on, months - wide), day_of(ends_on, months + wide)
        found[months] = Span(first, day_of(ends_on, months), end)
    return found
