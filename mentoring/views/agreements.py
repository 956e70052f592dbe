"""The pages on which two people agree how they work together, set goals, and look back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from mentoring import reviews
from mentoring.actions import agreeing, ending
from mentoring.fields import Kind
from mentoring.models import Agreement, Goal, Relationship
from mentoring.pair_forms import CHANGE, END, AgreeForm, AgreementForm, EvaluationForm, GoalForm
from mentoring.pair_presenters import line
from mentoring.states import RelationshipState
from mentoring.terms import LIMITS, GoalState, Point
from mentoring.views.pairs import pair_form, pair_of, posted
from registry.accounts.http import SignedInRequest
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt_change
from registry.nhsuk.submitting import accepted, get_or_post


@get_or_post
def agreement(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write how the two work together, or change it."""
    row, stored = _under_way(request, pk)
    form = AgreementForm(posted(request), kind=row.kind, agreement=stored)

    def act(data: dict[str, Any], seen: str | None) -> Any:
        terms = agreeing.Terms(**{name: value for name, value in data.items() if name != "accepted"})
        return agreeing.write(relationship=row, terms=terms, accepted=data["accepted"], by=request.user, seen=seen)

    if done := attempt_change(form, act, stored=agreeing.mark_of(stored)):
        other = line(row, request.user).other
        said = "Saved. It is agreed." if done.holds else f"Saved. It holds once {other} has agreed, too."
        messages.success(request, said)
        return redirect("mentoring:pair", pk)
    return _agreement_page(request, row, form, "mentoring/agreement.jinja", stored)


@get_or_post
def agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read what the other wrote, and say yes to it."""
    row, stored = _under_way(request, pk)
    if stored is None:
        raise WrongState("Nothing is written yet.")
    form = AgreeForm(posted(request))

    def act(data: dict[str, Any], seen: str | None) -> Any:
        return agreeing.agree(relationship=row, accepted=data["accepted"], by=request.user, seen=seen or "")

    if attempt_change(form, act, stored=agreeing.mark_of(stored)):
        messages.success(request, "You have agreed.")
        return redirect("mentoring:pair", pk)
    return _agreement_page(request, row, form, "mentoring/agree.jinja", stored)


@get_or_post
def add_goal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a goal."""
    row, _ = _under_way(request, pk)
    return _save_goal(request, Goal(relationship=row), "Add")


@get_or_post
def goal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Word a goal anew."""
    row = _goal(request, pk)
    _under_way(request, row.relationship_id)
    return _save_goal(request, row, "Change")


@require_POST
def move_goal(request: SignedInRequest, pk: int, to: str) -> HttpResponse:
    """Say that a goal is met, dropped, or open after all."""
    row = _goal(request, pk)
    if to not in GoalState.values:
        raise Http404
    agreeing.move_goal(goal=row, to=GoalState(to), by=request.user)
    messages.success(request, f"Saved: {GoalState(to).label.lower()}.")
    return redirect("mentoring:pair", row.relationship_id)


@get_or_post
def evaluate(request: SignedInRequest, pk: int, point: str) -> HttpResponse:
    """Say how it goes halfway, or how it was at the end."""
    row = pair_of(request, pk)
    if point not in Point.values:
        raise Http404
    if reviews.open_point(row, today()) != point:
        raise WrongState("This cannot be said now.")
    asked = reviews.question(row)
    form = EvaluationForm(posted(request), point=Point(point), question=asked)

    def act(data: dict[str, Any]) -> Any:
        return ending.evaluate(relationship=row, point=Point(point), said=form.said, by=request.user)

    if accepted(form, act):
        messages.success(request, "Thank you. It is saved.")
        to = {CHANGE: "mentoring:agreement", END: "mentoring:end"}.get(
            form.cleaned_data.get("then", ""), "mentoring:pair"
        )
        return redirect(to, pk)
    other = line(row, request.user).other
    question = ", only your answer to the question for both, once both have answered" if asked else ""
    title = "How was it?" if point == Point.END else "Halfway: how does it go?"
    intro = (
        f"You can say this once. Programme leads see ratings only as totals of five or more pairs, and never whose "
        f"they are. {other} does not see your ratings{question}."
    )
    return pair_form(request, row, form, title, "Save", intro=intro)


def _save_goal(request: SignedInRequest, row: Goal, verb: str) -> HttpResponse:
    form = GoalForm(posted(request), goal=row)

    def act(data: dict[str, Any], seen: str | None) -> Any:
        return agreeing.set_goal(goal=row, by=request.user, seen=seen if row.pk else None, **data)

    stored = agreeing.mark_of_goal(_goal(request, row.pk)) if row.pk else ""
    if attempt_change(form, act, stored=stored):
        messages.success(request, "Saved.")
        return redirect("mentoring:pair", row.relationship_id)
    what = "shared objective" if row.relationship.kind == Kind.MANAGER else "goal"
    article = "a " if verb == "Add" else "the "
    intro = "Either of you can change it. Nobody else reads it."
    return pair_form(request, row.relationship, form, f"{verb} {article}{what}", f"Save the {what}", intro=intro)


def _goal(request: SignedInRequest, pk: int) -> Goal:
    rows = Goal.visible_to(request.user, P.MENTORING_OFFER).select_related("relationship__mentor__user")
    found: Goal = get_object_or_404(rows.select_related("relationship__clinician"), pk=pk)
    return found


def _agreement(request: SignedInRequest, row: Relationship) -> Agreement | None:
    found: Agreement | None = Agreement.visible_to(request.user, P.MENTORING_OFFER).filter(relationship=row).first()
    return found


def _under_way(request: SignedInRequest, pk: int) -> tuple[Relationship, Agreement | None]:
    row = pair_of(request, pk)
    if row.state != RelationshipState.ACTIVE:
        raise WrongState("This can be changed only while mentoring is under way.")
    return row, _agreement(request, row)


def _agreement_page(
    request: SignedInRequest, row: Relationship, form: Any, template: str, stored: Agreement | None
) -> HttpResponse:
    context = {
        "pair": row,
        "other": line(row, request.user).other,
        "form": form,
        "agreement": stored,
        "limits": LIMITS,
        "back": reverse("mentoring:pair", args=[row.pk]),
    }
    return render(request, template, context)
