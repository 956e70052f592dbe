"""A clinician's leadership over time: agreed assessments, imported results, and what others register here.

Whoever keeps something else that belongs on the timeline gives `register_timeline` a function that takes the reader and
the clinician and answers entries, among them only what this reader may see, in a constant number of queries.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone

from registry.clinicians.models import Clinician
from registry.competency.models import Assessment, Domain, Element, FrameworkVersion, HistoricLevel
from registry.competency.radar import Chart
from registry.competency.trend import trend
from registry.competency.twelfths import exact_twelfths, in_levels
from registry.kernel.permissions import Permission

# Of one framework, this many of the latest results stand side by side.
LATEST = 6


@dataclass(frozen=True, slots=True)
class DomainFigure:
    """A domain's level in twelfths, unrounded, and None where it was not observed.

    `top` is that of its scale; `most` is what its elements could come to, where some have a lower top of their own.
    `scale` is the scale itself: its code, and the values with their labels.
    """

    code: str
    name: str
    level: Fraction | int | None
    top: int
    most: Fraction | int
    scale: tuple[str, tuple[tuple[int, str], ...]]

    @property
    def words(self) -> str:
        """The level as a person reads it, on its own scale: "2.67 of 4"."""
        return f"{in_levels(self.level)} of {in_levels(self.most)}" if self.level is not None else "Not observed"


@dataclass(frozen=True, slots=True)
class ElementFigure:
    """An element's level in the words of its scale."""

    code: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """What there was on a day. One with figures names its framework, so that it stands beside others of the same."""

    on: datetime.date
    title: str
    text: str = ""
    href: str = ""
    framework: str = ""
    framework_name: str = ""
    figures: tuple[DomainFigure, ...] = ()
    elements: tuple[ElementFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One framework's results side by side, oldest first: for each domain its figures and their drawing."""

    framework_name: str
    entries: list[TimelineEntry]
    rows: list[tuple[DomainFigure, list[str], Chart]]


TimelineSource = Callable[[Any, Clinician], Iterable[TimelineEntry]]


def entries_for(viewer: Any, clinician: Clinician) -> list[TimelineEntry]:
    """Everything on the timeline that this reader may see, the newest first."""
    found = [entry for source in timeline_sources for entry in source(viewer, clinician)]
    return sorted(found, key=lambda entry: entry.on, reverse=True)


def comparisons(entries: Iterable[TimelineEntry]) -> list[Comparison]:
    """The frameworks with more than one result, each with its latest results side by side."""
    by_framework: dict[str, list[TimelineEntry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.on):
        if entry.figures:
            by_framework[entry.framework].append(entry)
    return [_compared(several[-LATEST:]) for several in by_framework.values() if len(several) > 1]


def _compared(entries: list[TimelineEntry]) -> Comparison:
    # By scale as well, so that levels on two scales never stand in one line, even where both have the same top.
    found = [{(figure.code, figure.scale): figure for figure in entry.figures} for entry in entries]
    kinds = {key: figure for figures in reversed(found) for key, figure in reversed(figures.items())}
    rows = []
    for key, figure in sorted(kinds.items()):
        one = [figures.get(key) for figures in found]
        points = [(entry.on, item.level if item else None) for entry, item in zip(entries, one, strict=True)]
        rows.append((figure, [item.words if item else "No level" for item in one], trend(points, figure.top)))
    return Comparison(entries[-1].framework_name, entries, rows)


# --- what this room itself knows -----------------------------------------------------------------------------------


def agreed_assessments(viewer: Any, clinician: Clinician) -> Iterator[TimelineEntry]:
    """The agreed assessments, with the agreed levels; four queries."""
    rows = Assessment.visible_to(viewer, Permission.ASSESSMENT_VIEW).agreed().filter(clinician=clinician)
    for row in rows.select_related("version", "appraiser").prefetch_related("levels", "version__domains__elements"):
        levels = {level.element_id: level.agreed_level for level in row.levels.all()}
        yield TimelineEntry(
            on=timezone.localtime(row.agreed_at).date(),
            title=f"{row.version.name}: agreed levels",
            text=f"Agreed with {row.appraiser}. {row.stage_name}",
            href=reverse("competency:result", args=[row.pk]),
            framework=row.framework,
            framework_name=row.version.name,
            figures=tuple(
                _figure(row.version, domain, [(element, levels.get(element.pk)) for element in domain.elements.all()])
                for domain in row.version.domains.all()
            ),
        )


def imported_results(viewer: Any, clinician: Clinician) -> Iterator[TimelineEntry]:
    """The imported results, one for each day, source and framework; one query."""
    rows = HistoricLevel.visible_to(viewer, Permission.ASSESSMENT_VIEW).filter(clinician=clinician)
    ordered = rows.select_related("element__domain__version").order_by(
        "taken_on",
        "instrument",
        "provider",
        "element__domain__version",
        "element__domain__position",
        "element__position",
    )
    for (on, instrument, provider, version), levels in groupby(
        ordered, key=lambda row: (row.taken_on, row.instrument, row.provider, row.element.domain.version)
    ):
        of_one = list(levels)
        yield TimelineEntry(
            on=on,
            title=f"{version.name}: {instrument}",
            text=f"Imported result{f', provided by {provider}' if provider else ''}.",
            framework=version.code,
            framework_name=version.name,
            figures=tuple(
                _figure(version, domain, [(row.element, row.level) for row in rows])
                for domain, rows in groupby(of_one, key=lambda row: row.element.domain)
            ),
            elements=tuple(ElementFigure(row.element.code, row.element.name, _label(version, row)) for row in of_one),
        )


def _figure(version: FrameworkVersion, domain: Domain, levels: list[tuple[Element, int | None]]) -> DomainFigure:
    scale = version.scale(domain.scale)
    top = max(scale.levels)
    counted = [(element, level) for element, level in levels if level is not None and level != scale.not_observed]
    level = exact_twelfths(level for _, level in counted)
    most = exact_twelfths(element.max_level or top for element, _ in counted)
    itself = scale.code, tuple((value.value, value.label) for value in scale.values)
    return DomainFigure(domain.code, domain.name, level, top, most or 12 * top, itself)


def _label(version: FrameworkVersion, row: HistoricLevel) -> str:
    values = version.scale(row.element.domain.scale).values
    label = next((value.label for value in values if value.value == row.level), "")
    return label if str(row.level) in label else f"{row.level}: {label}"


timeline_sources: list[TimelineSource] = [agreed_assessments, imported_results]


def register_timeline(source: TimelineSource) -> TimelineSource:
    """Add what another part keeps of a clinician's past; called once, when its room is ready."""
    timeline_sources.append(source)
    return source
