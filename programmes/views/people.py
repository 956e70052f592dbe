"""What HR sees of its people on programmes: where each application and place stands, and the mix by profession."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programmes import wording
from programmes.catalogue_filters import people_filter
from programmes.people import mix
from registry.accounts.http import SignedInRequest, scope_over
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page

PAGE = 50


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Applications or places of the people this officer looks after, the newest first."""
    scope_over(request, P.PROGRAMME_PEOPLE)
    found = people_filter(request.GET, request.user)
    rows = found.qs
    page = keyset_page(rows.with_people(), params=request.GET, order=("pk",), descending=True, size=PAGE)
    context = {
        "filter": found,
        "form": found.form,
        "page": page,
        "count": rows.count(),
        "places": found.places,
        "mix": mix(request.user),
        "state_tag": wording.state_tag,
    }
    return render(request, "programmes/catalogue/people.jinja", context)
