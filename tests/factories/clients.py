"""Clients of the API, bound to organisations, and their tokens."""

import datetime

from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from registry.accounts.roles import Role
from tests.factories.people import UserFactory, grant

SECRET = "a secret of the tests, never of production"


def client_of(*organisations):
    """An application with a service account that holds the API client role at these organisations."""
    account = UserFactory(is_client=True)
    for organisation in organisations:
        grant(account, Role.API_CLIENT, organisation)
    return Application.objects.create(
        name=account.name,
        user=account,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        client_secret=SECRET,
    )


def bearer(application, *, scope="shortlists:read", lasts=datetime.timedelta(hours=1)):
    """The header of a token issued to the application."""
    value = f"token-of-{application.pk}-{scope}-{lasts}"
    AccessToken.objects.create(application=application, token=value, scope=scope, expires=timezone.now() + lasts)
    return {"HTTP_AUTHORIZATION": f"Bearer {value}"}
