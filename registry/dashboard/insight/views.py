"""Insight: a heat map of agreed levels against what is expected, and its export."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.audit.record import record
from registry.clinicians.models import Clinician
from registry.competency.heat_map import MANY, smallest_group
from registry.competency.models import Domain
from registry.dashboard.insight import presenters
from registry.dashboard.insight.forms import InsightFilter
from registry.dashboard.insight.sheets import columns, frameworks, on_other_versions, sheet
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.downloads import csv_download


@dataclass(frozen=True, slots=True)
class Insight:
    """What was asked for, and what may be shown of it; no tables where there are no people.

    `other_versions` is how many people were last assessed on another version, 0 where they are too few to tell.
    """

    form: InsightFilter
    domains: list[Domain]
    left_out: list[Domain]
    tables: list[presenters.Table]
    other_versions: int = 0


def _insight(request: SignedInRequest) -> Insight:
    scope_over(request, P.LEVELS_SUMMARISE)
    organisations = list(Clinician.visible_to(request.user, P.LEVELS_SUMMARISE).employers())
    form = InsightFilter(request.GET, versions=frameworks(), organisations=organisations)
    version, chosen = form.version, form.chosen
    domains, left_out = columns(version) if version else ([], [])
    within = [chosen] if chosen else organisations
    found = sheet(request.user, version, domains, within) if version else None
    if version is None or found is None:
        return Insight(form, domains, left_out, [])
    shown = presenters.tables(
        found,
        domains,
        organisations=form.organisations,
        chosen=chosen,
        framework=version.code,
        may_list=request.user.scope_for(P.PROFILE_VIEW).over_others,
    )
    return Insight(form, domains, left_out, shown, on_other_versions(request.user, version, within))


@require_safe
def insight(request: SignedInRequest) -> HttpResponse:
    """Levels by profession and sector, and by organisation where one looks at several."""
    found = _insight(request)
    context = {
        "filter": found.form,
        "version": found.form.version,
        "organisation": found.form.chosen,
        "several": len(found.form.organisations) > 1,
        "domains": found.domains,
        "left_out": found.left_out,
        "tables": found.tables,
        "other_versions": found.other_versions,
        "steps": presenters.STEPS,
        "smallest": smallest_group(settings.INSIGHT_SMALLEST_GROUP),
        "many": MANY,
        "query": request.GET.urlencode(),
        "may_import": request.user.scope_for(P.PEOPLE_IMPORT).over_others,
    }
    return render(request, "dashboard/insight.jinja", context)


@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """The figures of the page as a CSV file; that it was made is recorded for each organisation in it."""
    found = _insight(request)
    version, chosen = found.form.version, found.form.chosen
    if version is None:
        raise Http404
    detail = {"framework": version.code, "organisation": chosen.ods_code if chosen else "all"}
    with transaction.atomic():
        for organisation in [chosen] if chosen else found.form.organisations.values():
            record("insight.exported", organisation, by=request.user, organisation_id=organisation.pk, detail=detail)
    name = f"insight-{version.code}-{today().isoformat()}.csv"
    return csv_download(presenters.EXPORT_COLUMNS, presenters.export_rows(found.tables), name=name)
