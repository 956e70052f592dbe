"""Dates the way the design system writes them: 3 November 2026."""

import datetime

from django.utils import timezone


def long_date(value: datetime.date | None) -> str:
    """`3 November 2026`, or nothing where there is no date."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    return f"{value.day} {value:%B %Y}"


def long_date_time(value: datetime.datetime | None) -> str:
    """`3 November 2026 at 2:05pm`, in London."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    hour = local.hour % 12 or 12
    return f"{long_date(local)} at {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"
