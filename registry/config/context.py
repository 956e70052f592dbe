"""What every page's layout knows: the service, the person, the menu."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from registry.dashboard.navigation import menu_for
from registry.notifications.presenters import unread_count


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for `templates/layouts/page.jinja`."""
    user = getattr(request, "user", None)
    return {
        "request": request,
        "user": user,
        "service_name": settings.SERVICE_NAME,
        "demo": settings.DEMO,
        "menu": menu_for(user, request.path) if user and user.is_authenticated else [],
        # Called by the header, so that parts of pages do not count.
        "unread_messages": lambda: unread_count(user),
        "cspNonce": request.csp_nonce if hasattr(request, "csp_nonce") else None,
    }
