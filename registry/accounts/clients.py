"""Clients of the API: opening them, changing their secret, ending them."""

import secrets
import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from registry.accounts.actions import grant_role
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.record import record
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.locks import advisory_lock
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation


@transaction.atomic
def open_client(*, name: str, organisations: Collection[Organisation], by: User) -> tuple[User, str]:
    """A service account bound to these organisations, and its secret, which is only kept as a hash.

    Raises NotAllowed unless `by` manages the clients of every one of them, Invalid without any
    organisation or where the name is in use.
    """
    if not organisations:
        raise Invalid("Choose at least one organisation.", field="organisations")
    _check(by, frozenset(organisation.pk for organisation in organisations))
    advisory_lock("name of a client of the API")
    if User.objects.filter(is_client=True, is_active=True, name__iexact=name).exists():
        raise Invalid("There is a client of this name already.", field="name")
    client = User.objects.create_user(
        # A reserved domain: no mail ever arrives, so no password can ever be set.
        email=f"{uuid.uuid4()}@clients.invalid",
        name=name,
        is_client=True,
    )
    secret = secrets.token_urlsafe(48)
    Application.objects.create(
        name=name,
        user=client,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    record("client.opened", client, by=by)
    for organisation in organisations:
        grant_role(user=client, role=Role.API_CLIENT, organisation=organisation, by=by)
    return client, secret


@transaction.atomic
def rotate_secret(*, client: User, by: User) -> str:
    """A new secret; the old one, and the tokens it gave, stop working at once."""
    client = _locked(client, by)
    application = Application.objects.select_for_update().get(user=client)
    secret = secrets.token_urlsafe(48)
    application.client_secret = secret
    application.save(update_fields=["client_secret", "updated"])
    AccessToken.objects.filter(application=application).delete()
    record("client.secret_changed", client, by=by)
    return secret


@transaction.atomic
def revoke_client(*, client: User, by: User) -> None:
    """End a client for good: no further token, no token in use, no role; the account stays as a record."""
    client = _locked(client, by)
    Application.objects.filter(user=client).delete()
    client.role_grants.active().update(revoked_at=timezone.now(), revoked_by=by)
    client.is_active = False
    client.save(update_fields=["is_active"])
    record("client.revoked", client, by=by)


def _locked(client: User, by: User) -> User:
    client = User.objects.select_for_update().get(pk=client.pk, is_client=True)
    if not client.is_active:
        raise WrongState("This client has been revoked.")
    _check(by, frozenset(grant.organisation_id for grant in client.grants if grant.organisation_id))
    return client


def _check(by: User, organisation_ids: frozenset[int]) -> None:
    if not by.scope_for(Permission.API_CLIENT_MANAGE).covers(organisation_ids):
        raise NotAllowed("You can only manage clients bound to organisations you administer.")
