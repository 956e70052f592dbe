"""Signing in: by e-mail address only, telling strangers nothing, and never as a client of the API."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.accounts.actions import open_account
from registry.accounts.models import User
from registry.accounts.roles import Role
from tests.factories.people import PASSWORD, user_with

pytestmark = pytest.mark.django_db
WRONG = "The e-mail address or password is not correct."


@pytest.fixture
def ada():
    return open_account(email="Ada@Trust.example", name="Ada O'Brien", by=None, password=PASSWORD)


def post(client, email, password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": email, "password": password, **more})


def test_right_password_goes_home(client, ada):
    response = post(client, "ada@trust.example")
    assert (response.status_code, response.url) == (302, reverse("dashboard:home"))
    assert client.get("/").status_code == 200


def test_email_address_counts_whatever_its_case(client, ada):
    assert post(client, "ADA@trust.EXAMPLE").status_code == 302


def test_page_asked_for_is_shown_after_sign_in(client, ada):
    asked = client.get(reverse("account_details"))
    assert asked.url == "/account/sign-in?next=/account/"
    page = client.get(asked.url)
    assert '<input type="hidden" name="next" value="/account/">' in page.text
    assert post(client, ada.email, next="/account/").url == "/account/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_never_leads_to_another_site(client, ada, elsewhere):
    assert post(client, ada.email, next=elsewhere).url == reverse("dashboard:home")


def test_form_is_refused_without_its_token(ada):
    response = post(Client(enforce_csrf_checks=True), ada.email)
    assert response.status_code == 403
    assert "This page was open for too long" in response.text


def test_unknown_address_and_wrong_password_are_answered_alike(client, ada):
    texts = set()
    for email, password in ((ada.email, "not the password"), ("nobody@trust.example", PASSWORD)):
        response = post(client, email, password)
        assert response.status_code == 200
        assert WRONG in response.text
        texts.add(re.sub(r'value="[^"]*"|nonce="[^"]*"', "", response.text))
    assert len(texts) == 1


def test_page_never_repeats_a_password(client, ada):
    assert "not the password" not in post(client, ada.email, "not the password").text


def test_client_of_the_api_cannot_sign_in_even_with_a_password(client):
    machine = User.objects.create_user(
        email="machine@clients.invalid", name="Machine", is_client=True, password=PASSWORD
    )
    assert WRONG in post(client, machine.email).text
    assert client.get("/").status_code == 302


def test_closed_account_cannot_sign_in(client, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert post(client, ada.email).url == reverse("account_inactive")
    assert client.get("/").status_code == 302
    assert "Your account is closed" in client.get(reverse("account_inactive")).text


def test_guessing_is_stopped(client, ada):
    for _ in range(5):
        post(client, ada.email, "not the password")
    assert "You have tried too many times" in post(client, ada.email).text


def test_asking_for_links_is_stopped(client, ada):
    for _ in range(5):
        client.post(reverse("account_reset_password"), {"email": ada.email})
    response = client.post(reverse("account_reset_password"), {"email": ada.email})
    assert response.status_code == 429
    assert "You have tried too many times" in response.text


def test_nobody_can_sign_up(client):
    assert client.get("/account/signup/").status_code in {302, 404}
    assert client.post("/account/signup/", {"email": "x@x.example", "password1": PASSWORD}).status_code in {302, 404}
    assert not User.objects.exists()


def test_sign_in_page_helps_password_managers_and_lets_people_paste(client):
    text = client.get(reverse("account_login")).text
    assert re.search(r'<input[^>]*id="id_login"[^>]*autocomplete="username"', text)
    assert re.search(r'<input[^>]*id="id_password"[^>]*autocomplete="current-password"', text)
    assert "onpaste" not in text
    assert "autofocus" not in text


def test_password_is_set_by_the_mailed_link(client, mailoutbox):
    user = open_account(email="new@trust.example", name="Ada O'Brien", by=None)
    response = client.post(reverse("account_reset_password"), {"email": user.email})
    assert response.url == reverse("account_reset_password_done")
    (mail,) = mailoutbox
    assert mail.subject == "Set your password"
    assert mail.alternatives == []
    assert "Hello Ada O'Brien," in mail.body
    link = re.search(r"http://testserver(\S+)", mail.body)[1]
    form = client.get(link, follow=True)
    assert "Choose a password" in form.text
    weak = client.post(form.request["PATH_INFO"], {"password1": "password"})
    assert "This password is too" in weak.text
    done = client.post(form.request["PATH_INFO"], {"password1": PASSWORD})
    assert done.url == reverse("account_reset_password_from_key_done")
    assert post(client, user.email).status_code == 302
    assert "This link no longer works" in Client().get(link, follow=True).text


@pytest.mark.parametrize("stranger", ["nobody@trust.example", "closed@trust.example", "machine@clients.invalid"])
def test_asking_for_a_link_tells_nothing_and_mails_no_stranger(client, mailoutbox, stranger):
    User.objects.create_user(email="closed@trust.example", name="Closed", is_active=False)
    User.objects.create_user(email="machine@clients.invalid", name="Machine", is_client=True)
    response = client.post(reverse("account_reset_password"), {"email": stranger})
    assert response.url == reverse("account_reset_password_done")
    assert mailoutbox == []


def test_password_is_changed_with_the_current_one(client, ada):
    client.force_login(ada)
    url = reverse("account_change_password")
    wrong = client.post(url, {"oldpassword": "not it", "password1": "another good long password"})
    assert "Your current password is not correct." in wrong.text
    right = client.post(url, {"oldpassword": PASSWORD, "password1": "another good long password"})
    assert right.url == reverse("account_details")
    assert User.objects.get(pk=ada.pk).check_password("another good long password")
    assert client.get("/").status_code == 200


def test_sign_out_asks_first_and_ends_the_session(client, ada):
    client.force_login(ada)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get("/").status_code == 200
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert client.get("/").status_code == 302


def test_account_page_shows_own_roles_and_places(sign_in):
    user = user_with(Role.ADMINISTRATOR)
    text = sign_in(user).get(reverse("account_details")).text
    assert "Administrator, England" in text
    assert reverse("consent") not in text
