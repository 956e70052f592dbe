"""My development, and starting, reading and closing a plan."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.clinicians.presenters import role_mixes
from registry.competency.development import presenters
from registry.competency.development.actions.plans import close_plan, start_plan
from registry.competency.development.forms import CloseForm, PlanForm
from registry.competency.development.measures import offered
from registry.competency.development.states import PlanState
from registry.competency.models import DevelopmentPlan
from registry.competency.views.doors import assessment_of, own_profile, require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt
from registry.nhsuk.submitting import get_or_post


@require_safe
def development(request: SignedInRequest) -> HttpResponse:
    """My development: plans, gaps and objectives, career conversations, and how my posts divide."""
    me = own_profile(request, P.DEVELOPMENT_PLAN)
    if me is None:
        return render(request, "development/mine.jinja", {"me": None})
    context = presenters.development(me, request.user) | {"mixes": role_mixes(me)}
    return render(request, "development/mine.jinja", context)


@require_safe
def choose(request: SignedInRequest) -> HttpResponse:
    """Which agreed assessment to start a plan from; with one to choose from, straight on."""
    require_own(request, P.DEVELOPMENT_PLAN)
    plans = DevelopmentPlan.visible_to(request.user, P.DEVELOPMENT_PLAN)
    taken = {plan.framework: plan for plan in plans.still_open().select_related("version")}
    newest = presenters.newest_agreed(request.user)
    free = [one for one in newest if one.framework not in taken]
    if len(free) == 1:
        return redirect("competency:start_plan", free[0].pk)
    return render(request, "development/choose.jinja", {"assessments": free, "taken": list(taken.values())})


@get_or_post
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose what to compare the levels with, and start the plan."""
    require_own(request, P.DEVELOPMENT_PLAN)
    row = assessment_of(request, pk, P.ASSESSMENT_EDIT)
    plans = DevelopmentPlan.visible_to(request.user, P.DEVELOPMENT_PLAN)
    if request.method != "POST":
        if (taken := plans.still_open().filter(framework=row.framework).first()) is not None:
            return redirect("competency:plan", taken.pk)
        if row not in presenters.newest_agreed(request.user):
            raise Http404
    form = PlanForm(request.POST if request.method == "POST" else None, targets=offered(row, request.user))
    begun = attempt(form, lambda: start_plan(assessment=row, target=form.cleaned_data["target"], by=request.user))
    if begun is not None:
        messages.success(request, "Your plan is started. Now add what you want to work on.")
        return redirect("competency:plan", begun.pk)
    return render(request, "development/start.jinja", {"assessment": row, "form": form})


def plan_of(request: SignedInRequest, pk: int) -> DevelopmentPlan:
    """One's own plan of this key with its parts, or 404."""
    rows = DevelopmentPlan.visible_to(request.user, P.DEVELOPMENT_PLAN).select_related("clinician").with_parts()
    return cast("DevelopmentPlan", get_object_or_404(rows, pk=pk))


@require_safe
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """A plan: what it is measured against, the gaps, and the objectives."""
    row = plan_of(request, pk)
    newest = {one.framework: one for one in presenters.newest_agreed(request.user)}
    newer = newest.get(row.framework) if row.state == PlanState.OPEN else None
    context = {"plan": row, "view": presenters.plan_view(row, request.user, newer), "tag": presenters.progress_tag}
    return render(request, "development/plan.jinja", context)


@get_or_post
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what came of it, and close the plan."""
    row = plan_of(request, pk)
    if row.state != PlanState.OPEN and request.method != "POST":
        return redirect("competency:plan", pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if attempt(form, lambda: close_plan(plan=row, outcome=form.cleaned_data["outcome"], by=request.user)):
        messages.success(request, "The plan is closed. You can still read it.")
        return redirect("competency:development")
    return render(request, "development/close.jinja", {"plan": row, "form": form})
