"""What one person is under: their cycles with the dates, putting them under another, and ending one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.actions import obligations
from registry.appraisals.models import Obligation
from registry.appraisals.officers.forms import EndObligationForm, PlaceOneForm
from registry.appraisals.officers.presenters import under
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@get_or_post
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """What somebody is and was under, and a form to put them under another cycle."""
    scope_over(request, P.APPRAISAL_MANAGE)
    clinician = get_object_or_404(
        Clinician.visible_to(request.user, P.APPRAISAL_MANAGE).select_related("organisation"), pk=pk
    )
    held = Obligation.visible_to(request.user, P.APPRAISAL_MANAGE).filter(clinician=clinician)
    posted = request.POST if request.method == "POST" else None
    form = PlaceOneForm(posted, held=held.in_force(), initial={"started_on": today()})
    if done := accepted(form, lambda data: obligations.place_under(clinician=clinician, by=request.user, **data)):
        messages.success(request, f"{clinician} is now under {done.cycle}.")
        return redirect("officers:person", pk)
    cycles: Any = form.fields["cycle"]
    context = {
        "clinician": clinician,
        "form": form,
        "rows": under(request.user, held),
        "choices": cycles.queryset.count(),
        "today": today(),
    }
    return render(request, "officers/person.jinja", context)


@get_or_post
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note the last day somebody is under a cycle, and why; what is open is cancelled."""
    scope_over(request, P.APPRAISAL_MANAGE)
    visible = Obligation.visible_to(request.user, P.APPRAISAL_MANAGE)
    row = get_object_or_404(visible.select_related("clinician", "cycle"), pk=pk)
    form = EndObligationForm(request.POST if request.method == "POST" else None, initial={"ended_on": today()})
    if accepted(form, lambda data: obligations.end(obligation=row, by=request.user, **data)):
        messages.success(request, f"{row.clinician} is no longer under {row.cycle}.")
        return redirect("officers:person", row.clinician_id)
    return render(request, "officers/end_obligation.jinja", {"obligation": row, "form": form})
