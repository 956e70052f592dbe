"""The catalogue, a programme's page and a cohort's page: for everybody who is signed in."""

from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from programmes import wording
from programmes.actions.applying import closed_because, not_for
from programmes.actions.catalogue import newest_open_version
from programmes.catalogue_filters import CatalogueFilter
from programmes.models import Application, Gate, Programme
from programmes.states import CohortState
from programmes.views.doors import cohort_known, cohorts_known, leads
from registry.accounts.http import SignedInRequest
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page

PAGE = 25
SHOWN = ("prerequisite", "domain__version")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Every programme that is not retired, the lowest tier first, with the day on which applications close."""
    found = CatalogueFilter(request.GET, queryset=Programme.rows().filter(retired_at=None), user=request.user)
    rows = found.qs.select_related("organisation")
    page = keyset_page(rows, params=request.GET, order=("tier", "name", "pk"), size=PAGE)
    open_now = cohorts_known(request.user).open_for_applications(today())
    closing = dict(
        open_now.filter(version__programme__in=[row.pk for row in page.rows])
        .order_by()
        .values_list("version__programme")
        .annotate(last=Min("closes_on"))
    )
    context = {
        "filter": found,
        "form": found.form,
        "page": page,
        "count": found.qs.count(),
        "closing": closing,
        "audience": wording.audience,
        "length": wording.length,
    }
    return render(request, "programmes/catalogue/index.jinja", context)


@require_safe
def programme(request: SignedInRequest, code: str) -> HttpResponse:
    """One programme: what it is meant to achieve first, then whom it is for, its stages, gates and open cohorts."""
    rows = Programme.rows().select_related("organisation", "region").prefetch_related("domains__version")
    shown = get_object_or_404(rows, code=code)
    version = newest_open_version(shown)
    cohorts = cohorts_known(request.user).filter(version__programme=shown)
    context = {
        "programme": shown,
        "version": version,
        "stages": version.stages.all() if version else [],
        "gates": gates_of(version.pk) if version else [],
        "open_cohorts": cohorts.open_for_applications(today()).order_by("closes_on", "pk"),
        "coming": cohorts.filter(state=CohortState.OPEN, opens_on__gt=today()).order_by("opens_on", "pk"),
        "may_manage": leads(request.user, shown.organisation_id),
        "wording": wording,
    }
    return render(request, "programmes/catalogue/programme.jinja", context)


@require_safe
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """One cohort: its days, sessions and limits, and the way to apply for whoever may."""
    shown = cohort_known(request, pk)
    own = Clinician.visible_to(request.user, P.PROGRAMME_TAKE_PART).filter(user=request.user).first()
    mine = Application.visible_to(request.user, P.PROGRAMME_TAKE_PART)
    applied = mine.filter(cohort=shown).first() if own else None
    context = {
        "cohort": shown,
        "programme": shown.version.programme,
        "tag": wording.tag(shown),
        "page": keyset_page(
            shown.sessions.filter(cancelled_at=None), params=request.GET, order=("starts_at", "pk"), size=PAGE
        ),
        "limits": wording.limits(shown),
        "gates": gates_of(shown.version_id),
        "closed": closed_because(shown),
        "own": own,
        "unsuitable": not_for(shown.version.programme, own) if own else "",
        "applied": applied,
        "may_manage": leads(request.user, shown.organisation_id),
        "wording": wording,
    }
    return render(request, "programmes/catalogue/cohort.jinja", context)


def gates_of(version_id: int) -> list[Gate]:
    """The gates of a version in order, with what their words need; two queries."""
    return list(Gate.rows().filter(version=version_id).select_related(*SHOWN).prefetch_related("criteria"))
