"""What an unknown address, a refusal or a fault answers: a problem document under /api/, a page elsewhere."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from registry.api.errors import problem_response
from registry.dashboard import views


def _either(status: HTTPStatus, page: Callable[..., HttpResponse], detail: str) -> Callable[..., HttpResponse]:
    @login_not_required
    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.path.startswith("/api/"):
            return problem_response(request, status, detail)
        return page(request, *args, **kwargs)

    return handler


bad_request = _either(HTTPStatus.BAD_REQUEST, views.bad_request, "The request could not be read.")
forbidden = _either(HTTPStatus.FORBIDDEN, views.forbidden, "You may not do this.")
not_found = _either(HTTPStatus.NOT_FOUND, views.not_found, "There is nothing at this address.")
server_error = _either(HTTPStatus.INTERNAL_SERVER_ERROR, views.server_error, "Something went wrong on our side.")
