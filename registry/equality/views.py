"""A person's own page: give, change and erase their answers. Nobody else has a page of them."""

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.accounts.http import SignedInRequest
from registry.equality import actions
from registry.equality.forms import AnswersForm
from registry.equality.models import EqualityAnswers
from registry.equality.suppression import SMALLEST_GROUP
from registry.kernel.permissions import Permission
from registry.nhsuk.submitting import accepted


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: SignedInRequest) -> HttpResponse:
    """One's answers, to give or change."""
    if request.method == "POST":
        form = AnswersForm(request.POST)

        def act(data: dict[str, Any]) -> None:
            actions.answer(user=request.user, answers=data, alike=data["alike"], by=request.user)

        if accepted(form, act):
            given = _own_answers(request).exists()
            messages.success(request, "Your answers are saved." if given else "You have no answers with us.")
            return redirect("equality:own")
    else:
        form = AnswersForm(initial=model_to_dict(given) if (given := _own_answers(request).first()) else None)
    context = {"form": form, "has_answered": _own_answers(request).exists(), "smallest": SMALLEST_GROUP}
    return render(request, "equality/own.jinja", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: SignedInRequest) -> HttpResponse:
    """Confirm, then erase one's answers at once."""
    if request.method == "POST":
        actions.erase(user=request.user, by=request.user)
        messages.success(request, "Your answers are erased.")
        return redirect("equality:own")
    if not _own_answers(request).exists():
        return redirect("equality:own")
    return render(request, "equality/erase.jinja")


def _own_answers(request: SignedInRequest):
    return EqualityAnswers.visible_to(request.user, Permission.EQUALITY_ANSWER)
