"""Who is calling: the service account a client-credentials token belongs to."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class ClientAuthentication(OAuth2Authentication):
    """A token acts as its client's service account, whose roles bind it to organisations."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        token = found[1]
        account = token.application.user
        if account is None or not account.is_client or not account.is_active:
            raise AuthenticationFailed("This client has been closed.")
        return account, token


class ClientAuthenticationScheme(OpenApiAuthenticationExtension):
    """How the schema describes it."""

    target_class = ClientAuthentication
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {"shortlists:read": "Read published shortlists"}
        flow = {"tokenUrl": "/api/oauth/token", "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
