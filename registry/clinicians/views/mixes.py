"""How a post divides between practitioner, partner and leader: over time, said anew, removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from registry.accounts.http import SignedInRequest
from registry.clinicians import actions
from registry.clinicians.forms import RoleMixForm
from registry.clinicians.models import Clinician, Post, RoleMix
from registry.clinicians.views.profiles import address, editable
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.submitting import get_or_post


def _post(request: SignedInRequest, clinician: Clinician, pk: int) -> Post:
    rows = Post.visible_to(request.user, Permission.PROFILE_EDIT).filter(clinician=clinician)
    return get_object_or_404(rows.select_related("organisation", "clinician").prefetch_related("mixes"), pk=pk)


@get_or_post
def role_mix(request: SignedInRequest, pk: int, entry_pk: int) -> HttpResponse:
    """How a post divides, over time, and from a day on."""
    clinician = editable(request, pk)
    post = _post(request, clinician, entry_pk)
    form = RoleMixForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_role_mix(post=post, **form.cleaned_data, by=request.user)
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "The role mix is saved.")
            return redirect("clinicians:role_mix", pk, entry_pk)
    context = {"clinician": clinician, "post": post, "mixes": list(post.mixes.all()), "form": form}
    context |= {"own": clinician.user_id == request.user.pk, "back": address(request, clinician)}
    return render(request, "clinicians/role_mix.jinja", context)


@get_or_post
def remove(request: SignedInRequest, pk: int, entry_pk: int, mix_pk: int) -> HttpResponse:
    """Confirm, then remove what was said of a day."""
    clinician = editable(request, pk)
    post = _post(request, clinician, entry_pk)
    rows = RoleMix.visible_to(request.user, Permission.PROFILE_EDIT).filter(post=post)
    mix = get_object_or_404(rows.select_related("post__clinician"), pk=mix_pk)
    if request.method == "POST":
        actions.remove_role_mix(mix=mix, by=request.user)
        messages.success(request, "The role mix is removed.")
        return redirect("clinicians:role_mix", pk, entry_pk)
    return render(request, "clinicians/remove_mix.jinja", {"clinician": clinician, "post": post, "mix": mix})
