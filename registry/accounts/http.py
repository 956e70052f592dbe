"""The request of a view that only signed-in people reach, and the door of views that need a role."""

from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from registry.accounts.models import User
from registry.kernel.permissions import Permission
from registry.kernel.scope import Scope


class SignedInRequest(HttpRequest):
    """What a view may rely on behind `LoginRequiredMiddleware`; a type, never instantiated."""

    user: User
    htmx: HtmxDetails


def scope_over(request: SignedInRequest, permission: Permission) -> Scope:
    """Whom the person may reach with this permission; 404 where a role gives them nobody but themself."""
    scope = request.user.scope_for(permission)
    if not scope.over_others:
        raise Http404
    return scope
