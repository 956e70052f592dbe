"""A mentor's or coach's own log of supervision and professional development."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from mentoring.actions import supervision as actions
from mentoring.models import MentorProfile, Supervision
from mentoring.pair_forms import SupervisionForm
from mentoring.presenters import year_of_supervision
from mentoring.views.pairs import posted
from registry.accounts.http import SignedInRequest
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@get_or_post
def log(request: SignedInRequest) -> HttpResponse:
    """What I did, and noting another one."""
    profiles = MentorProfile.visible_to(request.user, P.MENTORING_OFFER)
    profile: MentorProfile = get_object_or_404(profiles, user=request.user)
    form = SupervisionForm(posted(request))
    if accepted(form, lambda data: actions.log(profile=profile, by=request.user, **data)):
        messages.success(request, "Noted.")
        return redirect("mentoring:supervision")
    rows: Any = Supervision.visible_to(request.user, P.MENTORING_OFFER).filter(mentor=profile)
    context = {
        "form": form,
        "page": keyset_page(rows, params=request.GET, order=["held_on", "pk"], descending=True),
        "year": year_of_supervision(rows, today()),
    }
    return render(request, "mentoring/supervision.jinja", context)


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one off my log."""
    rows = Supervision.visible_to(request.user, P.MENTORING_OFFER).filter(mentor__user=request.user)
    actions.remove(supervision=get_object_or_404(rows.select_related("mentor"), pk=pk), by=request.user)
    messages.success(request, "It is off your list.")
    return redirect("mentoring:supervision")
