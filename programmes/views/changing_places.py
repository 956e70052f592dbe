"""What a lead decides about one person: place given up, put off, moved or completed; supporter; certificate."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from programmes.actions import completing, moving, supporting
from programmes.actions.moving import JOINABLE
from programmes.models import Certificate, Cohort, Enrolment
from programmes.states import NOT_LEFT, EnrolmentState
from programmes.taking_part_forms import ReasonForm, SupporterForm, TransferForm
from programmes.views.running_doors import led_place
from registry.accounts.http import SignedInRequest
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post

N = EnrolmentState


@get_or_post
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take somebody's place back."""
    row = led_place(request, pk)
    if row.state not in NOT_LEFT and request.method != "POST":
        return redirect("taking_part:person", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: moving.withdraw(enrolment=row, by=request.user, **data)):
        messages.success(request, f"{row.clinician} no longer has a place.")
        return redirect("taking_part:person", pk)
    says = "Their place is free for somebody else. This cannot be undone. They are told, without the reason."
    return _form(request, row, form, title="Withdraw", act="Withdraw the place", says=says, warning=True)


@get_or_post
def defer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put somebody's place off."""
    row = led_place(request, pk)
    if row.state != N.ENROLLED and request.method != "POST":
        return redirect("taking_part:person", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: moving.defer(enrolment=row, by=request.user, **data)):
        messages.success(request, f"{row.clinician}’s place is deferred.")
        return redirect("taking_part:person", pk)
    says = (
        "Their place is free for somebody else. They can come back, here or to another cohort, if a place is free then."
    )
    return _form(request, row, form, title="Defer", act="Defer the place", says=says)


@require_POST
def come_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody takes their place up again; a message where there is none free."""
    row = led_place(request, pk)
    form = ReasonForm({"reason": "."})
    if accepted(form, lambda data: moving.come_back(enrolment=row, by=request.user)):
        messages.success(request, f"{row.clinician} takes part again.")
    else:
        messages.warning(request, str(form.non_field_errors()[0]))
    return redirect("taking_part:person", pk)


@get_or_post
def transfer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move somebody to another cohort of the same programme."""
    row = led_place(request, pk)
    if row.state not in NOT_LEFT and request.method != "POST":
        return redirect("taking_part:person", pk)
    cohorts = Cohort.visible_to(request.user, P.PROGRAMME_MANAGE).filter(
        version__programme=row.cohort.version.programme_id, state__in=JOINABLE
    )
    cohorts = cohorts.exclude(pk=row.cohort_id)
    form = TransferForm(request.POST if request.method == "POST" else None, cohorts=cohorts)
    moved = accepted(
        form,
        lambda data: moving.transfer(enrolment=row, to=data["cohort"], reason=data["reason"], by=request.user),
    )
    if moved:
        messages.success(request, f"{row.clinician} has moved to {moved.cohort.name}.")
        return redirect("taking_part:person", moved.pk)
    says = (
        "What they have done goes with them, and so do their objectives and, unless it is somebody who teaches or runs "
        "the other cohort, their supporter. They are told."
    )
    if not cohorts.exists():
        says = "There is no other cohort of this programme to move to. Open one first."
        return _form(request, row, None, title="Move to another cohort", act="Move", says=says)
    return _form(request, row, form, title="Move to another cohort", act="Move", says=says)


@require_POST
def complete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody has completed the programme."""
    row = led_place(request, pk)
    completing.complete(enrolment=row, by=request.user)
    messages.success(request, f"{row.clinician} has completed the programme, with a certificate.")
    return redirect("taking_part:person", pk)


@get_or_post
def supporter(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name who looks after somebody."""
    row = led_place(request, pk)
    initial = {"email": row.supporter.email} if row.supporter else {}
    form = SupporterForm(request.POST if request.method == "POST" else None, initial=initial)
    if accepted(form, lambda data: supporting.name_supporter(enrolment=row, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("taking_part:person", pk)
    says = (
        "A supporter talks with them from time to time, and has no say over them: not their line manager, no tutor, "
        "and nobody who runs the programme. What the two talk about stays between them. With a new supporter, "
        "check-ins that are planned are off."
    )
    return _form(request, row, form, title="Supporter", act="Save the supporter", says=says)


@get_or_post
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that a certificate does not hold."""
    rows = Certificate.visible_to(request.user, P.PROGRAMME_MANAGE).select_related("enrolment")
    certificate = get_object_or_404(rows, pk=pk)
    row = led_place(request, certificate.enrolment_id)
    if certificate.revoked_at and request.method != "POST":
        return redirect("taking_part:person", row.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if accepted(form, lambda data: completing.revoke(certificate=certificate, by=request.user, **data)):
        messages.success(request, "The certificate is revoked.")
        return redirect("taking_part:person", row.pk)
    says = "Whoever verifies it is told that it was revoked, and not why. This cannot be undone."
    return _form(request, row, form, title="Revoke the certificate", act="Revoke it", says=says, warning=True)


def _form(
    request: SignedInRequest, row: Enrolment, form: object, *, title: str, act: str, says: str, warning: bool = False
) -> HttpResponse:
    context = {"place": row, "title": title, "act": act, "says": says, "warning": warning}
    context |= {"form": form} if form is not None else {}
    return render(request, "programmes/taking_part/person_form.jinja", context)
