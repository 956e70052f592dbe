"""The board of opportunities, what programme leads do with it, and the showcase of ventures: open to everybody."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.contributions.actions.opportunities import may_keep, remove_opportunity, save_opportunity
from registry.contributions.eligibility import Window
from registry.contributions.forms import OpportunityForm
from registry.contributions.models import Opportunity, Venture
from registry.contributions.presenters import WINDOWS, applicant, offer, stage_tag, window_tag
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

SHOWN_AT_ONCE = 20


@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """What is open now (what closes first, first), opens soon, or has closed (the last first)."""
    asked = request.GET.get("show", "")
    where = Window(asked) if asked in set(Window) else Window.OPEN
    rows, day = Opportunity.rows(), today()
    order = "opens_on" if where == Window.SOON else "closes_on"
    page = keyset_page(
        rows.on(day, where).select_related("keeper"),
        params=request.GET,
        order=[order, "pk"],
        descending=where == Window.CLOSED,
        size=SHOWN_AT_ONCE,
    )
    me = applicant(request.user)
    context = {
        "where": where,
        "ways": [(way.value, WINDOWS[way], rows.on(day, way).count()) for way in Window],
        "page": page,
        "offers": [(offer(row, me), may_keep(opportunity=row, by=request.user)) for row in page.rows],
        "keeps": request.user.scope_for(P.OPPORTUNITY_MANAGE).over_others,
        "me": me,
    }
    return render(request, "contributions/opportunities.jinja", context)


@require_safe
def opportunity(request: SignedInRequest, pk: int) -> HttpResponse:
    """One opportunity, and whether the reader can apply."""
    row = get_object_or_404(Opportunity.rows().select_related("keeper"), pk=pk)
    one = offer(row, applicant(request.user))
    context = {"offer": one, "tag": window_tag(one.where), "keeps": may_keep(opportunity=row, by=request.user)}
    return render(request, "contributions/opportunity.jinja", context)


@get_or_post
def add(request: SignedInRequest) -> HttpResponse:
    """Publish an opportunity."""
    scope_over(request, P.OPPORTUNITY_MANAGE)
    return _save(request, Opportunity(), "Add an opportunity", "Publish it", reverse("contributions:opportunities"))


@get_or_post
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an opportunity."""
    row = _kept(request, pk)
    back = reverse("contributions:opportunity", args=[row.pk])
    return _save(request, row, "Change an opportunity", "Save changes", back)


def _save(request: SignedInRequest, row: Opportunity, title: str, button: str, back: str) -> HttpResponse:
    form = OpportunityForm(request.POST if request.method == "POST" else None, instance=row, by=request.user)
    if accepted(form, lambda data: save_opportunity(opportunity=form.instance, by=request.user)):
        messages.success(request, f"{form.instance.title} is saved. Everybody signed in sees it.")
        return redirect("contributions:opportunity", form.instance.pk)
    context = {"form": form, "title": title, "button_text": button, "back": back, "back_text": "Opportunities"}
    return render(request, "layouts/form.jinja", context)


@get_or_post
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then take an opportunity off the board."""
    row = _kept(request, pk)
    if request.method == "POST":
        remove_opportunity(opportunity=row, by=request.user)
        messages.success(request, f"{row.title} is removed.")
        return redirect("contributions:opportunities")
    context = {
        "title": "Remove this opportunity?",
        "what": row.title,
        "words": "It leaves the board at once. To end it early and keep it under Closed, change its last day instead.",
        "back": reverse("contributions:opportunity", args=[row.pk]),
        "back_text": row.title,
        "button_text": "Remove it",
    }
    return render(request, "contributions/remove.jinja", context)


def _kept(request: SignedInRequest, pk: int) -> Opportunity:
    rows: Any = Opportunity.rows()
    found: Opportunity = get_object_or_404(rows.kept_by(request.user), pk=pk)
    return found


@require_safe
def showcase(request: SignedInRequest) -> HttpResponse:
    """The ventures that are cleared and whose owners agree, as of now, the newest first."""
    rows = Venture.showcase().select_related("clinician__organisation")
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True, size=SHOWN_AT_ONCE)
    context = {"page": page, "rows": [(row, stage_tag(row)) for row in page.rows]}
    return render(request, "contributions/showcase.jinja", context)
