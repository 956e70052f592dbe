"""Appeals: asking for a second look, and deciding about it."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from programmes.actions import appealing
from programmes.models import Appeal
from programmes.selecting import presenters
from programmes.selecting.forms import AppealForm, DecideAppealForm
from programmes.states import AppealState
from programmes.views.answering import application_owned
from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@get_or_post
def lodge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a second look at a result."""
    row = application_owned(request, pk)
    shown = presenters.appeal_page(row)
    if not shown["possible"] and request.method != "POST":
        return redirect("applying:application", pk)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: appealing.lodge(application=row, by=request.user, **data)):
        messages.success(request, "Your appeal is with the programme leads. You are told what is decided, and why.")
        return redirect("applying:application", pk)
    return render(request, "programmes/selecting/appeal.jinja", shown | {"form": form})


@get_or_post
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """An appeal with what it is about; the decision, for somebody who had no part in the result."""
    rows = Appeal.visible_to(request.user, P.PROGRAMME_MANAGE).select_related(
        "application__clinician__organisation", "application__cohort__version__programme", "gate", "decided_by"
    )
    row = cast("Appeal", get_object_or_404(rows, pk=pk))
    form = DecideAppealForm(request.POST if request.method == "POST" else None)

    def act(data: dict) -> None:
        appealing.decide(appeal=row, upheld=data["upheld"] == "yes", reason=data["reason"], by=request.user)

    if accepted(form, act):
        messages.success(request, "The appeal is decided, and the applicant is told.")
        return redirect("selecting:cohort", row.application.cohort_id)
    clinician = row.application.clinician
    read("appeal", clinician, by=request.user, organisation_id=clinician.organisation_id, detail={"appeal": row.pk})
    context = presenters.decide_appeal_page(row, request.user) | {
        "form": form,
        "lodged": row.state == AppealState.LODGED,
    }
    return render(request, "programmes/selecting/decide_appeal.jinja", context)
