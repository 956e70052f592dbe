"""Give feedback: the pages behind an e-mailed link, which open nothing else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from registry.competency.feedback.actions import answering as answers
from registry.competency.feedback.links import hash_of, is_genuine
from registry.competency.feedback.views import answering
from registry.competency.models import FeedbackRater
from registry.kernel.errors import WrongState
from registry.nhsuk.submitting import get_or_post

NO_LINK = "This link does not work. It may not have been copied whole: open it from the message you were sent."
GONE = (
    "This link no longer works: its round is closed, or a newer link has replaced it. What was not sent before is not "
    "counted."
)
ABOUT_YOU = "This feedback is about you. You answer about yourself from your own feedback page."
YOU_LEAD = "You lead this round, so you cannot answer for a colleague."


def behind_link(view: Callable[..., HttpResponse]) -> Any:
    """Finds the rater of the link, or says why nothing can be answered; nobody is asked to sign in."""

    @login_not_required
    @never_cache
    @get_or_post
    @wraps(view)
    def found(request: HttpRequest, link: str, **rest: Any) -> HttpResponse:
        response = answer(request, link, **rest)
        response["Referrer-Policy"] = "strict-origin"  # the address is the key, and goes nowhere
        return response

    def answer(request: HttpRequest, link: str, **rest: Any) -> HttpResponse:
        if not is_genuine(link):
            return _refuse(request, NO_LINK, status=404)
        rater = FeedbackRater.behind(hash_of(link))
        if rater is None:
            return _refuse(request, GONE, status=410)
        if request.user.is_authenticated and request.user.pk == rater.round.subject.user_id:
            return _refuse(request, ABOUT_YOU, status=403)
        if request.user.is_authenticated and request.user.pk == rater.round.facilitator_id:
            return _refuse(request, YOU_LEAD, status=403)
        if sentence := answers.refusal(rater):
            return _refuse(request, sentence, status=200 if sentence in (answers.SENT, answers.DECLINED) else 410)
        try:
            return view(request, rater, link, **rest)
        except WrongState as refused:  # closed, or sent in another window, while they were typing
            return _refuse(request, refused.message, status=409)

    return found


@behind_link
def give(request: HttpRequest, rater: FeedbackRater, link: str) -> HttpResponse:
    """What this is about, the parts, and sending."""
    return answering.tasks(request, rater, _places(link))


@behind_link
def part(request: HttpRequest, rater: FeedbackRater, link: str, number: int) -> HttpResponse:
    """One part of the questionnaire."""
    return answering.part(request, rater, number, _places(link))


@behind_link
def decline(request: HttpRequest, rater: FeedbackRater, link: str) -> HttpResponse:
    """Say that one would rather not, after being asked."""
    here = reverse("feedback:give", args=[link])
    if request.method == "POST":
        answers.decline(rater=rater)
        return redirect(here)
    return render(request, "feedback/decline.jinja", {"about": rater.round.subject, "home": here})


def _places(link: str) -> answering.Places:
    here = reverse("feedback:give", args=[link])
    return answering.Places(
        home=here,
        part=lambda number: reverse("feedback:part", args=[link, number]),
        done=here,
        decline=reverse("feedback:decline", args=[link]),
    )


def _refuse(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    context = {"sentence": sentence, "thanks": sentence == answers.SENT}
    return render(request, "feedback/refused.jinja", context, status=status)
