"""A supporter's pages: whom they support, check-ins to plan and note, and notes that nobody else reads."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from programmes import taking_part_presenters as presenters
from programmes.actions import supporting
from programmes.check_ins import suggested
from programmes.fields import ProgrammeKind
from programmes.models import CheckIn, FellowshipObjective
from programmes.states import COHORT_OVER, EnrolmentState
from programmes.taking_part_forms import CheckInForm, PlanForm
from programmes.views.running_doors import note_read, supported_place
from registry.accounts.http import SignedInRequest
from registry.competency.views.doors import require_own
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def fellows(request: SignedInRequest) -> HttpResponse:
    """Whom I support, and when we talk next."""
    require_own(request, P.FELLOW_SUPPORT)
    return render(request, "programmes/taking_part/fellows.jinja", presenters.fellows(request.user))


@get_or_post
def fellow(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person I support: check-ins, and their objectives; the next check-in is planned here."""
    row = supported_place(request, pk)
    days = suggested(row)
    form = PlanForm(request.POST if request.method == "POST" else None, initial={"planned_on": days[0]} if days else {})
    if accepted(form, lambda data: supporting.plan(enrolment=row, by=request.user, **data)):
        messages.success(request, f"The check-in is planned. {row.clinician} sees the day.")
        return redirect("taking_part:fellow", pk)
    note_read(request, row)
    context = {
        "place": row,
        "tag": presenters.state_tag(row),
        "form": form,
        "days": days,
        "open": row.state == EnrolmentState.ENROLLED and row.cohort.state not in COHORT_OVER,
        "check_ins": list(CheckIn.visible_to(request.user, P.FELLOW_SUPPORT).filter(enrolment=row)),
        "fellowship": row.cohort.version.programme.kind == ProgrammeKind.FELLOWSHIP,
        "objectives": list(FellowshipObjective.visible_to(request.user, P.FELLOW_SUPPORT).filter(enrolment=row)),
    }
    return render(request, "programmes/taking_part/fellow.jinja", context)


@require_POST
def plan_all(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan check-ins every four weeks until the end."""
    count = supporting.plan_all(enrolment=supported_place(request, pk), by=request.user)
    messages.success(request, "1 check-in is planned." if count == 1 else f"{count} check-ins are planned.")
    return redirect("taking_part:fellow", pk)


@get_or_post
def check_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that a check-in took place, and what I keep of it for myself."""
    row = _own(request, pk)
    form = CheckInForm(request.POST if request.method == "POST" else None, check_in=row)
    if accepted(form, lambda data: supporting.note(check_in=row, by=request.user, **data)):
        messages.success(request, "Saved. Only you can read your note.")
        return redirect(_back(row, request))
    context = {"check_in": row, "form": form, "back": _back(row, request)}
    return render(request, "programmes/taking_part/check_in.jinja", context)


@require_POST
def remove_check_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a check-in off, with what I noted."""
    row = _own(request, pk)
    back = _back(row, request)
    supporting.remove(check_in=row, by=request.user)
    messages.success(request, "The check-in is off, and your note with it.")
    return redirect(back)


def _own(request: SignedInRequest, pk: int) -> CheckIn:
    rows = CheckIn.visible_to(request.user, P.FELLOW_SUPPORT).select_related("enrolment__clinician")
    return get_object_or_404(rows, pk=pk)


def _back(row: CheckIn, request: SignedInRequest) -> str:
    """The page of the person, as long as they are supported."""
    if row.enrolment.supporter_id == request.user.pk:
        return reverse("taking_part:fellow", args=[row.enrolment_id])
    return reverse("taking_part:fellows")
