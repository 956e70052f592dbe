"""Postponements that wait for somebody to decide, and deciding."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.actions import deciding
from registry.appraisals.models import Postponement
from registry.appraisals.officers.forms import DecisionForm
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

RELATED = ("appraisal__clinician__organisation", "appraisal__rule__cycle", "appraisal__appraiser", "asked_by")


@require_safe
def postponements(request: SignedInRequest) -> HttpResponse:
    """What waits for a decision, the longest first."""
    scope_over(request, P.APPRAISAL_MANAGE)
    visible = Postponement.visible_to(request.user, P.APPRAISAL_MANAGE).filter(approved__isnull=True)
    page = keyset_page(visible.select_related(*RELATED), params=request.GET, order=["pk"])
    context = {"page": page, "rows": [(row, deciding.may_decide(row, request.user)) for row in page.rows]}
    return render(request, "officers/postponements.jinja", context)


@get_or_post
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve with a date, or refuse with a reason."""
    visible = Postponement.visible_to(request.user, P.APPRAISAL_MANAGE)
    row = get_object_or_404(visible.select_related(*RELATED, "decided_by"), pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None, initial={"to_due_on": row.to_due_on})

    def act(data: dict[str, Any]) -> None:
        if data["decision"] == "refuse":
            deciding.refuse_postponement(postponement=row, reason=data["reason"], by=request.user)
        else:
            wanted = data["to_due_on"] or row.to_due_on
            deciding.approve_postponement(postponement=row, to_due_on=wanted, reason=data["reason"], by=request.user)

    if accepted(form, act):
        row.refresh_from_db()
        said = f"Approved: the new date is {long_date(row.to_due_on)}." if row.approved else "Refused."
        messages.success(request, said)
        return redirect("officers:postponements")
    context = {"postponement": row, "form": form, "may_decide": deciding.may_decide(row, request.user)}
    return render(request, "officers/decide.jinja", context)
