"""The list of people, and its export."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.accounts.http import SignedInRequest, scope_over
from registry.audit.record import read_many
from registry.clinicians.filters import PeopleFilter
from registry.clinicians.models import Clinician
from registry.clinicians.presenters import registration_tag
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.downloads import csv_download
from registry.nhsuk.paging import keyset_page

MOST_EXPORTED = 10_000
EXPORT_COLUMNS = (
    "Staff number",
    "First name",
    "Last name",
    "Work e-mail address",
    "Organisation",
    "ODS code",
    "Profession",
    "Sector",
    "Department or service",
    "Career stage",
    "Registrations",
)


@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody the reader keeps profiles for, searched and narrowed."""
    found = _found(request)
    order, descending = found.ordering
    queryset = found.qs.select_related("organisation").prefetch_related("registrations")
    page = keyset_page(queryset, params=request.GET, order=order, descending=descending)
    scope = request.user.scope_for(Permission.PROFILE_VIEW)
    filters = request.GET.copy()
    for name in ("after", "before"):
        filters.pop(name, None)
    context = {
        "filter": found,
        "narrowed": any(filters.get(name) for name in found.filters if name != "order"),
        "page": page,
        "rows": [(row, [(entry, registration_tag(entry)) for entry in row.registrations.all()]) for row in page.rows],
        "count": found.qs.count(),
        "several_organisations": scope.everything or len(scope.organisation_ids) > 1,
        "query": filters.urlencode(),
        "may_import": bool(request.user.scope_for(Permission.PEOPLE_IMPORT)),
    }
    return render(request, "clinicians/people.jinja", context)


@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """The same people as a CSV file; everybody on it can see that it was made."""
    found = _found(request)
    order, descending = found.ordering
    rows = found.qs.select_related("organisation").prefetch_related("registrations")
    rows = rows.order_by(*(f"-{name}" if descending else name for name in order))
    exported = list(rows[: MOST_EXPORTED + 1])
    if len(exported) > MOST_EXPORTED:
        raise WrongState(f"The list is longer than {MOST_EXPORTED:,} people. Narrow it, then export it.")
    read_many("people.export", exported, by=request.user)
    return csv_download(EXPORT_COLUMNS, map(_cells, exported), name=f"people-{today().isoformat()}.csv")


def _cells(row: Clinician) -> list[str]:
    return [
        row.staff_number,
        row.given_name,
        row.family_name,
        row.email,
        row.organisation.name,
        row.organisation.ods_code,
        row.get_profession_display(),
        row.get_sector_display(),
        row.department,
        row.get_career_stage_display(),
        "; ".join(str(entry) for entry in row.registrations.all()),
    ]


def _found(request: SignedInRequest) -> PeopleFilter:
    scope_over(request, Permission.PROFILE_VIEW)
    return PeopleFilter(
        request.GET, queryset=Clinician.visible_to(request.user, Permission.PROFILE_VIEW), request=request
    )
