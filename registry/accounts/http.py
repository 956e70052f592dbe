"""The request of a view that only signed-in people reach."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from registry.accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view may rely on behind `LoginRequiredMiddleware`; a type, never instantiated."""

    user: User
    htmx: HtmxDetails
