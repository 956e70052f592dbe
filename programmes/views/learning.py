"""Learning put to work: a log of one's own, which one can share with those who did the same programme."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from programmes.models import LearningAtWork
from programmes.outcome_forms import LearningForm
from programmes.views.outcomes import own_place
from registry.accounts.http import SignedInRequest
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import get_or_post


def _own_entry(request: SignedInRequest, pk: int) -> LearningAtWork:
    rows = LearningAtWork.visible_to(request.user, P.PROGRAMME_TAKE_PART)
    return cast(
        "LearningAtWork", get_object_or_404(rows.select_related("enrolment__cohort__version__programme"), pk=pk)
    )


def _edited(request: SignedInRequest, entry: LearningAtWork) -> HttpResponse:
    place = entry.enrolment
    form = LearningForm(request.POST if request.method == "POST" else None, instance=entry, enrolment=place)
    if form.is_valid():
        form.save()
        messages.success(request, "It is saved.")
        return redirect("outcomes:own", place.pk)
    return render(request, "programmes/outcomes/learning.jinja", {"place": place, "entry": entry, "form": form})


@get_or_post
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down what one did with the learning."""
    return _edited(request, LearningAtWork(enrolment=own_place(request, pk)))


@get_or_post
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what one wrote, or whether it is shared."""
    return _edited(request, _own_entry(request, pk))


@get_or_post
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, and remove what one wrote."""
    entry = _own_entry(request, pk)
    if request.method == "POST":
        entry.delete()
        messages.success(request, "It is removed.")
        return redirect("outcomes:own", entry.enrolment_id)
    return render(request, "programmes/outcomes/remove_learning.jinja", {"entry": entry, "place": entry.enrolment})
