"""What every answer carries, and what a page says when something is wrong."""

import re

import pytest
from django.test import Client
from django.urls import path

from registry.accounts.roles import Role
from registry.config import urls
from registry.kernel.errors import NotAllowed, WrongState
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db


def boom(request):
    raise RuntimeError("a secret in a message")


def refuse(request):
    raise NotAllowed("You must not know this.")


def late(request):
    raise WrongState("Somebody was faster.")


urlpatterns = [*urls.urlpatterns, path("boom", boom), path("refuse", refuse), path("late", late)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


def directives(response):
    return {
        name: values
        for name, *values in (part.split() for part in response["Content-Security-Policy"].split(";") if part.strip())
    }


@pytest.mark.parametrize("address", ["/account/sign-in", "/privacy", "/nothing-here"])
def test_content_security_policy_is_exactly_this(client, address):
    response = client.get(address)
    nonce = re.search(r'<script nonce="([^"]+)"', response.text)[1]
    assert directives(response) == {
        "default-src": ["'none'"],
        "script-src": ["'self'", f"'nonce-{nonce}'"],
        "style-src": ["'self'", f"'nonce-{nonce}'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }


def test_nonce_is_new_for_every_answer(client):
    nonces = {re.search(r"nonce-[^']+", client.get("/privacy")["Content-Security-Policy"])[0] for _ in range(3)}
    assert len(nonces) == 3


def test_other_headers_close_what_pages_do_not_use(client):
    response = client.get("/account/sign-in")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Permissions-Policy"] == (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    )
    assert re.fullmatch(r"[0-9a-f-]{36}", response["X-Request-ID"])


def test_page_names_no_other_host_and_no_inline_code(client):
    text = client.get("/account/sign-in").text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []
    assert re.findall(r'\son[a-z]+="|\sstyle="', text) == []
    assert all("nonce=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_stylesheet_asks_for_no_font(client):
    response = client.get("/static/nhsuk/nhsuk-frontend.min.css")
    stylesheet = b"".join(response.streaming_content).decode()
    assert "@font-face" not in stylesheet
    assert "assets.nhs.uk" not in stylesheet
    assert ".nhsuk-button" in stylesheet


def test_every_page_needs_sign_in_but_these(client):
    open_pages = ["/account/sign-in", "/account/set-password", "/account/closed", "/privacy", "/accessibility"]
    assert [client.get(page).status_code for page in open_pages] == [200] * len(open_pages)
    for page in ("/", "/people/", "/people/me", "/account/", "/account/roles/", "/account/api-clients/"):
        assert client.get(page).url.startswith("/account/sign-in?next=")


def test_privacy_page_names_everybody_who_sees_something(client):
    page = client.get("/privacy").text
    for words in (
        "administrators",
        "how your posts divide",
        "results brought in",
        "a round of feedback",
        "10 people or more",
    ):
        assert words in page


@pytest.mark.parametrize("signed_in", [False, True])
def test_address_of_nothing_says_so(client, signed_in):
    if signed_in:
        client.force_login(user_with(Role.HR_OFFICER, OrganisationFactory()))
    response = client.get("/nothing-here")
    assert response.status_code == 404
    assert "Page not found" in response.text


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/refuse", 404, "Page not found"),
        ("/late", 409, "Somebody was faster."),
        ("/boom", 500, "Sorry, there is a problem with the service"),
    ],
)
def test_failure_is_a_page_that_tells_no_secret(address, status, words):
    client = Client(raise_request_exception=False)
    client.force_login(user_with(Role.HR_OFFICER, OrganisationFactory()))
    response = client.get(address)
    assert response.status_code == status
    assert words in response.text
    assert "secret" not in response.text
    assert "must not know" not in response.text


def test_wrong_method_is_not_allowed(client):
    client.force_login(user_with(Role.HR_OFFICER, OrganisationFactory()))
    assert client.post("/people/").status_code == 405
