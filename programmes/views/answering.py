"""The applicant's answer to an offer: taking the place, or turning it down."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from programmes.actions import offering
from programmes.models import Application
from programmes.selecting.forms import AcceptForm, DeclineForm
from programmes.states import COHORT_OVER, ApplicationState
from registry.accounts.http import SignedInRequest
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@get_or_post
def offer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The place I am offered, what goes with it, and until when I can take it."""
    row = application_owned(request, pk)
    if (row.state != ApplicationState.OFFERED or row.cohort.state in COHORT_OVER) and request.method != "POST":
        return redirect("applying:application", pk)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: offering.accept(application=row, by=request.user, **data)):
        messages.success(request, f"You have a place in {row.cohort}.")
        return redirect("applying:application", pk)
    return render(request, "programmes/selecting/offer.jinja", {"application": row, "form": form})


@get_or_post
def decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Turn the place down; somebody who waits gets it."""
    row = application_owned(request, pk)
    if (row.state != ApplicationState.OFFERED or row.cohort.state in COHORT_OVER) and request.method != "POST":
        return redirect("applying:application", pk)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: offering.decline(application=row, by=request.user, **data)):
        messages.success(request, "You have turned the place down. Thank you for telling us.")
        return redirect("applying:application", pk)
    return render(request, "programmes/selecting/decline.jinja", {"application": row, "form": form})


def application_owned(request: SignedInRequest, pk: int) -> Application:
    """The application of this key of the person asking, or 404."""
    rows = Application.visible_to(request.user, P.PROGRAMME_TAKE_PART).with_people()
    return cast("Application", get_object_or_404(rows, pk=pk))
