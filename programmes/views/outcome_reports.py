"""Reports on what programmes bought, of finished cohorts: the list, each programme and cohort, and the file."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from programmes.ledger import Group, places
from programmes.models import Cohort, Programme
from programmes.outcome_report import EXPORT_COLUMNS, export_rows, report
from programmes.points import ASKED_FOR_DAYS, BEFORE_MONTHS, WINDOW
from programmes.states import CohortState
from registry.accounts.http import SignedInRequest, scope_over
from registry.audit.record import record
from registry.competency.change.comparison import LEAST_IN_CELL
from registry.competency.change.wording import LEGEND
from registry.equality.suppression import SMALLEST_GROUP
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.downloads import csv_download
from registry.nhsuk.paging import keyset_page


def _finished(request: SignedInRequest) -> Any:
    scope_over(request, P.PROGRAMME_REPORT)
    return Cohort.visible_to(request.user, P.PROGRAMME_REPORT).filter(state=CohortState.FINISHED)


def _of_programme(request: SignedInRequest, code: str) -> tuple[Programme, list[Cohort]]:
    """The programme and all its finished cohorts; 404 where the person may see none."""
    cohorts = list(_finished(request).filter(version__programme__code=code).with_programme())
    if not cohorts:
        raise Http404
    return cohorts[0].version.programme, cohorts


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The programmes of which a cohort has finished."""
    finished = _finished(request)
    programmes = Programme.rows().filter(pk__in=finished.values("version__programme")).select_related("organisation")
    page = keyset_page(programmes, params=request.GET, order=["name", "pk"], size=50)
    cohorts = list(finished.filter(version__programme__in=page.rows).with_programme())
    taken = places(cohorts)
    rows = []
    for programme in page.rows:
        theirs = [cohort for cohort in cohorts if cohort.version.programme_id == programme.pk]
        rows.append((programme, len(theirs), sum(taken[cohort.pk].completed for cohort in theirs)))
    return render(request, "programmes/outcomes/reports.jinja", {"page": page, "rows": rows})


def _page(request: SignedInRequest, programme: Programme, cohorts: list[Cohort], only: Cohort | None) -> HttpResponse:
    context = {
        "programme": programme,
        "cohort": only,
        "cohorts": cohorts,
        "report": report(cohorts, only=only),
        "legend_of": LEGEND,
        "group": Group.of(programme.pk) if request.user.scope_for(P.PROGRAMME_MANAGE).over_others else None,
        "smallest": SMALLEST_GROUP,
        "least_in_cell": LEAST_IN_CELL,
        "windows": WINDOW,
        "before": BEFORE_MONTHS,
        "asked_for": ASKED_FOR_DAYS,
    }
    return render(request, "programmes/outcomes/report.jinja", context)


@require_safe
def programme(request: SignedInRequest, code: str) -> HttpResponse:
    """What a programme bought, over all its finished cohorts."""
    found, cohorts = _of_programme(request, code)
    return _page(request, found, cohorts, None)


@require_safe
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one finished cohort bought, as far as it can be told beside the others."""
    asked = get_object_or_404(_finished(request).with_programme(), pk=pk)
    found, cohorts = _of_programme(request, asked.version.programme.code)
    return _page(request, found, cohorts, next(one for one in cohorts if one.pk == pk))


@require_safe
def export(request: SignedInRequest, code: str) -> HttpResponse:
    """The figures of the programme's page as a CSV file; that it was made is recorded."""
    found, cohorts = _of_programme(request, code)
    with transaction.atomic():
        record("programme.report_exported", found, by=request.user, organisation_id=found.organisation_id)
    name = f"outcomes-{found.code}-{today().isoformat()}.csv"
    return csv_download(EXPORT_COLUMNS, export_rows(report(cohorts)), name=name)
