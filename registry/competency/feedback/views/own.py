"""The pages of the person a round is about: starting it, naming colleagues, and their own answers."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from registry.accounts.http import SignedInRequest
from registry.competency.feedback import presenters
from registry.competency.feedback.actions import raters, rounds
from registry.competency.feedback.facilitators import facilitators_for
from registry.competency.feedback.forms import FacilitatorForm, RaterForm, ReasonForm, RoundForm
from registry.competency.feedback.states import RaterGroup, RaterState, RoundState
from registry.competency.feedback.steps import NOW
from registry.competency.feedback.views import answering
from registry.competency.feedback.views.doors import own_or_led_round, own_round, rater_of
from registry.competency.models import FeedbackRater, FeedbackRound, FrameworkVersion
from registry.competency.views.doors import own_profile
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """My feedback: rounds about me, the newest first."""
    me = own_profile(request, P.FEEDBACK_RECEIVE)
    rows = FeedbackRound.visible_to(request.user, P.FEEDBACK_RECEIVE).select_related("version", "facilitator")
    context = {"me": me, "rounds": [(row, presenters.tag(row)) for row in rows]}
    return render(request, "feedback/mine.jinja", context)


@get_or_post
def start(request: SignedInRequest) -> HttpResponse:
    """Choose a framework and a facilitator."""
    me = own_profile(request, P.FEEDBACK_RECEIVE)
    if me is None:
        raise Http404
    running = FeedbackRound.visible_to(request.user, P.FEEDBACK_RECEIVE).still_open().first()
    versions = FrameworkVersion.rows().open_to_new(today()).order_by("-is_default", "name")
    facilitators = facilitators_for(me)
    form = RoundForm(request.POST if request.method == "POST" else None, versions=versions, facilitators=facilitators)
    if begun := accepted(form, lambda data: rounds.start(subject=me, by=request.user, **data)):
        return redirect("feedback:round", begun.pk)
    context = {"form": form, "me": me, "running": running, "any": versions and facilitators}
    return render(request, "feedback/start.jinja", context)


@require_safe
def round_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One round about me: what it waits for, and what I can do."""
    row = own_round(request, pk)
    context = presenters.round_context(row) | {
        "mine": row.raters.filter(group=RaterGroup.SELF).first(),
        "led": facilitators_for(row.subject).filter(pk=row.facilitator_id).exists(),
    }
    return render(request, "feedback/round.jinja", context)


@get_or_post
def add_rater(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name a colleague: the subject's page, and the facilitator's while the list is with them."""
    row = own_or_led_round(request, pk)
    home, form = presenters.page_of(row, request.user), RaterForm(request.POST if request.method == "POST" else None)
    if added := accepted(form, lambda data: raters.add_rater(round=row, by=request.user, **data)):
        messages.success(request, f"{added.name} is on the list.")
        return redirect("feedback:add_rater" if "another" in request.POST else home, pk)
    context = {"round": row, "form": form, "back": reverse(home, args=[pk])}
    return render(request, "feedback/add_rater.jinja", context)


@require_POST
def remove_rater(request: SignedInRequest, pk: int, rater: int) -> HttpResponse:
    """Take a colleague off the list."""
    row = own_or_led_round(request, pk)
    removed = rater_of(row, rater)
    raters.remove_rater(rater=removed, by=request.user)
    messages.success(request, f"{removed.name} is off the list.")
    return redirect(presenters.page_of(row, request.user), pk)


@require_POST
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the list to the facilitator."""
    row = own_round(request, pk)
    try:
        rounds.propose(round=row, by=request.user)
    except Invalid as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, f"Sent to {row.facilitator}. You will see here when the invitations have gone out.")
    return redirect("feedback:round", pk)


@get_or_post
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a round without a report, by its subject or its facilitator, after being asked."""
    row = own_or_led_round(request, pk)
    back = presenters.page_of(row, request.user)
    if row.state in (RoundState.CLOSED, RoundState.RELEASED, RoundState.CANCELLED) and request.method != "POST":
        return redirect(back, pk)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        label="Why do you cancel it?",
        hint="You and the facilitator see this.",
    )
    if accepted(form, lambda data: rounds.cancel(round=row, by=request.user, **data)):
        messages.success(request, "The round is cancelled. Nothing that was answered is kept.")
        return redirect(back, pk)
    return render(request, "feedback/cancel.jinja", {"round": row, "form": form, "back": reverse(back, args=[pk])})


@get_or_post
def facilitator(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose another facilitator, where the one of this round can no longer lead it."""
    row = own_round(request, pk)
    able = facilitators_for(row.subject)
    if able.filter(pk=row.facilitator_id).exists() and request.method != "POST":
        return redirect("feedback:round", pk)
    form = FacilitatorForm(request.POST if request.method == "POST" else None, facilitators=able)
    if changed := accepted(form, lambda data: rounds.change_facilitator(round=row, by=request.user, **data)):
        messages.success(request, f"{changed.facilitator} leads this round now.")
        return redirect("feedback:round", pk)
    return render(request, "feedback/facilitator.jinja", {"round": row, "form": form, "any": able})


# --- one's own answers ------------------------------------------------------------------------------------------------


def _myself(request: SignedInRequest, pk: int) -> FeedbackRater:
    row = own_round(request, pk)
    found: FeedbackRater | None = row.raters.filter(group=RaterGroup.SELF).first()
    if found is None:  # cancelled, or its answers have been removed in time
        raise WrongState(NOW[RoundState(row.state)])
    found.round = row
    return found


def _places(pk: int) -> answering.Places:
    return answering.Places(
        home=reverse("feedback:own_answers", args=[pk]),
        part=lambda number: reverse("feedback:own_part", args=[pk, number]),
        done=reverse("feedback:round", args=[pk]),
    )


@get_or_post
def own_answers(request: SignedInRequest, pk: int) -> HttpResponse:
    """The parts of my own answers, and sending them."""
    me = _myself(request, pk)
    if me.round.state != RoundState.RUNNING or me.state != RaterState.WAITING:
        return redirect("feedback:round", pk)
    return answering.tasks(request, me, _places(pk))


@get_or_post
def own_part(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """One part of my own answers."""
    me = _myself(request, pk)
    if (me.round.state != RoundState.RUNNING or me.state != RaterState.WAITING) and request.method != "POST":
        return redirect("feedback:round", pk)
    return answering.part(request, me, number, _places(pk))
