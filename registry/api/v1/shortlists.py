"""Published shortlists: a list of them, and each with its candidates, contributions and reasons."""

from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from django.views.decorators.vary import vary_on_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from oauth2_provider.contrib.rest_framework import TokenHasScope
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from registry.api.errors import CONTENT_TYPE
from registry.api.v1 import schemas
from registry.audit import record
from registry.boards.models import Shortlist
from registry.boards.publication import etag, published_bytes
from registry.kernel.permissions import Permission

IF_NONE_MATCH = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you hold")
PROBLEMS: dict[Any, Any] = {
    (status, CONTENT_TYPE): OpenApiResponse(schemas.Problem, description=description)
    for status, description in (
        (401, "No token, or one that is unknown or has expired"),
        (403, "A token without the scope `shortlists:read`"),
        (404, "No such list, or not one of the organisations you are bound to"),
        (406, "JSON is all there is"),
        (429, "Too many requests; `Retry-After` says when"),
    )
}
UNCHANGED: dict[Any, Any] = {304: OpenApiResponse(description="Nothing has changed since the ETag you sent")}


@method_decorator(
    [conditional_page, cache_control(private=True, no_cache=True), vary_on_headers("Authorization")], "dispatch"
)
class Pull(GenericAPIView):
    """What both addresses share: the scope, the rows, and that the answer is compared by ETag."""

    permission_classes = (TokenHasScope,)
    required_scopes = ("shortlists:read",)
    lookup_field = "reference"

    def get_queryset(self) -> Any:
        visible = Shortlist.visible_to(self.request.user, Permission.SHORTLIST_PULL)
        return visible.published().select_related("vacancy__organisation")


class Shortlists(Pull):
    """The published shortlists of your organisations, newest first."""

    @extend_schema(
        operation_id="list_shortlists",
        parameters=[IF_NONE_MATCH],
        responses={(200, "application/json"): schemas.Summary(many=True), **UNCHANGED, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """The published shortlists of your organisations, newest first."""
        page: list[Any] = self.paginate_queryset(self.get_queryset()) or []
        for shortlist in page:
            record.read(
                "shortlist listed by API", shortlist, by=request.user, organisation_id=shortlist.vacancy.organisation_id
            )
        return self.get_paginated_response([_summary(shortlist, request) for shortlist in page])


class OneShortlist(Pull):
    """One published shortlist."""

    @extend_schema(
        operation_id="get_shortlist",
        parameters=[IF_NONE_MATCH, OpenApiParameter("reference", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={(200, "application/json"): schemas.Shortlist, **UNCHANGED, **PROBLEMS},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """One published shortlist, with every candidate's contributions and the reasons."""
        shortlist = get_object_or_404(self.get_queryset(), reference=reference)
        record.read(
            "shortlist pulled by API", shortlist, by=request.user, organisation_id=shortlist.vacancy.organisation_id
        )
        # The ETag first: should somebody withdraw in between, the next pull is compared with the older one.
        headers = {"ETag": f'"{etag(shortlist)}"'}
        return HttpResponse(published_bytes(shortlist), content_type="application/json", headers=headers)


def _summary(shortlist: Any, request: Request) -> dict[str, Any]:
    header = orjson.loads(shortlist.header)
    return {
        "reference": header["reference"],
        "url": reverse("api:shortlist", args=[shortlist.reference], request=request),
        "vacancy": header["vacancy"],
        "published_at": header["published_at"],
        "included": header["counts"]["included"],
        "sha256": shortlist.sha256,
    }
