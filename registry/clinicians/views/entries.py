"""The entries of a profile: add, change, remove, and record a check of a registration."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from registry.accounts.http import SignedInRequest
from registry.clinicians import actions
from registry.clinicians.fields import RegistrationStatus, VerificationMethod
from registry.clinicians.forms import KINDS, EntryForm, Kind, VerificationForm
from registry.clinicians.models import Clinician, OfClinician
from registry.clinicians.views.profiles import address, editable
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.submitting import get_or_post


@get_or_post
def add(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Add an entry of this kind."""
    clinician, of = editable(request, pk), _kind(kind)
    entry = of.model(clinician=clinician)
    initial = {"organisation": clinician.organisation_id} if kind == "posts" else None
    form = of.form(request.POST or None, instance=entry, initial=initial)
    return _save(request, clinician, form, title=f"Add a {of.one}", button=f"Add the {of.one}")


@get_or_post
def change(request: SignedInRequest, pk: int, kind: str, entry_pk: int) -> HttpResponse:
    """Change an entry."""
    clinician, of = editable(request, pk), _kind(kind)
    form = of.form(request.POST or None, instance=_entry(request, clinician, of, entry_pk))
    return _save(request, clinician, form, title=f"Change a {of.one}", button="Save changes")


def _save(request: SignedInRequest, clinician: Clinician, form: EntryForm, *, title: str, button: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_entry(entry=form.instance, by=request.user)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Your profile is saved." if _own(request, clinician) else "The profile is saved.")
            return redirect(address(request, clinician))
    context = {"form": form, "title": title, "button_text": button} | _whose(request, clinician)
    return render(request, "clinicians/entry.jinja", context)


@get_or_post
def remove(request: SignedInRequest, pk: int, kind: str, entry_pk: int) -> HttpResponse:
    """Confirm, then remove an entry."""
    clinician, of = editable(request, pk), _kind(kind)
    entry = _entry(request, clinician, of, entry_pk)
    if request.method == "POST":
        actions.remove_entry(entry=entry, by=request.user)
        messages.success(request, f"The {of.one} is removed.")
        return redirect(address(request, clinician))
    context = {"entry": entry, "one": of.one} | _whose(request, clinician)
    return render(request, "clinicians/remove_entry.jinja", context)


@get_or_post
def check_registration(request: SignedInRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Write down what the regulator's register says."""
    clinician = editable(request, pk)
    if not actions.edits_as_employer(clinician=clinician, by=request.user) or _own(request, clinician):
        raise Http404
    registration = get_object_or_404(clinician.registrations, pk=entry_pk)
    initial = {"seen": registration.number, "status": registration.status, "method": registration.method}
    form = VerificationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        registration.number = form.cleaned_data["seen"]
        actions.record_verification(
            registration=registration,
            status=RegistrationStatus(form.cleaned_data["status"]),
            method=VerificationMethod(form.cleaned_data["method"]),
            by=request.user,
        )
        messages.success(request, "The check is recorded.")
        return redirect(address(request, clinician))
    context = {"form": form, "registration": registration} | _whose(request, clinician)
    return render(request, "clinicians/check_registration.jinja", context)


def _whose(request: SignedInRequest, clinician: Clinician) -> dict:
    return {"clinician": clinician, "own": _own(request, clinician), "back": address(request, clinician)}


def _own(request: SignedInRequest, clinician: Clinician) -> bool:
    return clinician.user_id == request.user.pk


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _entry(request: SignedInRequest, clinician: Clinician, of: Kind, pk: int) -> OfClinician:
    visible = of.model.visible_to(request.user, Permission.PROFILE_EDIT)
    return get_object_or_404(visible.filter(clinician=clinician), pk=pk)
