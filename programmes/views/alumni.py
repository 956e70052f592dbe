"""Alumni of a programme: who wants to be found, and what they share of their learning put to work."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes.actions.alumni import present
from programmes.models import Alumnus, LearningAtWork
from programmes.outcome_forms import EntryForm
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


def _own_entry(request: SignedInRequest, pk: int) -> Alumnus:
    rows = Alumnus.visible_to(request.user, P.PROGRAMME_TAKE_PART).select_related("programme", "clinician")
    return cast("Alumnus", get_object_or_404(rows, pk=pk))


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The programmes one completed."""
    require_own(request, P.PROGRAMME_TAKE_PART)
    rows = Alumnus.visible_to(request.user, P.PROGRAMME_TAKE_PART).select_related("programme", "enrolment__cohort")
    return render(request, "programmes/outcomes/alumni.jinja", {"rows": list(rows)})


@require_safe
def group(request: SignedInRequest, pk: int) -> HttpResponse:
    """The directory of one programme one completed, and what its alumni share."""
    me = _own_entry(request, pk)
    others = Alumnus.directory_for(request.user).filter(programme=me.programme_id)
    others = others.select_related("clinician__organisation", "clinician__user")
    shared = LearningAtWork.shared_with(request.user).filter(enrolment__cohort__version__programme=me.programme_id)
    context = {
        "me": me,
        "page": keyset_page(others, params=request.GET, order=["pk"], size=50),
        "shared": shared.select_related("enrolment__clinician").order_by("-on", "-pk")[:20],
    }
    return render(request, "programmes/outcomes/group.jinja", context)


@get_or_post
def entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose whether, and how, one is found."""
    me = _own_entry(request, pk)
    form = EntryForm(request.POST if request.method == "POST" else None, initial=EntryForm.stored(me))
    if accepted(form, lambda data: present(alumnus=me, by=request.user, **data)):
        messages.success(request, "It is saved.")
        return redirect("outcomes:group", me.pk)
    return render(request, "programmes/outcomes/entry.jinja", {"me": me, "form": form})


@require_POST
def hide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take oneself out of the directory, at once."""
    me = _own_entry(request, pk)
    present(alumnus=me, by=request.user, **EntryForm.stored(me) | {"listed": False})
    messages.success(request, "You are not in the directory any more.")
    return redirect("outcomes:group", me.pk)
