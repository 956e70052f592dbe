"""An assessor's pages: what there is to score, declaring conflicts, and scoring one application without its name."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from programmes import assessors
from programmes.actions import scoring
from programmes.models import Reading
from programmes.selecting import presenters
from programmes.selecting.forms import DeclareForm, ScoresForm
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

PAGE = 25


@never_cache
@require_safe
def to_score(request: SignedInRequest) -> HttpResponse:
    """What I have to score, and what I have scored."""
    require_own(request, P.APPLICATION_SCORE)
    rows = Reading.visible_to(request.user, P.APPLICATION_SCORE).with_gate()
    page = keyset_page(rows.to_score(), params=request.GET, order=["pk"], size=PAGE)
    context = {
        "page": page,
        "lines": [presenters.reading_line(row) for row in page.rows],
        "count": rows.to_score().count(),
        "submitted": rows.counting().count(),
    }
    return render(request, "programmes/selecting/to_score.jinja", context)


@never_cache
@get_or_post
def declare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before anything of it is shown: is there a conflict of interest?"""
    row = _mine(request, pk)
    if row.conflict is False and request.method != "POST":
        return redirect("selecting:score", pk)
    return _declared(request, row, DeclareForm(request.POST if request.method == "POST" else None))


@never_cache
@get_or_post
def conflict(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declare a conflict that became clear only while reading."""
    row = _mine(request, pk)
    if row.submitted_at is not None and request.method != "POST":
        return redirect("selecting:score", pk)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        data["conflict"] = "yes"
    return _declared(request, row, DeclareForm(data))


@never_cache
@get_or_post
def score(request: SignedInRequest, pk: int) -> HttpResponse:
    """The answers and my points for them: kept as a draft, or submitted."""
    row = _mine(request, pk)
    if row.conflict is None:
        return redirect("selecting:declare", pk)
    if assessors.why_not(row.application, request.user):
        raise Http404
    submitting = request.method == "POST" and "submit" in request.POST
    form = ScoresForm(request.POST if request.method == "POST" else None, reading=row, whole=submitting)
    act = scoring.submit if submitting else scoring.save
    if accepted(form, lambda _: act(reading=row, given=form.given, by=request.user)):
        if submitting:
            messages.success(request, f"Your scores for {row.application.reference} are submitted.")
            return redirect("selecting:to_score")
        messages.success(request, "Saved. Nobody else sees it before you submit.")
        return redirect("selecting:score", pk)
    context = presenters.score_page(row, request.user) | {"form": form}
    return render(request, "programmes/selecting/score.jinja", context)


def _declared(request: SignedInRequest, row: Reading, form: DeclareForm) -> HttpResponse:
    def act(data: dict) -> None:
        scoring.declare(reading=row, conflict=data["conflict"] == "yes", reason=data["reason"], by=request.user)

    if accepted(form, act):
        if form.cleaned_data["conflict"] == "yes":
            messages.success(request, f"{row.application.reference} is closed to you. Somebody else reads it.")
            return redirect("selecting:to_score")
        return redirect("selecting:score", row.pk)
    context = {"reading": row, "form": form, "late": row.conflict is False, "name": presenters.shown_name(row)}
    return render(request, "programmes/selecting/declare.jinja", context)


def _mine(request: SignedInRequest, pk: int) -> Reading:
    """A reading of mine that is open to me; 404 once it was taken back or a conflict was declared."""
    rows = Reading.visible_to(request.user, P.APPLICATION_SCORE).exclude(conflict=True).with_gate()
    return cast("Reading", get_object_or_404(rows, pk=pk))
