"""What a lead does with cohorts: the list of what they run, and each cohort's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programmes import wording
from programmes.cohort_links import links_of
from programmes.models import Cohort
from programmes.views.doors import cohort_led
from registry.accounts.http import SignedInRequest, scope_over
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page

PAGE = 25


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The cohorts of the programmes this lead runs, the newest first."""
    scope_over(request, P.PROGRAMME_MANAGE)
    rows = Cohort.visible_to(request.user, P.PROGRAMME_MANAGE).with_programme()
    page = keyset_page(rows, params=request.GET, order=("starts_on", "pk"), descending=True, size=PAGE)
    return render(request, "programmes/catalogue/manage.jinja", {"page": page, "tag": wording.tag})


@require_safe
def manage(request: SignedInRequest, pk: int) -> HttpResponse:
    """One cohort as its leads see it: its days and places, the ways to its parts, and what happened."""
    shown = cohort_led(request, pk)
    context = {
        "cohort": shown,
        "programme": shown.version.programme,
        "tag": wording.tag(shown),
        "links": links_of(shown, request.user),
        "transitions": shown.transitions.select_related("by"),
    }
    return render(request, "programmes/catalogue/manage_cohort.jinja", context)
