"""Looking organisations up; ODS keeps them, so nothing is edited here."""

from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from registry.kernel.clock import today
from registry.nhsuk.paging import keyset_page
from registry.organisations.forms import OrganisationFilter
from registry.organisations.models import BoardLink, Kind, Organisation, Region, RegionLink, RegionScheme


@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """Trusts by name, with their regions; search, kind, region, and closed ones where asked for."""
    form = OrganisationFilter(request.GET or {"kind": Kind.TRUST})
    form.is_valid()
    chosen = form.cleaned_data
    found = Organisation.rows().filter(kind=chosen.get("kind") or Kind.TRUST)
    if not chosen.get("closed"):
        found = found.open_on(today())
    if chosen.get("region"):
        found = found.in_region(chosen["region"].pk, today())
    found = found.matching(chosen.get("q", ""))
    regions_now = Prefetch("region_links", _links(RegionLink, "region").filter(period__contains=today()))
    page = keyset_page(found.prefetch_related(regions_now), params=request.GET, order=["name", "pk"])
    context = {"filter": form, "page": page, "count": found.count(), "by_region": _by_region(), "day": today()}
    return render(request, "organisations/organisations.jinja", context)


@require_GET
def organisation(request: HttpRequest, ods_code: str) -> HttpResponse:
    """One organisation, and where it has lain from when to when."""
    found = get_object_or_404(Organisation.rows(), ods_code=ods_code)
    context = {
        "organisation": found,
        "is_open": found.is_open(today()),
        "regions": _links(RegionLink, "region__part_of").filter(organisation=found),
        "boards": _links(BoardLink, "board").filter(organisation=found),
        "members": _links(BoardLink, "organisation")
        .filter(board=found, period__contains=today())
        .order_by("organisation__name"),
    }
    return render(request, "organisations/organisation.jinja", context)


def _links(model: type[RegionLink] | type[BoardLink], place: str) -> QuerySet:
    return model.rows().select_related(place).order_by("-period")


def _by_region() -> list[tuple[Region, int]]:
    """Today's regions with how many open trusts of England each has."""
    links = RegionLink.rows().filter(
        period__contains=today(), organisation__in=Organisation.rows().english_trusts().open_on(today())
    )
    counts = dict(links.values_list("region").annotate(Count("pk")).order_by())
    return [(region, counts.get(region.pk, 0)) for region in Region.rows().filter(scheme=RegionScheme.NHS_ENGLAND)]
