"""The register as leads see it: who mentors and who looks, at their organisations."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mentoring.models import MentoringRequest, MentorProfile
from mentoring.presenters import offer_tag
from registry.accounts.http import SignedInRequest
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page


@require_safe
def mentors(request: SignedInRequest) -> HttpResponse:
    """Everybody who offers to mentor, newest first."""
    _lead(request)
    rows = MentorProfile.visible_to(request.user, P.MENTORING_MANAGE).active().with_people()
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True)
    context = {"mentors": [(row, offer_tag(row)) for row in page.rows], "page": page}
    return render(request, "mentoring/mentors.jinja", context)


@require_safe
def requests(request: SignedInRequest) -> HttpResponse:
    """Everybody who looks for somebody, longest first."""
    _lead(request)
    rows = MentoringRequest.visible_to(request.user, P.MENTORING_MANAGE).looking().with_people()
    page = keyset_page(rows, params=request.GET, order=["pk"])
    context = {"requests": page.rows, "page": page}
    return render(request, "mentoring/requests.jinja", context)


def _lead(request: SignedInRequest) -> None:
    if not request.user.scope_for(P.MENTORING_MANAGE).over_others:
        raise Http404
