"""What happens around every request: health, a request id, who did it, and refusals as pages."""

import uuid
from collections.abc import Callable
from typing import Any

import pghistory
import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from registry.audit.context import acting
from registry.config import health
from registry.kernel.errors import NotAllowed, WrongState

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers the health probes before host checks, sessions and sign-in get in the way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = health.PROBES.get(request.path)
        return probe() if probe else self.get_response(request)


class RequestIdMiddleware:
    """Gives every request an id that its log lines, audit rows and problem documents share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = str(uuid.uuid4())  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.id):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class AuditContextMiddleware:
    """Tells audit rows and history triggers who is acting and through what."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user_id = request.user.pk if request.user.is_authenticated else None
        request_id = request.id  # type: ignore[attr-defined]
        address = request.META.get("REMOTE_ADDR", "")
        via = "api" if request.path.startswith("/api/") else "page"
        with (
            acting(request_id=request_id, address=address, via=via),
            pghistory.context(user=user_id, request=request_id),
        ):
            return self.get_response(request)


class RefusalMiddleware:
    """Turns an action's refusal into a page; missing and forbidden look the same."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        # PostgreSQL keeps no NUL, so nothing is at an address with one; asking it would be a fault.
        if "\0" in request.path:
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, NotAllowed):
            raise Http404 from exception
        if isinstance(exception, WrongState):
            context = {"message": exception.message}
            return render(request, "errors/conflict.jinja", context, status=409)
        return None
