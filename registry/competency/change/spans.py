"""Days that count before and after something people take part in; pure."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` up to, and not including, `end`; of several agreements the one nearest to `wanted` counts."""

    first: datetime.date
    wanted: datetime.date
    end: datetime.date


# By group and moment (0 is before, others are months after), the days that count.
Spans = Mapping[int, Mapping[int, Span]]
