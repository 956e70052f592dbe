"""The figures of compliance: how many people stand where, and month by month how many were done in time."""

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, Value, When
from django.db.models.functions import TruncMonth

from registry.accounts.models import User
from registry.appraisals.models import Appraisal, Cycle, CycleRule, Obligation, Postponement
from registry.appraisals.states import NOT_DONE, OPEN, AppraisalState
from registry.kernel.permissions import Permission as P
from registry.organisations.models import Organisation

MONTHS_SHOWN = 12
# What a rule of a fixed day in the year comes to.
YEARLY = 12
# What counts as done: a registration that lapsed, or a date that was put off, does not.
DONE = Q(state=AppraisalState.DONE) & ~Q(outcome__in=NOT_DONE)


class Where(models.TextChoices):
    """Where somebody under a cycle stands; the first that is true of them, in this order."""

    OVERDUE = "overdue", "Overdue"
    POSTPONED = "postponed", "Postponed, approved"
    DUE = "due", "Due now"
    DONE = "done", "Done"
    NOT_YET = "not_yet", "Not due yet"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people under a cycle stand where; everybody is counted once for each cycle they are under.

    `overdue`: the appraisal is open and its date has passed. `postponed`: open, with a date that an officer approved.
    `due`: open, and its window has begun. `done`: done within the cycle's length, and the next window not begun; what
    lapsed or was deferred is not done. `not_yet`: nothing done yet, and no window begun, as in somebody's first year.
    """

    overdue: int = 0
    postponed: int = 0
    due: int = 0
    done: int = 0
    not_yet: int = 0

    @property
    def total(self) -> int:
        return self.overdue + self.postponed + self.due + self.done + self.not_yet

    @property
    def not_overdue(self) -> int | None:
        """The share that is not overdue in whole hundredths, rounded down so that 100 means everybody; None of none."""
        return 100 * (self.total - self.overdue) // self.total if self.total else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a cell of the figures counts."""

    organisation: int
    department: str
    profession: str


@dataclass(frozen=True, slots=True)
class Month:
    """Of the appraisals whose date fell in a month and has passed: how many there are and how many were done by then.

    The date is the one that held last, so an approved postponement moves an appraisal to its new month. Cancelled
    appraisals count nowhere.
    """

    first: datetime.date
    due: int = 0
    in_time: int = 0

    @property
    def share(self) -> int | None:
        """In whole hundredths, rounded down; None where nothing was due."""
        return 100 * self.in_time // self.due if self.due else None


def length(shape: Mapping[str, Any]) -> int:
    """The months for which something done counts, by the shape of a rule: the longest it may take to the next."""
    if any(date.get("years") for date in shape.get("dates", ())):
        return 2 * YEARLY
    return int(shape.get("months", shape.get("most_months", YEARLY)))


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months earlier; the last of the month where that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def compliance(
    user: User, *, day: datetime.date, cycle: Cycle | None = None, organisation: Organisation | None = None
) -> dict[Group, Tally]:
    """Where everybody stands whom this officer looks after, by organisation, department and profession; two queries."""
    rows = Obligation.visible_to(user, P.APPRAISAL_VIEW).over_others(user, P.APPRAISAL_VIEW).holding_on(day)
    rows = _narrowed(rows, "cycle", cycle, organisation)
    begun = {
        rule.cycle_id: months_before(day, length(rule.shape))
        for rule in CycleRule.rows().filter(effective_from__lte=day).order_by("cycle", "effective_from")
    }
    since = [When(cycle_id=key, then=Value(first)) for key, first in begun.items()]
    done = Appraisal.visible_to(user, P.APPRAISAL_VIEW).filter(
        DONE, obligation=OuterRef("pk"), done_on__gt=OuterRef("since")
    )
    moved = Postponement.visible_to(user, P.APPRAISAL_VIEW).filter(
        appraisal=OuterRef("current"), to_due_on=OuterRef("current__due_on"), approved=True
    )
    rows = rows.annotate(
        since=Case(*since, default=Value(months_before(day, YEARLY)), output_field=models.DateField()),
        current=FilteredRelation("appraisals", condition=Q(appraisals__state__in=OPEN)),
    ).annotate(
        where=Case(
            When(current__due_on__lt=day, then=Value(Where.OVERDUE)),
            When(Exists(moved), then=Value(Where.POSTPONED)),
            When(current__opens_on__lte=day, then=Value(Where.DUE)),
            When(Exists(done) | Q(last_done_on__gt=F("since")), then=Value(Where.DONE)),
            default=Value(Where.NOT_YET),
            output_field=models.CharField(),
        )
    )
    found: dict[Group, dict[str, int]] = defaultdict(dict)
    names = ("clinician__organisation_id", "clinician__department", "clinician__profession")
    for *group, where, number in rows.order_by().values_list(*names, "where").annotate(number=Count("pk")):
        found[Group(*group)][where] = number
    return {group: Tally(**numbers) for group, numbers in found.items()}


def by(name: str, cells: Mapping[Group, Tally]) -> dict[Any, Tally]:
    """The same people put together by `organisation`, `department` or `profession`."""
    found: dict[Any, Tally] = defaultdict(Tally)
    for group, tally in cells.items():
        found[getattr(group, name)] += tally
    return dict(found)


def total(tallies: Iterable[Tally]) -> Tally:
    """Everybody of several groups."""
    return sum(tallies, start=Tally())


def months(
    user: User, *, day: datetime.date, cycle: Cycle | None = None, organisation: Organisation | None = None
) -> Sequence[Month]:
    """The last twelve months, this one last; one query."""
    firsts = [months_before(day.replace(day=1), back) for back in reversed(range(MONTHS_SHOWN))]
    rows = Appraisal.visible_to(user, P.APPRAISAL_VIEW).over_others(user, P.APPRAISAL_VIEW)
    rows = _narrowed(rows, "rule__cycle", cycle, organisation).exclude(state=AppraisalState.CANCELLED)
    rows = rows.filter(due_on__gte=firsts[0], due_on__lt=day).annotate(month=TruncMonth("due_on"))
    in_time = Count("pk", filter=DONE & Q(done_on__lte=F("due_on")))
    found = {
        month: Month(month, due, done)
        for month, due, done in rows.order_by().values_list("month").annotate(due=Count("pk"), in_time=in_time)
    }
    return [found.get(first, Month(first)) for first in firsts]


def _narrowed(rows: Any, path: str, cycle: Cycle | None, organisation: Organisation | None) -> Any:
    if cycle is not None:
        rows = rows.filter(**{path: cycle})
    if organisation is not None:
        rows = rows.filter(clinician__organisation=organisation)
    return rows
