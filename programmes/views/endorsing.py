"""A line manager's pages: who asks for an endorsement, and answering."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from programmes.actions import endorsing
from programmes.applicants.forms import EndorsementForm
from programmes.models import Endorsement
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def endorsements(request: SignedInRequest) -> HttpResponse:
    """Those that wait for my answer, the next to close first, and those I have answered."""
    require_own(request, P.APPLICATION_ENDORSE)
    rows = Endorsement.visible_to(request.user, P.APPLICATION_ENDORSE).with_people()
    answered = rows.filter(answered_at__isnull=False)
    page = keyset_page(answered, params=request.GET, order=["answered_at", "pk"], descending=True, size=25)
    waiting = rows.waiting().order_by("application__cohort__closes_on", "pk")
    return render(request, "programmes/applying/endorsements.jinja", {"waiting": list(waiting), "page": page})


@get_or_post
def endorse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say yes, with protected time, or no, with a reason; what I said, once I have."""
    rows = Endorsement.visible_to(request.user, P.APPLICATION_ENDORSE)
    row = get_object_or_404(rows.with_people(), pk=pk)
    form = EndorsementForm(request.POST if request.method == "POST" else None, applicant=row.application.clinician)
    if accepted(form, lambda data: endorsing.answer(endorsement=row, by=request.user, **data)):
        messages.success(request, f"Thank you. {row.application.clinician} has been told that you have answered.")
        return redirect("applying:endorsements")
    context = {"endorsement": row, "form": form, "waiting": rows.waiting().filter(pk=pk).exists()}
    return render(request, "programmes/applying/endorse.jinja", context)
