"""Clients of the API: open one, change its secret, revoke it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from registry.accounts import clients
from registry.accounts.forms import ClientForm
from registry.accounts.http import SignedInRequest, scope_over
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.submitting import get_or_post
from registry.organisations.models import Organisation


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """The clients bound to the person's organisations."""
    rows = [
        {
            "client": client,
            "application": next(iter(client.oauth2_provider_application.all()), None),
            "places": [str(grant.place) for grant in client.role_grants.all() if grant.revoked_at is None],
        }
        for client in _clients(request).order_by("-is_active", "name", "pk")
    ]
    return render(request, "account/clients.jinja", {"rows": rows})


@never_cache
@get_or_post
def new(request: SignedInRequest) -> HttpResponse:
    """Open a client; its secret is shown on the answer and never again."""
    organisations = _organisations(request)
    form = ClientForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        try:
            client, secret = clients.open_client(
                name=form.cleaned_data["name"],
                organisations=list(form.cleaned_data["organisations"]),
                by=request.user,
            )
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return _secret(request, client, secret)
    return render(request, "account/new_client.jinja", {"form": form})


@never_cache
@get_or_post
def rotate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then change the secret and show the new one once."""
    client = get_object_or_404(_clients(request).filter(is_active=True), pk=pk)
    if request.method == "POST":
        return _secret(request, client, clients.rotate_secret(client=client, by=request.user))
    return render(request, "account/rotate_client.jinja", {"api_client": client})


@get_or_post
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then end a client for good."""
    client = get_object_or_404(_clients(request).filter(is_active=True), pk=pk)
    if request.method == "POST":
        clients.revoke_client(client=client, by=request.user)
        messages.success(request, f"{client} can no longer use the API.")
        return redirect("clients")
    return render(request, "account/revoke_client.jinja", {"api_client": client})


def _secret(request: SignedInRequest, client: User, secret: str) -> HttpResponse:
    application = client.oauth2_provider_application.get()  # type: ignore[attr-defined]
    context = {"api_client": client, "client_id": application.client_id, "secret": secret}
    return render(request, "account/client_secret.jinja", context)


def _clients(request: SignedInRequest) -> Any:
    scope_over(request, Permission.API_CLIENT_MANAGE)
    found = User.visible_to(request.user, Permission.API_CLIENT_MANAGE).filter(is_client=True)
    return found.prefetch_related("oauth2_provider_application", "role_grants__organisation", "role_grants__region")


def _organisations(request: SignedInRequest) -> Any:
    scope = scope_over(request, Permission.API_CLIENT_MANAGE)
    found = Organisation.rows().open_on(today())
    return found if scope.everything else found.filter(pk__in=scope.organisation_ids)
