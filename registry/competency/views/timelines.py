"""The pages of a clinician's leadership over time: one's own, and an officer's view of one's people."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.clinicians.models import Clinician
from registry.competency.crosswalk import also_relevant
from registry.competency.timeline import comparisons, entries_for
from registry.competency.views.doors import own_profile
from registry.kernel.permissions import Permission as P


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """My timeline."""
    return _page(request, own_profile(request))


@require_safe
def of(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody's timeline; reading another's is recorded."""
    clinician = get_object_or_404(Clinician.visible_to(request.user, P.ASSESSMENT_VIEW), pk=pk)
    if clinician.user_id != request.user.pk:
        read("assessment.timeline", clinician, by=request.user, organisation_id=clinician.organisation_id)
    return _page(request, clinician)


def _page(request: SignedInRequest, clinician: Clinician | None) -> HttpResponse:
    entries = entries_for(request.user, clinician) if clinician else []
    context = {
        "clinician": clinician,
        "own": clinician is None or clinician.user_id == request.user.pk,
        "entries": entries,
        "comparisons": comparisons(entries),
        "elsewhere": also_relevant({entry.framework for entry in entries if entry.elements}),
    }
    return render(request, "competency/timeline.jinja", context)
