"""The report on what a programme bought, as its page and its file say it; nothing of it is about fewer than ten."""

import datetime
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from programmes import ledger
from programmes.ledger import Led, Places
from programmes.levels import changes, domains_of
from programmes.models import Cohort
from programmes.points import AFTER, day_of, reached
from registry.clinicians.fields import Profession, Sector
from registry.competency.change.comparison import Cell, by_themselves, entered, publish
from registry.competency.change.levels import Changes
from registry.competency.change.wording import NOT_SHOWN, DomainLine, Told, charts, line_of
from registry.competency.heat_map import share, withheld
from registry.competency.models import Domain
from registry.competency.radar import Chart
from registry.equality.suppression import SMALLEST_GROUP
from registry.kernel.clock import today

TOGETHER = "Groups not shown, together"
EXPORT_COLUMNS = ("Months after the end", "What", "Of", "People", "Figure", "From", "To")


@dataclass(frozen=True, slots=True)
class LedLine:
    """What it had led to by one point, in words; what the figures rest on stands beside them."""

    months: int
    completed: str
    working: str
    posts: str
    changes: str
    per_post: str
    per_change: str


@dataclass(frozen=True, slots=True)
class Point:
    """One point in time: its domains, and charts where anything is shown."""

    months: int
    come: bool
    lines: tuple[DomainLine, ...]
    wide: Chart | None
    narrow: Chart | None
    led: LedLine | None


@dataclass(frozen=True, slots=True)
class MixTable:
    """How many people are in each group of one cut, the largest first."""

    heading: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the page of a programme, or of one of its cohorts, shows."""

    places: Places
    points: tuple[Point, ...]
    mixes: tuple[MixTable, ...]

    @property
    def per_completed(self) -> str:
        """What a completed place cost, with what it is worked out from."""
        return _per(self.places.cost, self.places.completed)


def report(cohorts: Sequence[Cohort], *, only: Cohort | None = None) -> Report:
    """Of all finished cohorts of a programme together, or of one of them (`only`).

    Both are worked out from all of them, so that the one takes nothing away from what the other keeps back.
    """
    domains, taken = domains_of(cohorts), ledger.places(cohorts)
    changed, led = changes(cohorts, domains), ledger.led_to(cohorts, taken)
    finished = ledger.finished_on(cohorts)
    points = []
    for months in AFTER:
        come_by = _in_turn(cohorts, finished, months)
        there = [cohort for cohort in come_by if months in reached(cohort.ends_on, today())]
        come = only in there if only else bool(there)
        keys = [cohort.pk for cohort in there]
        lines = [_domain(domain, keys, changed.get((months, domain.pk)), only) for domain in domains] if come else []
        points.append(_point(months, lines, _led(months, keys, led[months], only) if come else None, come=come))
    places = taken[only.pk] if only else sum(taken.values(), Places())
    # A cohort's mix beside that of all would tell the others' by subtraction.
    sizes = {cohort.pk: taken[cohort.pk].completed for cohort in _in_turn(cohorts, finished, 0)}
    told_of = [key for some in entered(sizes) for key in some]
    mixes = _mixes(ledger.mix(told_of)) if only is None or len(cohorts) == 1 else ()
    return Report(places, tuple(points), mixes)


def _in_turn(cohorts: Sequence[Cohort], finished: Mapping[int, datetime.date], months: int) -> list[Cohort]:
    """The cohorts in the order in which they come to be counted at a point: finished, and the point has come."""
    return sorted(cohorts, key=lambda one: (max(finished[one.pk], day_of(one.ends_on, months)), one.pk))


# --- levels --------------------------------------------------------------------------------------------------------


def _domain(domain: Domain, keys: Sequence[int], found: Changes | None, only: Cohort | None) -> Told:
    by_cohort: dict[Hashable, list[Cell]] = {key: found.by_group.get(key, []) if found else [] for key in keys}
    sheet = publish(by_cohort, others=found.others) if found else publish(by_cohort)
    return line_of(domain, sheet.groups[only.pk] if only else sheet.total)


def _point(months: int, found: Sequence[Told], led: LedLine | None, *, come: bool) -> Point:
    wide, narrow = charts(found)
    return Point(months, come, tuple(line for line, _ in found), wide, narrow, led)


# --- posts, changes, retention and cost ------------------------------------------------------------------------------


def _led(months: int, keys: Sequence[int], led: Mapping[int, Led], only: Cohort | None) -> LedLine:
    shown = _told_of({key: led[key].completed for key in keys}, only)
    one = sum((led[key] for key in shown), Led())
    heard = sum((led[key] for key in _told_of({key: led[key].heard for key in keys}, only)), Led())
    working = NOT_SHOWN
    if shown and heard.heard:
        low, high = share(heard.still, heard.heard)
        working = f"{low} to {high if high == 100 else high - 1}% of the {heard.heard} we know of"
    return LedLine(
        months,
        completed=str(one.completed) if shown else NOT_SHOWN,
        working=working,
        posts=f"{one.posts} of {one.completed} people" if shown else NOT_SHOWN,
        changes=str(one.changes) if shown else NOT_SHOWN,
        per_post=_per(one.cost, one.posts) if shown else NOT_SHOWN,
        per_change=_per(one.cost, one.changes) if shown else NOT_SHOWN,
    )


def _told_of(sizes: Mapping[int, int], only: Cohort | None) -> list[int]:
    """The cohorts whose figures, about so many people of each, are told together, or `only`; none where none may be."""
    together = entered(sizes)
    if only is None:
        return [key for some in together for key in some]
    return [key for key in by_themselves(together, sizes) if key == only.pk]


def pounds(amount: int) -> str:
    """An amount as people write it."""
    return f"£{amount:,}"


def _per(cost: int, number: int) -> str:
    if not number:
        return "None yet"
    return f"{pounds((2 * cost + number) // (2 * number))} ({pounds(cost)} for {number})"


# --- who took part -----------------------------------------------------------------------------------------------


def _mixes(people: Counter[tuple[str, str]]) -> tuple[MixTable, ...]:
    """By profession and by sector, small groups put together until no sum or difference is about fewer than ten."""
    rule = withheld(people, SMALLEST_GROUP)
    if rule is None or not people:
        return ()
    tables = []
    for side, (heading, names) in enumerate(
        (("Profession", dict(Profession.choices)), ("Sector", dict(Sector.choices)))
    ):
        rows: Counter[str] = Counter()
        for pair, number in people.items():
            rows[TOGETHER if pair[side] in rule[side] else names[pair[side]]] += number
        # What is put together stands last, however many there are.
        ordered = sorted(rows.items(), key=lambda row: (row[0] == TOGETHER, -row[1], row[0]))
        tables.append(MixTable(heading, tuple(ordered)))
    return tuple(tables)


def export_rows(shown: Report) -> Iterator[list[str]]:
    """Every figure of the page."""
    yield ["", "Places paid for", "", str(shown.places.paid), pounds(shown.places.cost), "", ""]
    yield ["", "Cost of a completed place", "", str(shown.places.completed), shown.per_completed, "", ""]
    for point in shown.points:
        at = str(point.months)
        for line in point.lines:
            of = str(line.domain)
            yield [at, "Change of participants", of, line.people, *_parts(line.change)]
            yield [at, "Change of others, matched", of, line.others, *_parts(line.others_change)]
            yield [at, "Difference", of, line.people, *_parts(line.difference)]
        if point.led:
            led = point.led
            yield [at, "Still working in the NHS", "", led.completed, led.working, "", ""]
            yield [at, "People in a new post", "", led.completed, led.posts, "", ""]
            yield [at, "Service changes", "", led.completed, led.changes, "", ""]
            yield [at, "Cost of a person in a new post", "", led.completed, led.per_post, "", ""]
            yield [at, "Cost of a service change", "", led.completed, led.per_change, "", ""]
    for table in shown.mixes:
        for name, number in table.rows:
            yield ["", table.heading, name, str(number), "", "", ""]


def _parts(words: str) -> list[str]:
    """The figure and its interval in columns of their own; a true minus, which no spreadsheet takes for a formula."""
    if "(" not in words:
        return [words, "", ""]
    mean, between = words.rstrip(")").split(" (")
    return [mean, *between.split(" to ")]
