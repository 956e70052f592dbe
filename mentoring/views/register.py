"""The pages of whoever offers mentoring, looks for it, or both."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mentoring.actions import register as actions
from mentoring.fields import OfferState
from mentoring.forms import ExclusionForm, OfferForm, RequestForm
from mentoring.models import Exclusion, MentoringRequest, MentorProfile, Supervision
from mentoring.pair_presenters import live
from mentoring.presenters import offer_tag, request_tag, suggested_needs, year_of_supervision
from registry.accounts.http import SignedInRequest
from registry.competency.models import Domain
from registry.competency.views.doors import own_profile, require_own
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post
from registry.standing.models import AgreedLevels

MOVES = {"pause": OfferState.PAUSED, "open": OfferState.OPEN, "leave": OfferState.LEFT}
SAID = {
    OfferState.PAUSED: "Programme leads see that you take nobody new until you go on.",
    OfferState.OPEN: "Programme leads see that you take people again.",
    OfferState.LEFT: "Programme leads see that you no longer mentor. Thank you for what you gave.",
}


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """What one offers and looks for."""
    _enter(request)
    may_look = request.user.scope_for(P.MENTORING_SEEK).user_id is not None
    offer = MentorProfile.visible_to(request.user, P.MENTORING_OFFER).filter(user=request.user).with_people().first()
    asked = MentoringRequest.visible_to(request.user, P.MENTORING_SEEK).waiting().with_people()
    supervisions = Supervision.visible_to(request.user, P.MENTORING_OFFER).filter(mentor=offer) if offer else None
    context = {
        "pairs": live(request.user),
        "supervision": year_of_supervision(supervisions, today()) if supervisions is not None else "",
        "offer": offer,
        "offer_tag": offer and offer_tag(offer),
        "may_look": may_look,
        "me": own_profile(request, P.MENTORING_SEEK) if may_look else None,
        "requests": [(row, request_tag(row)) for row in asked],
    }
    return render(request, "mentoring/mine.jinja", context)


@get_or_post
def offer(request: SignedInRequest) -> HttpResponse:
    """Offer to mentor, or change what one offers."""
    require_own(request, P.MENTORING_OFFER)
    row = MentorProfile.visible_to(request.user, P.MENTORING_OFFER).filter(user=request.user).first()
    form = OfferForm(_data(request), instance=row or MentorProfile(user=request.user))

    def act(data: dict[str, Any]) -> None:
        actions.offer(profile=form.instance, strengths=list(data["strengths"]), by=request.user)

    if accepted(form, act):
        messages.success(request, "What you offer is saved.")
        return redirect("mentoring:mine")
    title = "Change what you offer" if row else "Offer to mentor"
    intro = "Programme leads at your organisation see this, and so does whoever you are matched with."
    return _form(request, form, title, "Save what you offer", intro=intro)


@require_POST
def move_offer(request: SignedInRequest, to: str) -> HttpResponse:
    """Pause, go on, or leave."""
    row = get_object_or_404(MentorProfile.visible_to(request.user, P.MENTORING_OFFER), user=request.user)
    if to not in MOVES:
        raise Http404
    actions.move_offer(profile=row, to=MOVES[to], by=request.user)
    messages.success(request, SAID[MOVES[to]])
    return redirect("mentoring:mine")


@get_or_post
def look(request: SignedInRequest) -> HttpResponse:
    """Look for a mentor."""
    me = own_profile(request, P.MENTORING_SEEK)
    if me is None:
        raise Http404
    lowest = suggested_needs(AgreedLevels.visible_to(request.user, P.PROFILE_VIEW).filter(clinician=me))
    return _save_request(request, MentoringRequest(clinician=me), "Look for a mentor", "Look for somebody", lowest)


@get_or_post
def change_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look for somebody else."""
    return _save_request(request, _own_request(request, pk), "Change what you are looking for", "Save changes")


@require_POST
def stop_looking(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    actions.stop_looking(wanted=_own_request(request, pk), by=request.user)
    messages.success(request, "You are not looking for this any more.")
    return redirect("mentoring:mine")


@get_or_post
def exclusions(request: SignedInRequest) -> HttpResponse:
    """With whom one does not want to be paired."""
    _enter(request)
    form = ExclusionForm(_data(request))
    if accepted(form, lambda data: actions.exclude(email=data["email"], by=request.user)):
        already = "If they are proposed to you already, say no to that match."
        messages.success(request, f"The registry will not match you with this person. {already}")
        return redirect("mentoring:exclusions")
    return render(request, "mentoring/exclusions.jinja", {"form": form, "exclusions": list(_exclusions(request))})


@require_POST
def include(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take that back."""
    actions.include(exclusion=get_object_or_404(_exclusions(request), pk=pk), by=request.user)
    messages.success(request, "The registry can match you with this person again.")
    return redirect("mentoring:exclusions")


def _save_request(
    request: SignedInRequest, row: MentoringRequest, title: str, button: str, suggested: Sequence[Domain] = ()
) -> HttpResponse:
    form = RequestForm(_data(request), instance=row, suggested=suggested)

    def act(data: dict[str, Any]) -> None:
        actions.look(wanted=form.instance, needs=list(data["needs"]), by=request.user)

    if accepted(form, act):
        messages.success(request, "Saved. The programme leads at your organisation see what you are looking for.")
        return redirect("mentoring:mine")
    return _form(request, form, title, button)


def _enter(request: SignedInRequest) -> None:
    """404 for whoever neither offers nor looks."""
    if not any(request.user.scope_for(permission).user_id for permission in (P.MENTORING_OFFER, P.MENTORING_SEEK)):
        raise Http404


def _own_request(request: SignedInRequest, pk: int) -> MentoringRequest:
    rows = MentoringRequest.visible_to(request.user, P.MENTORING_SEEK).waiting().with_people()
    found: MentoringRequest = get_object_or_404(rows, pk=pk)
    return found


def _exclusions(request: SignedInRequest) -> Any:
    offers = request.user.scope_for(P.MENTORING_OFFER).user_id is not None
    return Exclusion.visible_to(request.user, P.MENTORING_OFFER if offers else P.MENTORING_SEEK)


def _data(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(request: SignedInRequest, form: Any, title: str, button: str, *, intro: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "button_text": button, "intro": intro}
    return render(
        request, "layouts/form.jinja", context | {"back": reverse("mentoring:mine"), "back_text": "Mentoring"}
    )
