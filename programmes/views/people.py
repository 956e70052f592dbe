"""What HR sees of its people on programmes, and the lists of people as files."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programmes import taking_part_presenters as presenters
from programmes import wording
from programmes.catalogue_filters import people_filter
from programmes.people import mix
from programmes.views.running_doors import led_cohort
from registry.accounts.http import SignedInRequest, scope_over
from registry.audit.record import read_many
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date
from registry.nhsuk.downloads import csv_download
from registry.nhsuk.paging import keyset_page

PAGE = 50
MOST_EXPORTED = 10_000
COLUMNS = ("Person", "Profession", "Department or service", "Programme", "Cohort", "State")
OF_COHORT = ("Name", "Profession", "Where they stand", "Parts done", "Parts", "Sessions attended", "Sessions held")


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Applications or places of the people this officer looks after, the newest first."""
    scope_over(request, P.PROGRAMME_PEOPLE)
    found = people_filter(request.GET, request.user)
    rows = found.qs
    page = keyset_page(rows.with_people(), params=request.GET, order=("pk",), descending=True, size=PAGE)
    filters = request.GET.copy()
    for name in ("after", "before"):
        filters.pop(name, None)
    context = {
        "filter": found,
        "form": found.form,
        "page": page,
        "count": rows.count(),
        "places": found.places,
        "mix": mix(request.user),
        "query": filters.urlencode(),
        "state_tag": wording.state_tag,
    }
    return render(request, "programmes/catalogue/people.jinja", context)


@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """The same list as a CSV file; everybody on it can see that it was made."""
    scope_over(request, P.PROGRAMME_PEOPLE)
    found = people_filter(request.GET, request.user)
    rows = _recorded(request, found.qs.with_people().order_by("-pk"))
    name = "places" if found.places else "applications"
    columns = (*COLUMNS, "Programme ends" if found.places else "Sent")
    cells = [
        [
            row.clinician.name,
            row.clinician.get_profession_display(),
            row.clinician.department,
            row.cohort.version.programme.name,
            row.cohort.name,
            row.get_state_display(),
            long_date(row.cohort.ends_on if found.places else row.submitted_at),
        ]
        for row in rows
    ]
    return csv_download(columns, cells, name=f"programmes-{name}-{today().isoformat()}.csv")


@require_safe
def cohort_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The people of a cohort and how far they are, for whoever runs it; everybody on it can see that it was made."""
    cohort = led_cohort(request, pk)
    places = presenters.people(cohort, request.user, leads=True).order_by("clinician__family_name", "pk")
    parts, held = cohort.version.stages.count(), presenters.held_sessions(cohort)
    cells = [
        [
            str(row.clinician),
            row.clinician.get_profession_display(),
            presenters.state_tag(row)["text"],
            str(row.parts_done),
            str(parts),
            str(row.sessions_attended),
            str(held),
        ]
        for row in _recorded(request, places)
    ]
    return csv_download(OF_COHORT, cells, name=f"cohort-{pk}-{today().isoformat()}.csv")


def _recorded(request: SignedInRequest, rows: Any) -> Sequence[Any]:
    """These rows, with a trace on each person; WrongState where they are too many for one file."""
    found = list(rows[: MOST_EXPORTED + 1])
    if len(found) > MOST_EXPORTED:
        raise WrongState(f"The list is longer than {MOST_EXPORTED:,} rows. Narrow it, then export it.")
    read_many("people.export", {row.clinician_id: row.clinician for row in found}.values(), by=request.user)
    return found
