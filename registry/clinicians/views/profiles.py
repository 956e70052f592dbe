"""A profile: reading it, changing its details, its account, and who has read it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from registry.accounts.http import SignedInRequest
from registry.accounts.invitations import send_password_link
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit import record
from registry.audit.models import ReadEvent
from registry.clinicians import actions, presenters
from registry.clinicians.forms import EmployerDetailsForm, OwnDetailsForm
from registry.clinicians.models import Clinician
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post


@require_GET
def own(request: SignedInRequest) -> HttpResponse:
    """The reader's own profile, or how to get one."""
    clinician = _own(request)
    if clinician is None:
        return render(request, "clinicians/no_profile.jinja")
    return _page(request, clinician)


@require_GET
def profile(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody's profile; reading another's is recorded."""
    return _page(request, get_object_or_404(_visible(request, Permission.PROFILE_VIEW), pk=pk))


def _page(request: SignedInRequest, clinician: Clinician) -> HttpResponse:
    if clinician.user_id != request.user.pk:
        record.read("profile", clinician, by=request.user, organisation_id=clinician.organisation_id)
    return render(request, "clinicians/profile.jinja", presenters.profile(clinician, user=request.user))


@get_or_post
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the details: one's own, or the employer's as well."""
    clinician = editable(request, pk)
    form = _details_form(request, clinician)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_details(clinician=clinician, changes=form.changes(), by=request.user)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "The details are saved.")
            return redirect(address(request, clinician))
    context = {"form": form, "clinician": clinician, "back": address(request, clinician)}
    return render(request, "clinicians/edit.jinja", context)


def _details_form(request: SignedInRequest, clinician: Clinician) -> OwnDetailsForm:
    data = request.POST or None
    # The form writes on the object it is given: the name in the heading must stay the saved one.
    copy = get_object_or_404(_visible(request, Permission.PROFILE_EDIT), pk=clinician.pk)
    if not actions.edits_as_employer(clinician=clinician, by=request.user):
        return OwnDetailsForm(data, instance=copy)
    # Today's appraiser stays on the list after losing the role, so that other details can be saved.
    appraisers = User.holding(Role.APPRAISER, at=clinician.organisation, or_user_id=clinician.appraiser_id)
    return EmployerDetailsForm(data, instance=copy, by=request.user, appraisers=appraisers)


@get_or_post
def open_account(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then open the account of somebody who cannot sign in yet."""
    clinician = editable(request, pk)
    if not actions.edits_as_employer(clinician=clinician, by=request.user):
        raise Http404
    if clinician.user_id:
        return redirect("clinicians:profile", clinician.pk)
    error = None
    if request.method == "POST":
        try:
            user = actions.open_clinician_account(clinician=clinician, by=request.user)
        except Invalid as refusal:
            error = refusal.message
        else:
            if user.has_usable_password():
                messages.success(request, f"{clinician.name} can see this profile with the account they have.")
            elif send_password_link(request, user):
                messages.success(request, f"We have e-mailed {clinician.name} a link to set a password.")
            else:
                messages.warning(request, f"We could not e-mail {clinician.name}. Ask them to use Set your password.")
            return redirect("clinicians:profile", clinician.pk)
    return render(request, "clinicians/open_account.jinja", {"clinician": clinician, "error": error})


@require_GET
def readers(request: SignedInRequest) -> HttpResponse:
    """Who has seen one's own profile, in what role, when and why."""
    clinician = _own(request)
    if clinician is None:
        raise Http404
    others = ReadEvent.about(clinician).exclude(actor_id=request.user.pk)
    page = keyset_page(others, params=request.GET, order=("pk",), descending=True)
    context = {"rows": presenters.readers(page.rows), "page": page, "count": others.count()}
    return render(request, "clinicians/readers.jinja", context)


def editable(request: SignedInRequest, pk: int) -> Clinician:
    """The profile, where the signed-in person may write on it; 404 otherwise."""
    return get_object_or_404(_visible(request, Permission.PROFILE_EDIT), pk=pk)


def address(request: SignedInRequest, clinician: Clinician) -> str:
    """Where the profile is for this reader."""
    if clinician.user_id == request.user.pk:
        return reverse("clinicians:own")
    return reverse("clinicians:profile", args=[clinician.pk])


def _own(request: SignedInRequest) -> Clinician | None:
    if request.user.scope_for(Permission.PROFILE_VIEW).user_id is None:
        raise Http404
    return _visible(request, Permission.PROFILE_VIEW).filter(user=request.user).first()


def _visible(request: SignedInRequest, permission: Permission) -> Any:
    found = Clinician.visible_to(request.user, permission)
    return found.select_related("organisation", "line_manager", "appraiser", "user")
