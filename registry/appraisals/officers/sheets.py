"""What the pages can be exported as: tables of text for rooms above, which make files of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from registry.accounts.models import User
from registry.appraisals.models import Appraisal
from registry.appraisals.officers import figures, filters
from registry.appraisals.officers.annual import annual
from registry.appraisals.officers.forms import BodyFilter, ComplianceFilter
from registry.appraisals.officers.lines import HEADINGS, RELATED, lines
from registry.appraisals.officers.presenters import cuts, month_name
from registry.audit.record import read_many, record
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: how many rows it will have, the rows themselves, and the trace that making it leaves."""

    title: str
    headings: Sequence[str]
    count: int
    rows: Callable[[], Iterator[list[str]]]
    trace: Callable[[], None]


def compliance(user: User, params: Mapping[str, Any]) -> Sheet:
    """Every figure of the page Compliance: each group, then each month."""
    asked, day = ComplianceFilter(params, user=user), today()
    cells = figures.compliance(user, day=day, cycle=asked.cycle, organisation=asked.organisation)
    groups = [
        [cut.heading, line.name, *(str(figure) for figure in line.figures), _share(line.tally.not_overdue), "", "", ""]
        for cut in cuts(cells, organisations=asked.organisations)
        for line in cut.lines
    ]
    past = figures.months(user, day=day, cycle=asked.cycle, organisation=asked.organisation)
    months = [
        ["Month", month_name(month.first), *[""] * 7, str(month.due), str(month.in_time), _share(month.share)]
        for month in past
    ]
    headings = ["Grouped by", "Group", "Under a cycle", *(where.label for where in figures.Where), "Not overdue, %"]
    headings += ["Due in the month", "Done in time", "In time, %"]

    def trace() -> None:
        detail = {"cycle": asked.cycle.code if asked.cycle else "all"}
        for place in [asked.organisation] if asked.organisation else asked.organisations.values():
            record("compliance.exported", place, by=user, organisation_id=place.pk, detail=detail)

    return Sheet("Compliance", headings, len(groups) + len(months), lambda: iter([*groups, *months]), trace)


def overdue(user: User, params: Mapping[str, Any]) -> Sheet:
    """The list of the page Overdue, whatever its length; everybody on it can see that it was made."""
    found = filters.overdue(user, params)
    keys = list(found.qs.order_by(*found.ordering).values_list("pk", flat=True))

    def rows() -> Iterator[list[str]]:
        visible = Appraisal.visible_to(user, P.APPRAISAL_VIEW).select_related(*RELATED)
        for start in range(0, len(keys), CHUNK):
            chunk = visible.in_bulk(keys[start : start + CHUNK])
            ordered = [chunk[key] for key in keys[start : start + CHUNK] if key in chunk]
            for line in lines(ordered, user=user, day=today()):
                yield line.cells()

    def trace() -> None:
        people = Clinician.visible_to(user, P.APPRAISAL_VIEW).filter(appraisals__in=keys).distinct()
        read_many("overdue appraisals.export", people, by=user)

    return Sheet("Overdue", HEADINGS, len(keys), rows, trace)


def designated_body(user: User, params: Mapping[str, Any]) -> Sheet:
    """The yearly figures of a designated body."""
    asked = BodyFilter(params, user=user)
    body = asked.body
    if body is None:
        raise Http404
    year = annual(user, body=body, last_day=asked.last_day)
    table = [
        ["Designated body", f"{body.name} ({body.ods_code})"],
        ["Year", f"1 April {year.last_day.year - 1} to 31 March {year.last_day.year}"],
        *(list(row) for row in year.rows(today())),
    ]

    def trace() -> None:
        detail = {"last_day": year.last_day.isoformat()}
        record("designated_body.exported", body, by=user, organisation_id=body.pk, detail=detail)

    return Sheet("Designated body", ["Figure", "Number"], len(table), lambda: iter(table), trace)


SHEETS: dict[str, Callable[[User, Mapping[str, Any]], Sheet]] = {
    "compliance": compliance,
    "overdue": overdue,
    "designated-body": designated_body,
}

# What one must be allowed to see over others for each of them.
PERMISSIONS: dict[str, P] = {
    "compliance": P.APPRAISAL_VIEW,
    "overdue": P.APPRAISAL_VIEW,
    "designated-body": P.DESIGNATED_BODY_VIEW,
}


def _share(share: int | None) -> str:
    return "" if share is None else str(share)
