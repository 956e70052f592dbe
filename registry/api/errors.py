"""Every error of the API as a problem document (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from registry.kernel.errors import NotAllowed, RegistryError, WrongState

CONTENT_TYPE = "application/problem+json"


def problem(request: Any, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The members of RFC 9457, with the request's id, and `errors` by JSON pointer where input is at fault."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": getattr(request, "id", ""),
    }
    return document | ({"errors": errors} if errors else {})


def problem_details(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: what the view raised, as a problem document; None lets a true fault be a 500."""
    request = context["request"]
    if isinstance(exception, NotAllowed):
        exception = exceptions.NotFound()
    elif isinstance(exception, WrongState):
        return _response(request, HTTPStatus.CONFLICT, exception.message)
    elif isinstance(exception, RegistryError):
        return _response(request, HTTPStatus.UNPROCESSABLE_ENTITY, exception.message)
    response = exception_handler(exception, context)
    if response is None:
        return None
    if isinstance(exception, exceptions.ValidationError):
        errors = list(_by_pointer(exception.detail, ""))
        result = _response(request, response.status_code, "The request breaks a rule.", errors)
    elif isinstance(exception, Http404 | exceptions.NotFound):
        result = _response(request, response.status_code, "There is nothing here that you may see.")
    elif isinstance(exception, PermissionDenied):
        result = _response(request, response.status_code, "You may not do this.")
    else:
        result = _response(request, response.status_code, str(getattr(exception, "detail", exception)))
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in response.headers:
            result[header] = response.headers[header]
    return result


def problem_response(request: HttpRequest, status: int, detail: str) -> JsonResponse:
    """A problem document where no DRF view was reached (an unknown address, a fault)."""
    return JsonResponse(problem(request, status, detail), status=status, content_type=CONTENT_TYPE)


def _response(request: Any, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    return Response(problem(request, status, detail, errors), status=status, content_type=CONTENT_TYPE)


def _by_pointer(detail: Any, pointer: str) -> Any:
    if isinstance(detail, dict):
        for name, value in detail.items():
            yield from _by_pointer(value, f"{pointer}/{name}")
    elif isinstance(detail, list):
        for value in detail:
            yield from _by_pointer(value, pointer)
    else:
        yield {"pointer": f"#{pointer}", "detail": str(detail)}
