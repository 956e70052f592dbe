"""Answering a questionnaire, for a colleague behind a link and for the person themself: parts, saving, sending."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.competency.feedback import presenters
from registry.competency.feedback.actions import answering
from registry.competency.feedback.forms import AnswersForm
from registry.competency.feedback.questionnaire import Answers
from registry.competency.feedback.states import RaterGroup
from registry.competency.models import FeedbackRater
from registry.kernel.errors import Invalid
from registry.nhsuk.submitting import accepted


@dataclass(frozen=True, slots=True)
class Places:
    """Where the pages of one person's answers are: the list of parts, each part, and what comes after sending."""

    home: str
    part: Callable[[int], str]
    done: str
    decline: str = ""


def tasks(request: HttpRequest, rater: FeedbackRater, places: Places) -> HttpResponse:
    """Every part and how far it is; posted, everything is sent for good."""
    problem = ""
    if request.method == "POST":
        try:
            answering.send(rater=rater)
        except Invalid as refused:
            problem = refused.message
        else:
            messages.success(request, "Your answers are sent. Thank you.")
            return redirect(places.done)
    context = {
        "rater": rater,
        "about": rater.round.subject,
        "own": rater.group == RaterGroup.SELF,
        "alone": rater.group == RaterGroup.MANAGER,
        "tasks": presenters.tasks(rater, places.part),
        "problem": problem,
        "decline": places.decline,
        "attribution": rater.round.asks.attribution,
    }
    return render(request, "feedback/tasks.jinja", context)


def part(request: HttpRequest, rater: FeedbackRater, number: int, places: Places) -> HttpResponse:
    """One part: questions of a domain, or the words at the end; saved by the button, in any order."""
    parts = rater.round.asks.parts_for(rater.group)
    if not 1 <= number <= len(parts) + 1:
        raise Http404
    asked = parts[number - 1] if number <= len(parts) else None
    own = rater.group == RaterGroup.SELF
    form = AnswersForm(
        request.POST if request.method == "POST" else None,
        part=asked,
        answers=Answers.from_plain(rater.draft),
        about="" if own else rater.round.subject.name,
    )
    keys = [question.key for question in asked.questions] if asked else []
    save = partial(answering.save, rater=rater, part=asked.code if asked else "", keys=keys, prompts=list(form.prompts))
    if accepted(form, lambda _: save(answers=form.answers)):
        later = request.POST.get("next") == "later" or asked is None
        return redirect(places.home if later else places.part(number + 1))
    context = {
        "form": form,
        "part": asked,
        "number": number,
        "count": len(parts) + 1,
        "own": own,
        "about": rater.round.subject,
        "home": places.home,
    }
    return render(request, "feedback/part.jinja", context)
