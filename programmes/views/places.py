"""A lead's pages about places: the ranking with its reasons, deciding, who has which place, and feedback."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes.actions import feedback as feeding
from programmes.actions import offering
from programmes.models import Application
from programmes.selecting import presenters
from programmes.selecting.forms import DecideForm, FeedbackForm
from programmes.states import IN_SELECTION, MAY_LOSE, ApplicationState, CohortState
from programmes.views.readings import application_led, cohort_led
from registry.accounts.http import SignedInRequest
from registry.audit.record import read_many
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

PAGE = 25


@require_safe
def places(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is offered a place, who has taken it, and who waits in which order."""
    cohort = cohort_led(request, pk)
    rows = Application.visible_to(request.user, P.PROGRAMME_MANAGE).with_people().with_waiting_position()
    ranked = rows.filter(cohort=cohort, rank__isnull=False)
    page = keyset_page(ranked, params=request.GET, order=["rank", "pk"], size=PAGE)
    _note_read(request, page.rows)
    context = {"cohort": cohort, "page": page} | presenters.places_page(cohort, page.rows, request.user)
    return render(request, "programmes/selecting/places.jinja", context)


@get_or_post
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """The ranking and who would get a place, with the reasons; then the decision."""
    cohort = cohort_led(request, pk)
    if cohort.state != CohortState.SELECTING and request.method != "POST":
        return redirect("selecting:places", pk)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if done := accepted(form, lambda data: offering.decide(cohort=cohort, by=request.user, **data)):
        messages.success(
            request,
            f"Decided: {done.offered} places are offered, {done.waiting} people wait, and everybody has been told.",
        )
        return redirect("selecting:places", pk)
    context = presenters.decide_page(cohort, request.user)
    _note_read(request, [line.row for line in context["lines"]])
    return render(request, "programmes/selecting/decide.jinja", context | {"form": form})


@require_POST
def close_waiting_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell those who wait that no place falls free any more."""
    number = offering.close_waiting_list(cohort=cohort_led(request, pk), by=request.user)
    messages.success(request, f"The waiting list is closed. {number} people have been told.")
    return redirect("selecting:places", pk)


@get_or_post
def feedback(request: SignedInRequest, pk: int) -> HttpResponse:
    """Feedback for everybody who is not selected: who has none, and beginning it from what the gates said."""
    cohort = cohort_led(request, pk)
    if request.method == "POST":
        number = feeding.begin(cohort=cohort, by=request.user)
        messages.success(request, f"Feedback is begun for {number} people. Read it, and make it their own.")
        return redirect("selecting:feedback", pk)
    rows = Application.visible_to(request.user, P.PROGRAMME_MANAGE).with_people()
    rows = rows.filter(cohort=cohort, state=ApplicationState.NOT_SELECTED)
    page = keyset_page(rows, params=request.GET, order=["pk"], size=PAGE)
    silent = Application.visible_to(request.user, P.PROGRAMME_MANAGE).filter(
        cohort=cohort, state__in=MAY_LOSE, feedback=""
    )
    context = {
        "cohort": cohort,
        "page": page,
        "silent": silent.count(),
        "writable": cohort.state in IN_SELECTION,
    }
    return render(request, "programmes/selecting/feedback.jinja", context)


@get_or_post
def write_feedback(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one person is told if they are not selected."""
    row = application_led(request, pk)
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial={"feedback": row.feedback})
    if accepted(form, lambda data: feeding.write(application=row, by=request.user, **data)):
        messages.success(request, "The feedback is saved.")
        return redirect("selecting:feedback", row.cohort_id)
    return render(request, "programmes/selecting/write_feedback.jinja", {"application": row, "form": form})


def _note_read(request: SignedInRequest, rows: list[Application]) -> None:
    read_many("applications", [row.clinician for row in rows], by=request.user)
