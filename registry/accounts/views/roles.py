"""Roles people hold: who, what, where; granting and revoking."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from registry.accounts import actions
from registry.accounts.forms import GrantForm
from registry.accounts.http import SignedInRequest, scope_over
from registry.accounts.invitations import send_password_link
from registry.accounts.models import RoleGrant
from registry.accounts.places import grantable_places, grantable_roles
from registry.accounts.roles import Role
from registry.kernel.errors import Invalid, NotAllowed
from registry.kernel.permissions import Permission
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """Every role held at the person's places, by the holder's name."""
    scope_over(request, Permission.ROLE_GRANT)
    grants = _grants(request)
    text = request.GET.get("q", "").replace("\0", "").strip()
    role = request.GET.get("role", "")
    for word in text.split():
        grants = grants.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    if role in Role.values:
        grants = grants.filter(role=role)
    page = keyset_page(
        grants.select_related("user", "organisation", "region", "granted_by"),
        params=request.GET,
        order=("user__name", "pk"),
    )
    rows = [
        (grant, actions.may_grant(by=request.user, role=Role(grant.role), **_place(grant)) and not grant.user.is_client)
        for grant in page.rows
    ]
    context = {"rows": rows, "page": page, "count": grants.count(), "q": text, "role": role, "roles": Role.choices}
    return render(request, "account/roles.jinja", context)


@get_or_post
def grant(request: SignedInRequest) -> HttpResponse:
    """Grant a role; who has no account yet gets one, and a link to set a password."""
    scope_over(request, Permission.ROLE_GRANT)
    form = GrantForm(request.POST or None, roles=grantable_roles(request.user), places=grantable_places(request.user))
    if request.method == "POST" and form.is_valid():
        place, role = form.cleaned_data["place"], form.cleaned_data["role"]
        try:
            with transaction.atomic():
                user = actions.open_account(
                    email=form.cleaned_data["email"], name=form.cleaned_data["name"], by=request.user
                )
                given = actions.grant_role(
                    user=user, role=role, organisation=place.organisation, region=place.region, by=request.user
                )
        except Invalid as refusal:
            form.add_error({"level": "place"}.get(refusal.field or "", refusal.field), refusal.message)
        except NotAllowed as refusal:
            form.add_error("place", refusal.message)
        else:
            if not user.has_usable_password() and not send_password_link(request, user):
                messages.warning(request, f"We could not e-mail {user}. Ask them to use Set your password.")
            messages.success(request, f"{user} now holds the role {given.get_role_display()} at {given.place}.")
            return redirect("roles")
    return render(request, "account/grant_role.jinja", {"form": form})


@get_or_post
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then end a role at once."""
    scope_over(request, Permission.ROLE_GRANT)
    found = get_object_or_404(_grants(request).select_related("user", "organisation", "region"), pk=pk)
    may = actions.may_grant(by=request.user, role=Role(found.role), **_place(found))
    if not may or found.user.is_client:
        raise Http404
    if request.method == "POST":
        actions.revoke_role(grant=found, by=request.user)
        messages.success(request, f"{found.user} no longer holds the role {found.get_role_display()}.")
        return redirect("roles")
    return render(request, "account/revoke_role.jinja", {"grant": found})


def _grants(request: SignedInRequest):
    return RoleGrant.visible_to(request.user, Permission.ROLE_GRANT).active()


def _place(found: RoleGrant) -> dict:
    return {"organisation": found.organisation, "region": found.region}
