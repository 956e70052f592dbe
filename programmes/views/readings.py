"""A lead's pages: how far each gate is, who reads what, and one application with what is known of it."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes import assessors, steps
from programmes.actions import applying, assigning
from programmes.fields import SCORED
from programmes.models import Application, Cohort, Gate, Reading
from programmes.selecting import presenters
from programmes.selecting.forms import ReaderForm, WithdrawForForm
from programmes.states import WAITING
from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

PAGE = 25


@require_safe
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the selection for a cohort is, and what comes next; or why that is nothing for whoever competes in it."""
    shown = _led(request, pk)
    if steps.competes(request.user, shown):
        return render(request, "programmes/selecting/competing.jinja", {"cohort": shown})
    return render(request, "programmes/selecting/cohort.jinja", presenters.selection_page(shown, request.user))


@require_safe
def gate(request: SignedInRequest, pk: int, gate: int) -> HttpResponse:
    """Who reads what at a gate, and how far they are."""
    shown = cohort_led(request, pk)
    found = _gate(shown, gate)
    rows = Application.visible_to(request.user, P.PROGRAMME_MANAGE).filter(cohort=shown, readings__gate=found)
    page = keyset_page(rows.distinct(), params=request.GET, order=["pk"], size=PAGE)
    context = {"cohort": shown, "gate": found, "page": page}
    context |= {"lines": presenters.readers_of(page.rows, found, request.user)}
    return render(request, "programmes/selecting/gate.jinja", context)


@require_POST
def assign(request: SignedInRequest, pk: int, gate: int) -> HttpResponse:
    """Give everybody at a gate the readers they need."""
    shown = cohort_led(request, pk)
    done = assigning.assign(gate=_gate(shown, gate), cohort=shown, by=request.user)
    if done.short:
        messages.warning(
            request,
            f"{done.made} readings are assigned. {done.short} applications are still short of a reader: add assessors "
            "to the cohort, or let those it has read more.",
        )
    else:
        messages.success(request, f"{done.made} readings are assigned.")
    return redirect("selecting:gate", pk, gate)


@require_safe
def application(request: SignedInRequest, pk: int) -> HttpResponse:
    """One application: gates, readers, points once all are in, feedback; reading it is written down."""
    row = application_led(request, pk)
    _note_read(request, row)
    return render(request, "programmes/selecting/application.jinja", presenters.application_page(row, request.user))


@get_or_post
def withdraw_for(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an application back for somebody who cannot do so."""
    row = application_led(request, pk)
    if row.state not in WAITING and request.method != "POST":
        return redirect("selecting:application", pk)
    form = WithdrawForForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: applying.withdraw_for(application=row, by=request.user, **data)):
        messages.success(request, f"{row.reference} is withdrawn.")
        return redirect("selecting:application", pk)
    return render(request, "programmes/selecting/withdraw_for.jinja", {"application": row, "form": form})


@get_or_post
def add_reader(request: SignedInRequest, pk: int, gate: int) -> HttpResponse:
    """Give an application one more reader, by hand."""
    row = application_led(request, pk)
    found = _gate(row.cohort, gate)
    form = ReaderForm(
        request.POST if request.method == "POST" else None, assessors=assessors.who_could_read(row, found)
    )

    def act(data: dict) -> Reading:
        return assigning.assign_by_hand(application=row, gate=found, by=request.user, **data)

    if made := accepted(form, act):
        messages.success(request, f"{made.assessor} reads it.")
        return redirect("selecting:application", pk)
    context = {"application": row, "gate": found, "form": form}
    return render(request, "programmes/selecting/add_reader.jinja", context)


@get_or_post
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an application from an assessor; what they gave does not count."""
    rows = Reading.visible_to(request.user, P.PROGRAMME_MANAGE).standing().with_gate()
    row = cast("Reading", get_object_or_404(rows.select_related("assessor"), pk=pk))
    if request.method == "POST":
        assigning.take_back(reading=row, by=request.user)
        messages.success(request, f"{row.assessor} does not read it any more.")
        return redirect("selecting:application", row.application_id)
    return render(request, "programmes/selecting/take_back.jinja", {"reading": row})


def cohort_led(request: SignedInRequest, pk: int) -> Cohort:
    """The cohort of this key that the person asking runs and does not compete in, or 404."""
    row = _led(request, pk)
    steps.require_selecting(request.user, row)
    return row


def application_led(request: SignedInRequest, pk: int) -> Application:
    """The application of this key for a cohort that the person asking runs, or 404."""
    rows = Application.visible_to(request.user, P.PROGRAMME_MANAGE).with_people()
    return cast("Application", get_object_or_404(rows, pk=pk))


def _led(request: SignedInRequest, pk: int) -> Cohort:
    rows = Cohort.visible_to(request.user, P.PROGRAMME_MANAGE).with_programme()
    return cast("Cohort", get_object_or_404(rows, pk=pk))


def _gate(cohort: Cohort, pk: int) -> Gate:
    return get_object_or_404(Gate.rows(), version=cohort.version_id, kind__in=SCORED, pk=pk)


def _note_read(request: SignedInRequest, row: Application) -> None:
    detail = {"application": row.reference}
    read("application", row.clinician, by=request.user, organisation_id=row.clinician.organisation_id, detail=detail)
