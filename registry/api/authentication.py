"""Who is calling: the service account a client-credentials token belongs to."""

from typing import Any

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.request import Request


class ClientAuthentication(OAuth2Authentication):
    """A token without a person acts as its client's service account, whose roles bind it to organisations."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        return (user or token.application.user), token
