"""A lead's page about the gates of a cohort: who has passed how far, and settling what can be decided."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from programmes.actions import settling
from programmes.applicants import presenters
from programmes.states import IN_SELECTION
from programmes.views.readings import cohort_led
from registry.accounts.http import SignedInRequest
from registry.nhsuk.submitting import get_or_post


@get_or_post
def settle(request: SignedInRequest, pk: int) -> HttpResponse:
    """How many have passed each gate; and the button that has the gates decide."""
    cohort = cohort_led(request, pk)
    if request.method == "POST":
        done = settling.settle(cohort=cohort, by=request.user)
        messages.success(
            request, f"Settled: {done.passed} gates were passed, and {done.failed} people are out of the selection."
        )
        return redirect("applying:settle", pk)
    context = {
        "cohort": cohort,
        "gates": presenters.gate_counts(cohort, request.user),
        "may_settle": cohort.state in IN_SELECTION,
    }
    return render(request, "programmes/applying/settle.jinja", context)
