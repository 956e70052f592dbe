"""Cycle files: one cycle and its dated rules as YAML, read into frozen dataclasses or refused whole.

The dataclasses below *are* the file format, as in `competency.framework_files`: every field is a key, a field with a
default may be left out. One row of `rules` is one rule; a changed rule is a new row with a day of its own.
"""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from registry.appraisals.cycle_dates import Shape
from registry.competency import strict_yaml
from registry.competency.strict_yaml import Between, Many, Refusals, Text

SHIPPED = Path(__file__).with_name("cycles")
LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


class CycleFileError(strict_yaml.Refused):
    """The file is refused whole; `problems` lists every reason with line, column and path, in the order of the file."""


# --- the file format ---------------------------------------------------------------------------------------------

Code = Annotated[str, Text(40, r"[a-z][a-z0-9-]*", "a code: small letters, digits and dashes")]
Name = Annotated[str, Text(120)]
Hint = Annotated[str, Text(300)]
Days = Annotated[int, Between(1, 400)]
Months = Annotated[int, Between(1, 120)]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to bring, such as a type of supporting information; `feedback` says a feedback round can be it."""

    code: Code
    name: Name
    hint: Hint | None = None
    feedback: bool = False


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the year: for one profession or for all, in even or odd years or in all."""

    month: Annotated[int, Between(1, 12)]
    day: Annotated[int, Between(1, 31)]
    profession: Annotated[str, Text(24, r"[a-z_]+", "a profession of `clinicians.fields`")] | None = None
    years: Literal["even", "odd"] | None = None


@dataclass(frozen=True, kw_only=True)
class ShapeRow:
    """How the due date is found: one of the kinds of `cycle_dates`, with what that kind needs."""

    kind: Literal["every", "birth_month", "fixed"]
    window_days: Annotated[int, Between(0, 400)]
    months: Months | None = None
    counted_from: Literal["due", "done"] | None = None
    least_months: Months | None = None
    most_months: Months | None = None
    dates: Annotated[tuple[Day, ...], Many(1, 40)] = ()

    @property
    def shape(self) -> Shape:
        """The shape these words describe."""
        said: dict[str, Any] = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        if self.dates:
            said["dates"] = [{name: value for name, value in asdict(day).items() if value} for day in self.dates]
        return Shape.from_plain(said)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, from a day on: the dates, and on which days who is told."""

    effective_from: date
    shape: ShapeRow
    lead_days: Annotated[tuple[Days, ...], Many(1, 12)]
    overdue_every: Days = 7
    manager_after: Days | None = None
    responsible_officer_after: Days | None = None
    officers_after: Days | None = None
    source: Annotated[str, Text(300)]


@dataclass(frozen=True, kw_only=True)
class CycleFile:
    """One cycle. `register` names whose members it concerns, and is left out where it follows from the post."""

    code: Code
    name: Name
    kind: Literal["appraisal", "review", "revalidation", "renewal"]
    register: Annotated[str, Text(6)] | None = None
    statutory: bool = False
    checklist: Annotated[tuple[Item, ...], Many(0, 12, "code")] = ()
    rules: Annotated[tuple[Rule, ...], Many(1, 40)]


# --- public functions --------------------------------------------------------------------------------------------


def read(content: bytes | str, *, registers: frozenset[str], professions: frozenset[str]) -> CycleFile:
    """The cycle in `content`, or CycleFileError with every problem found in it."""

    def known(file: CycleFile) -> Refusals:
        if file.register is not None and file.register not in registers:
            yield file, "register", f"must be one of {', '.join(sorted(registers))}"
        for day in (day for rule in file.rules if rule.shape for day in rule.shape.dates):
            if day.profession is not None and day.profession not in professions:
                yield day, "profession", f"unknown profession {day.profession!r}"

    try:
        return strict_yaml.read(content, CycleFile, (*_RULES, known))
    except strict_yaml.Refused as refused:
        raise CycleFileError(refused.problems) from refused


# --- rules that look at several fields; they pass over what was unreadable, which is refused already -----------------

_NEEDS = {"every": {"months"}, "birth_month": set(), "fixed": {"dates"}}
_MAY = {"every": {"counted_from"}, "birth_month": {"least_months", "most_months"}, "fixed": set()}


def _dates(file: CycleFile) -> Refusals:
    days = [rule.effective_from for rule in file.rules]
    if None not in days and days != sorted(set(days)):
        yield file, "rules", "must begin on days of their own, the earliest first"


def _leads(file: CycleFile) -> Refusals:
    for rule in file.rules:
        if list(rule.lead_days) != sorted(set(rule.lead_days), reverse=True):
            yield rule, "lead_days", "must go down, each number once"


def _shapes(file: CycleFile) -> Refusals:
    for shape in (rule.shape for rule in file.rules if rule.shape and rule.shape.kind):
        kind = shape.kind
        for name in ("months", "counted_from", "least_months", "most_months", "dates"):
            given = getattr(shape, name) not in (None, ())
            if not given and name in _NEEDS[kind]:
                yield shape, "kind", f"{kind} needs {name}"
            if given and name not in _NEEDS[kind] | _MAY[kind]:
                yield shape, name, f"says nothing where the kind is {kind}"
        if kind == "birth_month" and (shape.most_months or 15) - (shape.least_months or 9) < 2:
            yield shape, "most_months", "must leave at least two months after least_months"
        for day in shape.dates:
            if day.month and day.day and day.day > LONGEST_MONTH.get(day.month, 31):
                yield day, "day", "is not a day of this month"


_RULES = (_dates, _leads, _shapes)
