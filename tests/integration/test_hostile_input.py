"""Junk in every address's parts, query string and form: refused in words, never a fault."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access import EVERY_PAGE, ROUTES
from tests.factories.world import world

# A NUL byte; a number beyond every column; a digit that is none; text that is too long.
JUNK = ("\x00", "9" * 30, "²", "é" * 3000)
QUERY = [
    "page",
    "after",
    "before",
    "cursor",
    "page_size",
    "status",
    "criterion",
    "show",
    "q",
    "role",
    "kind",
    "region",
    "closed",
    "order",
    "profession",
    "framework",
    "organisation",
    "next",
    "department",
    "cycle",
    "appraiser",
    "pick",
    "all",
    "to",
    "body",
    "year",
]
NAMES = re.compile(r'name="([^"]+)"')
TOKEN = {"grant_type", "client_id", "client_secret", "scope"}


@pytest.fixture
def here():
    return world()


def signed_in(user) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


def answer(browser, method, path, data=None):
    """What a request is answered; what it did is undone."""
    with transaction.atomic():
        response = getattr(browser, method)(path, data)
        transaction.set_rollback(True)
    return response


def fields(page) -> set[str]:
    """The names of the fields on a page."""
    is_page = page.headers.get("Content-Type", "").startswith("text/html")
    return set(NAMES.findall(page.content.decode())) - {"csrfmiddlewaretoken", "viewport"} if is_page else set()


@pytest.mark.django_db
@pytest.mark.parametrize("person", EVERY_PAGE)
def test_junk_in_queries_and_forms_is_never_a_fault(here, person):
    browser, faults = signed_in(here.people[person]), []
    for name, route in ROUTES.items():
        if person not in route.may and not name.startswith("api:"):
            continue
        path = reverse(name, args=route.args(here.ours))
        names = TOKEN if name == "api:token" else fields(answer(browser, "get", path))
        for junk in JUNK:
            sent = dict.fromkeys(names, junk)
            tries = [("get", dict.fromkeys(QUERY, junk)), ("post", sent)]
            if "file" in names:
                tries.append(("post", sent | {"file": SimpleUploadedFile("staff.csv", junk.encode())}))
            for method, data in tries:
                status = answer(browser, method, path, data).status_code
                faults += [f"{method} {name} with {junk[:9]!r} answers {status}"] if status >= 500 else []
    assert not faults, "\n".join(faults)


@pytest.mark.django_db
def test_junk_in_the_parts_of_an_address_is_not_found(here):
    browser, wrong = signed_in(here.people["administrator"]), []
    for name, route in ROUTES.items():
        parts = route.args(here.ours)
        path = reverse(name, args=parts)
        segments = [segment for segment in path.split("/") if segment in {str(part) for part in parts}]
        for segment in segments:
            for junk in ("9" * 30, "%00", "%C2%B2", "%C3%A9" * 300):
                for method in ("get", "post"):
                    junked = path.replace(f"/{segment}", f"/{junk}", 1)
                    status = answer(browser, method, junked).status_code
                    if status not in {404, 405} and not (name.startswith("api:") and status == 401):
                        wrong.append(f"{method} {junked[:60]} of {name} answers {status}")
    assert not wrong, "\n".join(wrong)
