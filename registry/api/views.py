"""The API's documentation page: the task first, then the reference made from the schema."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator


@login_not_required
def documentation(request: HttpRequest) -> HttpResponse:
    """How to pull a list in five minutes, and what every field means."""
    context = {"operations": _operations(), "address": request.build_absolute_uri("/").rstrip("/")}
    return render(request, "api/documentation.jinja", context)


@cache
def _operations() -> list[dict[str, Any]]:
    """The schema's operations with their parameters and the fields of what they answer, flattened for reading."""
    schema = SchemaGenerator().get_schema(public=True)
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"].endswith("schema_retrieve"):
                continue
            answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
            found.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["description"],
                    "parameters": operation.get("parameters", []),
                    "responses": operation["responses"],
                    "fields": list(_fields(schema, answer, "")),
                }
            )
    return found


def _fields(schema: dict[str, Any], node: dict[str, Any], path: str) -> Any:
    description = node.get("description", "")
    if "allOf" in node:
        (node,) = node["allOf"]
    if "$ref" in node:
        node = schema["components"]["schemas"][node["$ref"].rsplit("/", 1)[-1]]
    if node.get("type") == "array":
        yield from _fields(schema, node["items"], f"{path}[]")
    elif "properties" in node:
        for name, child in node["properties"].items():
            yield from _fields(schema, child, f"{path}.{name}".lstrip("."))
    else:
        yield {"path": path, "type": node.get("format") or node["type"], "description": description}
