"""The objectives of a plan: add, read, change, say how it is going, review."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.competency.development import presenters
from registry.competency.development.actions import objectives as actions
from registry.competency.development.actions.objectives import mark_of
from registry.competency.development.forms import ObjectiveForm, ProgressForm, ReviewForm
from registry.competency.development.states import ACTIVE, PlanState, Progress
from registry.competency.development.views.plans import plan_of
from registry.competency.models import Objective
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt
from registry.nhsuk.submitting import get_or_post


def _objective_of(request: SignedInRequest, pk: int) -> Objective:
    rows = Objective.visible_to(request.user, P.DEVELOPMENT_PLAN).select_related("plan__version", "plan__clinician")
    return cast("Objective", get_object_or_404(rows.prefetch_related("elements__domain"), pk=pk))


@get_or_post
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new objective; `?element=` ticks the element somebody came from."""
    plan = plan_of(request, pk)
    if plan.state != PlanState.OPEN and request.method != "POST":
        return redirect("competency:plan", pk)
    asked = request.GET.get("element", "")
    elements = [element.pk for domain in plan.version.domains.all() for element in domain.elements.all()]
    initial = {"elements": [key for key in elements if str(key) == asked]}
    form = ObjectiveForm(request.POST if request.method == "POST" else None, version=plan.version, initial=initial)
    added = attempt(form, lambda: actions.add_objective(plan=plan, wanted=form.wanted, by=request.user))
    if added is not None:
        messages.success(request, "The objective is added.")
        return redirect("competency:objective", added.pk)
    return render(request, "development/objective_form.jinja", {"plan": plan, "objective": None, "form": form})


@require_safe
def objective(request: SignedInRequest, pk: int) -> HttpResponse:
    """An objective with its reviews and steps."""
    row = _objective_of(request, pk)
    active = row.state in ACTIVE
    context = {
        "objective": row,
        "plan": row.plan,
        "tag": presenters.progress_tag(row),
        "open": row.plan.state == PlanState.OPEN,
        "active": active,
        "reviews": list(row.reviews.all()),
        "steps": list(row.transitions.all()),
        "overdue": active and row.due_on < today(),
    }
    return render(request, "development/objective.jinja", context)


def _no_longer(row: Objective, request: SignedInRequest, *, active: bool) -> bool:
    """Whether the page of a change has nothing to offer any more; what is sent all the same, the action refuses."""
    closed = row.plan.state != PlanState.OPEN or (active and row.state not in ACTIVE)
    return closed and request.method != "POST"


@get_or_post
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an objective."""
    row = _objective_of(request, pk)
    if _no_longer(row, request, active=True):
        return redirect("competency:objective", pk)
    initial = ObjectiveForm.stored(row) | {"seen": mark_of(row)}
    version = row.plan.version
    form = ObjectiveForm(request.POST if request.method == "POST" else None, version=version, initial=initial)

    def save() -> Objective:
        return actions.edit_objective(
            objective=row, wanted=form.wanted, by=request.user, seen=form.cleaned_data["seen"]
        )

    if attempt(form, save, stored=mark_of(row)):
        messages.success(request, "The objective is saved.")
        return redirect("competency:objective", pk)
    return render(request, "development/objective_form.jinja", {"plan": row.plan, "objective": row, "form": form})


@get_or_post
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say how an objective is going."""
    row = _objective_of(request, pk)
    if _no_longer(row, request, active=False):
        return redirect("competency:objective", pk)
    form = ProgressForm(request.POST if request.method == "POST" else None, state=row.state)

    def move() -> Objective:
        to, reason = Progress(form.cleaned_data["to"]), form.cleaned_data["reason"]
        return actions.move_objective(objective=row, to=to, reason=reason, by=request.user)

    moved = attempt(form, move)
    if moved is not None:
        messages.success(request, f"The objective is {moved.get_state_display().lower()}.")
        return redirect("competency:objective", pk)
    return render(request, "development/progress.jinja", {"objective": row, "form": form})


@get_or_post
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look back at an objective, and say when to look again."""
    row = _objective_of(request, pk)
    if _no_longer(row, request, active=True):
        return redirect("competency:objective", pk)
    form = ReviewForm(request.POST if request.method == "POST" else None, initial={"on": today()})
    if attempt(form, lambda: actions.review_objective(objective=row, **form.cleaned_data, by=request.user)):
        messages.success(request, "The review is saved.")
        return redirect("competency:objective", pk)
    return render(request, "development/review.jinja", {"objective": row, "form": form})
