"""Quarters of a year, as reports count by them; pure but for the time zone."""

import datetime
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.utils import timezone


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months, by the first day."""

    first: datetime.date

    @property
    def after(self) -> datetime.date:
        """The first day of the next."""
        return self.first + relativedelta(months=3)

    @property
    def end_moment(self) -> datetime.datetime:
        """Its last moment: midnight after the last day, in London."""
        return timezone.make_aware(datetime.datetime.combine(self.after, datetime.time.min))

    @property
    def short(self) -> str:
        """Its name on a chart."""
        return f"{self.first:%b %y}"

    @property
    def name(self) -> str:
        """Its name in words: "July to September 2026"."""
        return f"{self.first:%B} to {self.after - datetime.timedelta(days=1):%B %Y}"


def quarter_of(day: datetime.date) -> Quarter:
    """The quarter a day lies in."""
    return Quarter(day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1))


def last_quarters(number: int, day: datetime.date) -> list[Quarter]:
    """So many quarters, the last of which has this day; the earliest first."""
    now = quarter_of(day).first
    return [Quarter(now - relativedelta(months=3 * back)) for back in reversed(range(number))]
