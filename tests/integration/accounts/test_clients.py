"""Clients of the API: opened by administrators, their secret shown once, ended for good."""

import base64
import re

import pytest
from oauth2_provider.models import AccessToken, Application

from registry.accounts import clients
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db
LIST, NEW = "/account/api-clients/", "/account/api-clients/new"


@pytest.fixture
def trust():
    return OrganisationFactory(ods_code="RX1", name="Northshire Trust")


@pytest.fixture
def elsewhere():
    return OrganisationFactory(ods_code="RX2", name="Westmoor Trust")


@pytest.fixture
def administrator(trust):
    return user_with(Role.ADMINISTRATOR, trust)


def token(client, client_id, secret):
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return client.post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", "scope": "shortlists:read"},
        HTTP_AUTHORIZATION=f"Basic {basic}",
    )


def secret_on(page):
    client_id, secret = re.findall(r'<code class="app-code">([^<]+)</code>', page.text)
    return client_id, secret


def test_secret_is_shown_once_and_gets_a_token(sign_in, client, administrator, trust):
    browser = sign_in(administrator)
    page = browser.post(NEW, {"name": "Dashboard", "organisations": ["RX1"]})
    client_id, secret = secret_on(page)
    assert "no-store" in page["Cache-Control"]
    assert secret not in browser.get(LIST).text
    assert not Application.objects.filter(client_secret=secret).exists()
    account = Application.objects.get(client_id=client_id).user
    assert [(g.role, g.organisation) for g in account.grants] == [("api_client", trust)]
    assert (account.is_client, account.has_usable_password()) == (True, False)
    assert token(client, client_id, secret).status_code == 200


def test_changed_secret_ends_the_old_one_and_its_tokens(sign_in, client, administrator, trust):
    account, old = clients.open_client(name="Dashboard", organisations=[trust], by=administrator)
    client_id = Application.objects.get(user=account).client_id
    assert token(client, client_id, old).status_code == 200
    browser = sign_in(administrator)
    url = f"/account/api-clients/{account.pk}/secret"
    assert "Change the secret" in browser.get(url).text
    _, new = secret_on(browser.post(url))
    assert not AccessToken.objects.exists()
    assert token(client, client_id, old).status_code == 401
    assert token(client, client_id, new).status_code == 200


def test_revoked_client_gets_nothing_ever_again(sign_in, client, administrator, trust):
    account, secret = clients.open_client(name="Dashboard", organisations=[trust], by=administrator)
    client_id = Application.objects.get(user=account).client_id
    issued = token(client, client_id, secret).json()["access_token"]
    assert sign_in(administrator).post(f"/account/api-clients/{account.pk}/revoke").url == LIST
    assert token(client, client_id, secret).status_code == 401
    pulled = client.get("/api/v1/shortlists/", HTTP_AUTHORIZATION=f"Bearer {issued}")
    assert pulled.status_code == 401
    assert User.objects.get(pk=account.pk).grants == []
    with pytest.raises(WrongState):
        clients.rotate_secret(client=account, by=administrator)


def test_name_in_use_is_said_beside_the_field(sign_in, administrator, trust):
    clients.open_client(name="Dashboard", organisations=[trust], by=administrator)
    text = sign_in(administrator).post(NEW, {"name": "dashboard", "organisations": ["RX1"]}).text
    assert "There is a client of this name already." in text
    assert 'href="#id_name"' in text
    with pytest.raises(Invalid):
        clients.open_client(name="Another", organisations=[], by=administrator)


def test_client_is_bound_only_to_organisations_one_administers(sign_in, administrator, trust, elsewhere):
    browser = sign_in(administrator)
    assert "Westmoor" not in browser.get(NEW).text
    refused = browser.post(NEW, {"name": "Spy", "organisations": ["RX1", "RX2"]})
    assert "Choose from the list." in refused.text
    with pytest.raises(NotAllowed):
        clients.open_client(name="Spy", organisations=[trust, elsewhere], by=administrator)
    assert not Application.objects.exists()


def test_client_of_another_organisation_is_out_of_reach(sign_in, administrator, trust, elsewhere):
    national = user_with(Role.ADMINISTRATOR)
    foreign, _ = clients.open_client(name="Foreign", organisations=[elsewhere], by=national)
    both, _ = clients.open_client(name="Both", organisations=[trust, elsewhere], by=national)
    browser = sign_in(administrator)
    text = browser.get(LIST).text
    assert "Foreign" not in text
    for account in (foreign, both):
        for act in ("secret", "revoke"):
            assert browser.post(f"/account/api-clients/{account.pk}/{act}").status_code == 404
    assert Application.objects.count() == 2


@pytest.mark.parametrize("role", [Role.HR_OFFICER, Role.CLINICIAN, Role.AUDITOR])
def test_pages_do_not_exist_for_others(sign_in, trust, role):
    browser = sign_in(user_with(role, trust))
    for url in (LIST, NEW):
        assert browser.get(url).status_code == 404


def test_list_asks_the_same_queries_for_one_and_three_rows(sign_in, trust, django_assert_max_num_queries):
    administrator = user_with(Role.ADMINISTRATOR, trust)
    clients.open_client(name="One", organisations=[trust], by=administrator)
    browser = sign_in(administrator)
    browser.get(LIST)
    with django_assert_max_num_queries(12) as first:
        browser.get(LIST)
    for name in ("Two", "Three"):
        clients.open_client(name=name, organisations=[trust], by=administrator)
    with django_assert_max_num_queries(12) as second:
        browser.get(LIST)
    assert len(first) == len(second)


def test_person_is_never_taken_for_a_client(sign_in, trust):
    administrator = user_with(Role.ADMINISTRATOR, trust)
    browser = sign_in(administrator)
    assert browser.post(f"/account/api-clients/{administrator.pk}/revoke").status_code == 404
