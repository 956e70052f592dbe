"""One's ideas and ventures on one page, and the pages of an idea put into practice."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.contributions.actions.changes import remove_change, save_change
from registry.contributions.forms import ChangeForm
from registry.contributions.models import ServiceChange, Venture
from registry.contributions.presenters import clearance_tag, stage_tag, status_tag
from registry.contributions.views.doors import own_profile, require_profile
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """What the person put into practice and what they build."""
    changes = ServiceChange.visible_to(request.user, P.VENTURE_EDIT).select_related("organisation")
    ventures = Venture.visible_to(request.user, P.VENTURE_EDIT).with_clearance()
    context = {
        "me": own_profile(request),
        "changes": [(row, status_tag(row)) for row in changes],
        "ventures": [(row, stage_tag(row), clearance_tag(row)) for row in ventures],
    }
    return render(request, "contributions/mine.jinja", context)


@require_safe
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """One idea put into practice, for the person and whoever sees their profile; another's reading is recorded."""
    rows = ServiceChange.visible_to(request.user, P.PROFILE_VIEW).select_related("clinician", "organisation")
    row = get_object_or_404(rows, pk=pk)
    own = row.clinician.user_id == request.user.pk
    if not own:
        read("servicechange", row.clinician, by=request.user, organisation_id=row.clinician.organisation_id)
    return render(request, "contributions/change.jinja", {"change": row, "own": own, "tag": status_tag(row)})


@get_or_post
def add(request: SignedInRequest) -> HttpResponse:
    """Write down an idea put into practice."""
    me = require_profile(request)
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        instance=ServiceChange(clinician=me),
        initial={"organisation": me.organisation_id},
    )
    return _save(request, form, "Add an idea you put into practice", "Add it")


@get_or_post
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change one's own words."""
    form = ChangeForm(request.POST if request.method == "POST" else None, instance=_own(request, pk))
    return _save(request, form, "Change an idea you put into practice", "Save changes")


def _save(request: SignedInRequest, form: Any, title: str, button: str) -> HttpResponse:
    if accepted(form, lambda data: save_change(change=form.instance, by=request.user)):
        messages.success(request, "It is saved, and on your profile.")
        return redirect("contributions:change", form.instance.pk)
    context = {
        "form": form,
        "title": title,
        "intro": "It is part of your profile: the HR team of your organisation can read it.",
        "back": reverse("contributions:mine"),
        "back_text": "Ideas and ventures",
        "button_text": button,
    }
    return render(request, "layouts/form.jinja", context)


@get_or_post
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then remove an idea."""
    row = _own(request, pk)
    if request.method == "POST":
        remove_change(change=row, by=request.user)
        messages.success(request, f"{row.title} is removed.")
        return redirect("contributions:mine")
    context = {
        "title": "Remove this from your profile?",
        "what": row.title,
        "words": "It is gone from your profile at once. You can write it down again.",
        "back": reverse("contributions:change", args=[row.pk]),
        "back_text": row.title,
        "button_text": "Remove it",
    }
    return render(request, "contributions/remove.jinja", context)


def _own(request: SignedInRequest, pk: int) -> ServiceChange:
    rows = ServiceChange.visible_to(request.user, P.VENTURE_EDIT).select_related("clinician")
    found: ServiceChange = get_object_or_404(rows, pk=pk)
    return found
