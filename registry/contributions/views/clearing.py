"""What officers decide about interests in ventures."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.audit.record import read
from registry.contributions.actions import clearing as actions
from registry.contributions.forms import DecisionForm
from registry.contributions.models import Declaration
from registry.contributions.presenters import decision_tag, stage_tag
from registry.contributions.states import Stage
from registry.contributions.steps import mark_of
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

RELATED = ("venture__clinician__organisation", "decided_by", "organisation")


@require_safe
def clearing(request: SignedInRequest) -> HttpResponse:
    """What waits, the longest first; or what was decided, the last first."""
    scope_over(request, P.VENTURE_CLEAR)
    decided = request.GET.get("show") == "decided"
    visible = Declaration.visible_to(request.user, P.VENTURE_CLEAR)
    rows = visible.decided() if decided else visible.waiting()
    page = keyset_page(rows.select_related(*RELATED), params=request.GET, order=["pk"], descending=decided)
    context = {
        "page": page,
        "decided": decided,
        "rows": [(row, decision_tag(row), actions.may_decide(row, request.user)) for row in page.rows],
    }
    return render(request, "contributions/clearing.jinja", context)


@get_or_post
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was declared and about which venture; then the decision. Reading it is recorded."""
    scope_over(request, P.VENTURE_CLEAR)
    visible = Declaration.visible_to(request.user, P.VENTURE_CLEAR)
    row = get_object_or_404(visible.select_related(*RELATED), pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None)

    def act(data: dict[str, Any]) -> None:
        cleared = data["decision"] == "clear"
        seen = request.POST.get("seen")
        actions.decide(declaration=row, cleared=cleared, reason=data["reason"], by=request.user, seen=seen)

    clinician = row.venture.clinician
    if accepted(form, act):
        messages.success(request, f"Your decision about {row.venture} is saved, and {clinician} is told.")
        return redirect("contributions:clearing")
    may = actions.may_decide(row, request.user)
    if may:
        read("venture", clinician, by=request.user, organisation_id=row.organisation_id)
    context = {
        "form": form,
        "seen": mark_of(row.venture),
        "declaration": row,
        "venture": row.venture,
        "stage": stage_tag(row.venture),
        "tag": decision_tag(row),
        "may_decide": may,
        "open": row.cleared is None and row.replaced_at is None and row.venture.stage != Stage.ENDED,
        "funding": list(row.venture.funding.all()),
        "partners": list(row.venture.partners.all()),
        "others": [
            (one, decision_tag(one))
            for one in visible.filter(venture=row.venture)
            .exclude(pk=row.pk)
            .select_related("decided_by", "organisation")
        ],
    }
    return render(request, "contributions/decide.jinja", context)
