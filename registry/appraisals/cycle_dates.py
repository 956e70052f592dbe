"""Finding dates: when something that comes round is due next, from when it may take place, and by which rule.

A `Shape` is what a rule's JSON says; `Past` is what is known of one person. Days are dates of the calendar, windows are
counted in days and distances in months: a month after 31 January is the last day of February.
"""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from dateutil.relativedelta import relativedelta

DUE, DONE = "due", "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a due date is found. It may take place from `window_days` before it."""

    window_days: int

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> "Shape":
        """The shape that `plain` describes; KeyError or TypeError where it describes none."""
        said = {name: value for name, value in plain.items() if name != "kind"}
        if plain["kind"] == "fixed":
            said["dates"] = tuple(FixedDate(**one) for one in said["dates"])
        return _KINDS[plain["kind"]](**said)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        said = asdict(self)
        if "dates" in said:
            said["dates"] = list(said["dates"])
        return {"kind": next(name for name, kind in _KINDS.items() if type(self) is kind)} | said


@dataclass(frozen=True, slots=True, kw_only=True)
class Every(Shape):
    """So many months after the last: after the day it was done, or after the day it was due."""

    months: int
    counted_from: str = DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthMonth(Shape):
    """By the end of the person's month of birth, never under `least_months` nor over `most_months` after the last."""

    least_months: int = 9
    most_months: int = 15


@dataclass(frozen=True, slots=True)
class FixedDate:
    """A day of the year; `day` beyond a month's end is its last. For one profession, in even or odd years, or all."""

    month: int
    day: int
    profession: str = ""
    years: str = ""

    def fits(self, year: int) -> bool:
        """Whether the day counts in this year."""
        return self.years == "" or (year % 2 == 0) == (self.years == "even")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed(Shape):
    """By days of the calendar that are the same for everybody, or for everybody of a profession."""

    dates: tuple[FixedDate, ...] = field(default=())


_KINDS: dict[str, type[Shape]] = {"every": Every, "birth_month": BirthMonth, "fixed": Fixed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of a person: since when they are under the cycle, when it was last due and last done.

    `regulator_date` is the next date as the regulator has set it; it counts once, until something was due or done on or
    after it.
    """

    started_on: datetime.date
    last_done: datetime.date | None = None
    last_due: datetime.date | None = None
    birth_month: int | None = None
    profession: str = ""
    regulator_date: datetime.date | None = None

    @property
    def last(self) -> datetime.date | None:
        """The later of when it was last due and last done."""
        return max((day for day in (self.last_due, self.last_done) if day is not None), default=None)


@dataclass(frozen=True, slots=True)
class Window:
    """From when something may take place, and by when it is due; both days belong to it."""

    opens_on: datetime.date
    due_on: datetime.date


def next_due(shape: Shape, past: Past) -> Window:
    """The next window by this shape.

    Never done before: `Every` counts from the day the person came under the cycle, `BirthMonth` takes the first month
    of birth whose whole window lies ahead, `Fixed` the first of its days. Without a month of birth, `BirthMonth` is
    twelve months after the last. A profession that `Fixed` has no day for is due a year after the last, so that nobody
    is forgotten.
    """
    regulator = past.regulator_date
    if regulator is not None and (past.last is None or regulator > past.last):
        return Window(regulator - datetime.timedelta(days=shape.window_days), regulator)
    if isinstance(shape, BirthMonth) and past.birth_month is not None:
        return _by_birth_month(shape, past, past.birth_month)
    if isinstance(shape, Fixed):
        due = _fixed(shape, past)
    elif isinstance(shape, Every):
        due = _every(shape.months, past, past.last_due if shape.counted_from == DUE else past.last_done)
    else:
        due = _every(12, past, past.last_done)
    return Window(due - datetime.timedelta(days=shape.window_days), due)


@dataclass(frozen=True, slots=True)
class DatedShape:
    """A rule: its key, the day it begins on, and its shape."""

    key: int
    effective_from: datetime.date
    shape: Shape


def by_rule_in_force(rules: Iterable[DatedShape], past: Past) -> tuple[int, Window]:
    """The key of the rule in force on the day the window it makes opens, and that window; ValueError without rules.

    Of several that are, the latest; where none is yet, as when all begin later, the earliest.
    """
    ordered = sorted(rules, key=lambda rule: rule.effective_from)
    if not ordered:
        raise ValueError("a cycle without a rule has no dates")
    for rule in reversed(ordered):
        window = next_due(rule.shape, past)
        if rule.effective_from <= window.opens_on:
            return rule.key, window
    return ordered[0].key, next_due(ordered[0].shape, past)


def _months(day: datetime.date, count: int) -> datetime.date:
    return day + relativedelta(months=count)


def _end_of_month(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, 1) + relativedelta(day=31)


def _every(months: int, past: Past, counted_from: datetime.date | None) -> datetime.date:
    start = counted_from or past.last or past.started_on
    due = _months(start, months)
    # Counted from a due date long ago: what was done since then has been done.
    turn = 1
    while past.last_done is not None and due <= past.last_done:
        turn += 1
        due = _months(start, turn * months)
    return due


def _by_birth_month(shape: BirthMonth, past: Past, month: int) -> Window:
    days = datetime.timedelta(days=shape.window_days)
    last = past.last_done or past.last_due
    if last is None:
        coming = (_end_of_month(past.started_on.year + later, month) for later in range(3))
        due = next(end for end in coming if end - days >= past.started_on)
        return Window(due - days, due)
    earliest, latest = _months(last, shape.least_months), _months(last, shape.most_months)
    # Where no month of birth ends between the two, the month's end between them that is nearest to one.
    ends = [_end_of_month(last.year + later, month) for later in range(4)]
    between = _ends_between(earliest, latest)
    due = min(between, key=lambda day: min(abs(day - end) for end in ends))
    return Window(max(due - days, earliest), due)


def _ends_between(earliest: datetime.date, latest: datetime.date) -> list[datetime.date]:
    day, found = _end_of_month(earliest.year, earliest.month), []
    while day <= latest:
        found.append(day)
        following = day + datetime.timedelta(days=1)
        day = _end_of_month(following.year, following.month)
    return found


def _fixed(shape: Fixed, past: Past) -> datetime.date:
    mine = [one for one in shape.dates if one.profession in ("", past.profession)]
    if not mine:
        return _every(12, past, past.last)
    since = past.last or past.started_on
    days = sorted(
        datetime.date(year, one.month, 1) + relativedelta(day=one.day)
        for year in range(since.year, since.year + 5)
        for one in mine
        if one.fits(year)
    )
    if past.last is None:
        return next(day for day in days if day >= since)
    # Known to have been done, not for which day: whoever did it within a window did it for that window.
    margin = datetime.timedelta(days=shape.window_days if past.last_due is None else 0)
    return next(day for day in days if day - margin > since)


def in_words(shape: Shape) -> str:
    """How a due date is found, in one sentence."""
    window = f"It may take place from {shape.window_days} days before."
    if isinstance(shape, BirthMonth):
        return (
            "By the end of the person’s month of birth, not sooner than "
            f"{shape.least_months} and not later than {shape.most_months} months after the last. {window}"
        )
    if isinstance(shape, Every):
        years, months = divmod(shape.months, 12)
        every = f"{shape.months} months" if months else "year" if years == 1 else f"{years} years"
        return f"Every {every}. {window}"
    days = {f"{one.day} {_MONTHS[one.month - 1]}" for one in shape.dates} if isinstance(shape, Fixed) else set()
    return f"{f'By {days.pop()}' if len(days) == 1 else 'By a fixed day of each profession'}. {window}"


_MONTHS = tuple(datetime.date(2000, month, 1).strftime("%B") for month in range(1, 13))
