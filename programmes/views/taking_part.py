"""The pages of whoever takes part: their programmes, one of them with everything in it, host and objectives."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes import taking_part_presenters as presenters
from programmes.actions import fellowships, moving
from programmes.fields import ProgrammeKind
from programmes.models import Enrolment, FellowshipObjective
from programmes.states import NOT_LEFT
from programmes.taking_part_forms import FellowshipObjectiveForm, HostForm, LookBackForm, ReasonForm
from programmes.views.running_doors import own_place
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """The programmes I take part in, and those that are over."""
    require_own(request, P.PROGRAMME_TAKE_PART)
    return render(request, "programmes/taking_part/mine.jinja", presenters.mine(request.user))


@require_safe
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    """One programme: what comes next, what is done, with whom, and the certificate."""
    row = own_place(request, pk)
    return render(request, "programmes/taking_part/place.jinja", presenters.place_page(row, request.user))


@get_or_post
def give_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give my place up."""
    row = own_place(request, pk)
    if row.state not in NOT_LEFT and request.method != "POST":
        return redirect("taking_part:place", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].help_text = "The programme’s leads read this. Do not give medical details."
    if accepted(form, lambda data: moving.withdraw(enrolment=row, by=request.user, **data)):
        messages.success(request, "You no longer have a place in this programme.")
        return redirect("taking_part:place", pk)
    return render(request, "programmes/taking_part/give_up.jinja", {"place": row, "form": form})


@get_or_post
def host(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say where I work during the fellowship."""
    row = _fellowship(request, pk)
    form = HostForm(request.POST if request.method == "POST" else None, enrolment=row)
    if accepted(form, lambda data: fellowships.choose_host(enrolment=row, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("taking_part:place", pk)
    return _form(request, row, form, "Host organisation", "Save")


@get_or_post
def add_objective(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add an objective of the fellowship."""
    row = _fellowship(request, pk)
    form = FellowshipObjectiveForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: fellowships.set_objective(enrolment=row, by=request.user, **data)):
        messages.success(request, "The objective is added.")
        return redirect("taking_part:place", pk)
    return _form(request, row, form, "Add an objective", "Add the objective")


@get_or_post
def change_objective(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an objective in other words."""
    found = _objective(request, pk)
    row = own_place(request, found.enrolment_id)
    form = FellowshipObjectiveForm(request.POST if request.method == "POST" else None, objective=found)
    if accepted(form, lambda data: fellowships.set_objective(enrolment=row, objective=found, by=request.user, **data)):
        messages.success(request, "The objective is saved.")
        return redirect("taking_part:place", row.pk)
    return _form(request, row, form, "Change the objective", "Save the objective")


@require_POST
def remove_objective(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an objective off."""
    found = _objective(request, pk)
    fellowships.remove_objective(objective=found, by=request.user)
    messages.success(request, "The objective is off the list.")
    return redirect("taking_part:place", found.enrolment_id)


@get_or_post
def look_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say which objectives were met."""
    row = _fellowship(request, pk)
    form = LookBackForm(request.POST if request.method == "POST" else None, objectives=row.objectives.all())
    if accepted(form, lambda data: fellowships.look_back(enrolment=row, met=form.met, by=request.user)):
        messages.success(request, "Saved.")
        return redirect("taking_part:place", pk)
    return _form(request, row, form, "Which objectives have you met?", "Save")


def _fellowship(request: SignedInRequest, pk: int) -> Enrolment:
    row = own_place(request, pk)
    if row.cohort.version.programme.kind != ProgrammeKind.FELLOWSHIP:
        raise Http404
    return row


def _objective(request: SignedInRequest, pk: int) -> FellowshipObjective:
    rows = FellowshipObjective.visible_to(request.user, P.PROGRAMME_TAKE_PART).select_related("enrolment")
    return get_object_or_404(rows, pk=pk)


def _form(request: SignedInRequest, row: Enrolment, form: object, title: str, act: str) -> HttpResponse:
    context = {"place": row, "form": form, "title": title, "act": act}
    return render(request, "programmes/taking_part/place_form.jinja", context)
