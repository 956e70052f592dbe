"""What the pages of one place's outcomes show: its points with what was told, its levels, and the ways there."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from programmes.models import Cohort, Enrolment, Outcome
from programmes.points import AFTER, day_of, reached
from programmes.states import CohortState
from registry.competency.models import Domain
from registry.competency.twelfths import in_levels
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger; `mine` where the reader wrote it."""

    row: Outcome
    text: str
    mine: bool


@dataclass(frozen=True, slots=True)
class PointOfPlace:
    """One point of a place: its day, whether it has come, and what was told."""

    months: int
    day: datetime.date
    come: bool
    lines: tuple[Line, ...]


def lines_of(rows: Sequence[Outcome], reader: Any) -> tuple[Line, ...]:
    """Each in words."""
    return tuple(
        Line(row, f"{row.get_kind_display()}{': ' + row.what if row.what else ''}", row.noted_by_id == reader.pk)
        for row in rows
    )


def points_of(place: Enrolment, rows: Sequence[Outcome], reader: Any) -> list[PointOfPlace]:
    """All points of a place, the earliest first."""
    ends_on = place.cohort.ends_on
    come = reached(ends_on, today())
    return [
        PointOfPlace(
            months,
            day_of(ends_on, months),
            months in come,
            lines_of([row for row in rows if row.months == months], reader),
        )
        for months in AFTER
    ]


def own_level_rows(
    domains: Sequence[Domain], levels: Mapping[tuple[int, int], int]
) -> list[tuple[Domain, tuple[str, ...]]]:
    """For each domain the level at each moment, empty where none was agreed near it; no rows where there is none."""
    return [
        (domain, tuple(in_levels(levels.get((months, domain.pk))) for months in (0, *AFTER)))
        for domain in domains
        if levels
    ]


def cohort_links(cohort: Cohort, user: Any) -> list[tuple[str, str, str]]:
    """The ways from the lead's page of a cohort to what came of it; none before it is under way."""
    if cohort.state not in (CohortState.RUNNING, CohortState.FINISHED):
        return []
    if not user.scope_for(P.PROGRAMME_MANAGE).covers(frozenset({cohort.organisation_id})):
        return []
    hint = "What participants tell 6, 12 and 24 months after the end, and what you note."
    links = [("What came of it", reverse("outcomes:people", args=[cohort.pk]), hint)]
    if cohort.state == CohortState.FINISHED:
        report = reverse("outcomes:cohort", args=[cohort.pk])
        links.append(("What it bought", report, "How levels changed beside others, posts, service changes, and cost."))
    return links
