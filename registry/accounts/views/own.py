"""A person's own account and consent."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from registry.accounts import actions
from registry.accounts.forms import ConsentForm
from registry.accounts.http import SignedInRequest
from registry.accounts.models import Consent, ConsentReach
from registry.kernel.permissions import Permission
from registry.nhsuk.submitting import get_or_post


@require_GET
def details(request: SignedInRequest) -> HttpResponse:
    """Name, e-mail address, and the roles held where."""
    context = {"grants": request.user.grants, "keeps_a_profile": _keeps_a_profile(request)}
    return render(request, "account/details.jinja", context)


@get_or_post
def consent(request: SignedInRequest) -> HttpResponse:
    """Give consent to be considered for board posts, or change how far it reaches."""
    consents = _own_consents(request)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.give_consent(user=request.user, reach=ConsentReach(form.cleaned_data["reach"]), by=request.user)
        messages.success(request, "You can now be considered for board posts.")
        return redirect("consent")
    history = list(consents.order_by("-pk"))
    context = {
        "form": form,
        "current": next((row for row in history if row.withdrawn_at is None), None),
        "history": history,
    }
    return render(request, "account/consent.jinja", context)


@get_or_post
def withdraw_consent(request: SignedInRequest) -> HttpResponse:
    """Confirm, then withdraw at once."""
    current = _own_consents(request).in_force().first()
    if current is None:
        return redirect("consent")
    if request.method == "POST":
        actions.withdraw_consent(user=request.user, by=request.user)
        messages.success(request, "You have withdrawn your consent. You will not be on any new list.")
        return redirect("consent")
    return render(request, "account/withdraw_consent.jinja", {"current": current})


def _own_consents(request: SignedInRequest):
    if not _keeps_a_profile(request):
        raise Http404
    return Consent.visible_to(request.user, Permission.PROFILE_EDIT)


def _keeps_a_profile(request: SignedInRequest) -> bool:
    return request.user.scope_for(Permission.PROFILE_EDIT).user_id is not None
