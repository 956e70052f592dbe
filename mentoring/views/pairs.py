"""The pages of two people matched with each other: where they stand, answering, and ending."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mentoring import pair_wording
from mentoring.actions import answering, ending
from mentoring.models import Relationship
from mentoring.pair_forms import DeclineForm
from mentoring.pair_presenters import line, of, pair_page
from mentoring.states import RelationshipState
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def pairs(request: SignedInRequest) -> HttpResponse:
    """Whom one is or was matched with."""
    require_own(request, P.MENTORING_OFFER)
    page = keyset_page(of(request.user), params=request.GET, order=["live_now", "pk"], descending=True)
    context = {"lines": [line(row, request.user) for row in page.rows], "page": page}
    return render(request, "mentoring/pairs.jinja", context)


@require_safe
def pair(request: SignedInRequest, pk: int) -> HttpResponse:
    """One pair: who the other is, why they were matched, and what waits."""
    return render(request, "mentoring/pair.jinja", pair_page(pair_of(request, pk), request.user))


@require_safe
def first_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the two may ask each other when they first meet."""
    row = pair_of(request, pk)
    context = {"pair": row, "line": line(row, request.user), "prompts": pair_wording.prompts(row.kind)}
    return render(request, "mentoring/first_meeting.jinja", context)


@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say yes."""
    row = answering.accept(relationship=pair_of(request, pk), by=request.user)
    both = row.state == RelationshipState.ACTIVE
    messages.success(request, "You are matched." if both else "You said yes. We tell you what comes of it.")
    return redirect("mentoring:pair", pk)


@get_or_post
def decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say no, and why."""
    row = pair_of(request, pk)
    if row.state != RelationshipState.PROPOSED:
        raise WrongState("This match cannot be answered any more.")
    form = DeclineForm(posted(request))
    if accepted(form, lambda data: answering.decline(relationship=row, by=request.user, **data)):
        messages.success(request, "You said no. The other person is told only that it did not come about.")
        return redirect("mentoring:mine")
    intro = "The other person is told that it did not come about, not who said no, and never why."
    return pair_form(request, row, form, "Say no to this match", "Say no", intro=intro)


@get_or_post
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End it, after asking once."""
    row = pair_of(request, pk)
    if request.method == "POST":
        ending.end(relationship=row, by=request.user)
        messages.success(request, "It has ended. You can still say how it was.")
        return redirect("mentoring:pair", pk)
    if row.state != RelationshipState.ACTIVE:
        raise WrongState("It is not under way, so there is nothing to end.")
    return render(request, "mentoring/end.jinja", {"pair": row, "other": line(row, request.user).other})


def pair_of(request: SignedInRequest, pk: int) -> Relationship:
    """The relationship, for one of the two; 404 for everybody else, leads and administrators included."""
    rows = Relationship.visible_to(request.user, P.MENTORING_OFFER).with_people()
    found: Relationship = get_object_or_404(rows.select_related("wanted", "agreement"), pk=pk)
    return found


def posted(request: SignedInRequest) -> Any:
    """What was sent, or None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def pair_form(
    request: SignedInRequest, row: Relationship, form: Any, title: str, button: str, *, intro: str = ""
) -> HttpResponse:
    """A page with a form about a pair, with the way back to the pair."""
    context = {"form": form, "title": title, "button_text": button, "intro": intro}
    back = {"back": reverse("mentoring:pair", args=[row.pk]), "back_text": line(row, request.user).other}
    return render(request, "layouts/form.jinja", context | back)
