"""The equivalence register: asking and following one's own, and the leads' list and decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from programmes.actions import equivalences
from programmes.applicants.forms import DecisionForm, EquivalenceForm
from programmes.applicants.presenters import SOON, register_tag
from programmes.models import Equivalence
from programmes.states import EquivalenceState
from registry.accounts.http import SignedInRequest, scope_over
from registry.audit.record import read
from registry.competency.views.doors import own_profile
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """What I brought with me, and what was decided."""
    me = own_profile(request, P.PROGRAMME_TAKE_PART)
    rows = Equivalence.visible_to(request.user, P.PROGRAMME_TAKE_PART).with_people()
    context = {"me": me, "rows": [(row, register_tag(row)) for row in rows]}
    return render(request, "programmes/applying/equivalences.jinja", context)


@get_or_post
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask that something I did elsewhere counts."""
    me = own_profile(request, P.PROGRAMME_TAKE_PART)
    if me is None:
        return render(request, "programmes/applying/equivalences.jinja", {"me": me, "rows": []})
    form = EquivalenceForm(request.POST if request.method == "POST" else None, own=me.organisation)
    if accepted(form, lambda data: equivalences.ask(clinician=me, by=request.user, **data)):
        messages.success(request, "Your request is sent. You are told when it is decided.")
        return redirect("applying:equivalences")
    return render(request, "programmes/applying/ask.jinja", {"form": form})


@require_safe
def register(request: SignedInRequest) -> HttpResponse:
    """What waits for a decision, what ends soon, or the whole register."""
    scope_over(request, P.PROGRAMME_MANAGE)
    rows = Equivalence.visible_to(request.user, P.PROGRAMME_MANAGE).with_people()
    day = today()
    lists = {
        "waiting": rows.filter(state=EquivalenceState.ASKED),
        "soon": rows.counting(day).filter(expires_on__lte=day + SOON),
        "all": rows.exclude(state=EquivalenceState.ASKED),
    }
    shown = request.GET.get("show", "")
    shown = shown if shown in lists else "waiting"
    page = keyset_page(lists[shown], params=request.GET, order=["pk"], descending=shown == "all")
    context = {
        "shown": shown,
        "counts": {name: found.count() for name, found in lists.items()},
        "page": page,
        "rows": [(row, register_tag(row), equivalences.may_decide(row, request.user)) for row in page.rows],
    }
    return render(request, "programmes/applying/register.jinja", context)


@get_or_post
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Recognise it until a day, or not, with the reason; reading it is written down."""
    row = get_object_or_404(Equivalence.visible_to(request.user, P.PROGRAMME_MANAGE).with_people(), pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None, tier=row.tier, applicant=row.clinician)

    def act(data: dict[str, Any]) -> None:
        said = {"equivalence": row, "reason": data["reason"], "by": request.user}
        if data["decision"] == "yes":
            equivalences.recognise(expires_on=data["expires_on"], **said)
        else:
            equivalences.refuse(**said)

    if accepted(form, act):
        messages.success(request, f"Saved. {row.clinician} has been told.")
        return redirect("applying:register")
    detail = {"equivalence": row.pk}
    read("equivalence", row.clinician, by=request.user, organisation_id=row.clinician.organisation_id, detail=detail)
    context = {
        "equivalence": row,
        "tag": register_tag(row),
        "form": form,
        "may_decide": equivalences.may_decide(row, request.user),
    }
    return render(request, "programmes/applying/decide.jinja", context)
