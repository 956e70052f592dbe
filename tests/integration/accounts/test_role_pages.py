"""Roles: seen at one's own places, granted and revoked only where one holds as much oneself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.actions import give_consent, grant_role, revoke_role
from registry.accounts.models import ConsentReach, RoleGrant, User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.errors import Invalid
from registry.standing.models import Standing
from tests.factories.organisations import OrganisationFactory, RegionFactory
from tests.factories.people import UserFactory, clinician_user, grant, user_with

pytestmark = pytest.mark.django_db
LIST, GRANT = "/account/roles/", "/account/roles/grant"


@pytest.fixture
def trust():
    return OrganisationFactory(ods_code="RX1", name="Northshire Trust")


@pytest.fixture
def elsewhere():
    return OrganisationFactory(ods_code="RX2", name="Westmoor Trust", region="Y56")


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust, name="Priya HR")


@pytest.fixture
def foreign(elsewhere):
    return grant(UserFactory(name="Foreign Person"), Role.APPRAISER, elsewhere)


def ask(client, role, place, email="new@trust.example", name="New Person"):
    return client.post(GRANT, {"email": email, "name": name, "role": role, "place": place})


def test_list_shows_own_places_only(sign_in, hr, foreign, trust):
    grant(UserFactory(name="Own Appraiser"), Role.APPRAISER, trust)
    text = sign_in(hr).get(LIST).text
    assert "Own Appraiser" in text
    assert "Foreign Person" not in text
    assert "<strong>2</strong> roles held" in text


def test_list_is_searched_and_narrowed(sign_in, hr, trust):
    grant(UserFactory(name="Own Appraiser"), Role.APPRAISER, trust)
    client = sign_in(hr)
    assert "Own Appraiser" not in client.get(LIST, {"q": "priya"}).text
    assert "Own Appraiser" in client.get(LIST, {"role": "appraiser"}).text
    assert "Nobody matches" in client.get(LIST, {"q": "%"}).text
    assert client.get(LIST, {"q": "\0", "role": "x'"}).status_code == 200


def test_list_asks_the_same_queries_for_one_and_three_rows(sign_in, hr, trust):
    client = sign_in(hr)
    client.get(LIST)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
        if number == 0:
            for _ in range(2):
                grant(UserFactory(), Role.CLINICIAN, trust)
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.APPRAISER, Role.AUDITOR])
def test_pages_do_not_exist_for_who_may_not_grant(sign_in, trust, role):
    client = sign_in(user_with(role, trust))
    given = grant(UserFactory(), Role.CLINICIAN, trust)
    for url in (LIST, GRANT, f"/account/roles/{given.pk}/revoke"):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code in {404, 405}


def test_new_person_gets_an_account_a_role_and_a_link(sign_in, hr, trust, mailoutbox):
    response = ask(sign_in(hr), "appraiser", "RX1")
    assert response.url == LIST
    user = User.objects.get(email="new@trust.example")
    assert [(g.role, g.organisation, g.granted_by) for g in user.grants] == [("appraiser", trust, hr)]
    assert [mail.to for mail in mailoutbox] == [["new@trust.example"]]
    event = AuditEvent.objects.get(verb="role.granted")
    assert (event.actor_id, event.subject_id, event.organisation_id) == (hr.pk, user.pk, trust.pk)


def test_person_with_an_account_keeps_name_and_password(sign_in, hr, mailoutbox):
    known = UserFactory(email="known@trust.example", name="Known Name")
    known.set_password("a password of theirs")
    known.save()
    ask(sign_in(hr), "appraiser", "RX1", email="KNOWN@trust.example", name="Another Name")
    known.refresh_from_db()
    assert (known.name, known.has_usable_password(), mailoutbox) == ("Known Name", True, [])


def test_role_held_already_is_said_beside_the_field(sign_in, hr, trust):
    grant(UserFactory(email="known@trust.example"), Role.APPRAISER, trust)
    text = ask(sign_in(hr), "appraiser", "RX1", email="known@trust.example").text
    assert "already holds this role there" in text
    assert 'href="#id_role"' in text


# --- nobody grants what they do not hold -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.API_CLIENT, Role.NATIONAL_LEAD])
def test_hr_cannot_grant_more_than_hr_holds(sign_in, hr, role):
    response = ask(sign_in(hr), role, "RX1")
    assert response.status_code == 200
    assert not User.objects.filter(email="new@trust.example").exists()
    assert RoleGrant.objects.filter(role=role).count() == 0


@pytest.mark.parametrize("place", ["RX2", "england", "region-Y62", "nonsense"])
def test_hr_cannot_grant_anywhere_else(sign_in, hr, elsewhere, place):
    assert ask(sign_in(hr), "appraiser", place).status_code == 200
    assert not User.objects.filter(email="new@trust.example").exists()


def test_form_offers_only_what_may_be_given(sign_in, hr, elsewhere):
    text = sign_in(hr).get(GRANT).text
    assert "Northshire Trust (RX1)" in text
    assert "Westmoor" not in text
    for label in ("Administrator", "Auditor", "API client", "National lead", "Regional lead"):
        assert label not in text


def test_granter_whose_right_is_for_another_role_cannot_lend_it(sign_in, hr, elsewhere):
    """Being an auditor of one trust and HR of another does not make auditors anywhere."""
    grant(hr, Role.AUDITOR, elsewhere)
    client = sign_in(User.objects.get(pk=hr.pk))
    for place in ("RX1", "RX2"):
        ask(client, "auditor", place)
    assert RoleGrant.objects.filter(role=Role.AUDITOR).count() == 1


def test_regional_administrator_grants_within_the_region_only(sign_in, trust, elsewhere):
    client = sign_in(user_with(Role.ADMINISTRATOR, RegionFactory(code="Y62")))
    assert ask(client, "hr_officer", "RX1").status_code == 302
    assert ask(client, "hr_officer", "RX2").status_code == 200
    assert ask(client, "regional_lead", "region-Y62", email="lead@trust.example").status_code == 302
    assert ask(client, "regional_lead", "england").status_code == 200


def test_role_is_not_granted_at_a_level_it_does_not_have(sign_in, trust):
    client = sign_in(user_with(Role.ADMINISTRATOR))
    text = ask(client, "national_lead", "RX1").text
    assert "cannot be granted at that level" in text
    assert 'href="#id_place"' in text


def test_people_and_clients_hold_different_roles(trust):
    for user, role in ((UserFactory(), Role.API_CLIENT), (UserFactory(is_client=True), Role.ADMINISTRATOR)):
        with pytest.raises(Invalid):
            grant_role(user=user, role=role, organisation=trust, by=None)


def test_revoked_role_ends_at_once(sign_in, hr, trust):
    given = grant(UserFactory(name="Own Appraiser"), Role.APPRAISER, trust)
    client = sign_in(hr)
    url = f"/account/roles/{given.pk}/revoke"
    assert "Own Appraiser" in client.get(url).text
    assert RoleGrant.objects.get(pk=given.pk).revoked_at is None
    assert client.post(url).url == LIST
    given.refresh_from_db()
    assert (given.revoked_by, given.revoked_at is not None) == (hr, True)
    assert client.post(url).status_code == 404


def test_role_of_another_trust_cannot_be_revoked(sign_in, hr, foreign):
    client = sign_in(hr)
    assert client.get(f"/account/roles/{foreign.pk}/revoke").status_code == 404
    assert client.post(f"/account/roles/{foreign.pk}/revoke").status_code == 404
    foreign.refresh_from_db()
    assert foreign.revoked_at is None


def test_hr_cannot_revoke_an_administrator_of_their_trust(sign_in, hr, trust):
    above = grant(UserFactory(), Role.ADMINISTRATOR, trust)
    assert sign_in(hr).post(f"/account/roles/{above.pk}/revoke").status_code == 404
    assert f"/account/roles/{above.pk}/revoke" not in sign_in(hr).get(LIST).text


def test_long_list_has_pages(sign_in, hr, trust):
    for number in range(60):
        grant(UserFactory(name=f"Name {number:03}"), Role.CLINICIAN, trust)
    client = sign_in(hr)
    first = client.get(LIST)
    assert "Name 049" in first.text
    assert "Name 050" not in first.text
    after = RoleGrant.objects.get(user__name="Name 049").pk
    assert f"?after={after}" in first.text
    assert "Name 050" in client.get(LIST, {"after": after}).text
    assert reverse("roles") == LIST


def test_consent_ends_with_the_last_clinician_role(sign_in, hr, trust, elsewhere):
    clinician = clinician_user(trust)
    give_consent(user=clinician.user, reach=ConsentReach.NATIONAL, by=clinician.user)
    other = grant(clinician.user, Role.CLINICIAN, elsewhere)
    here = clinician.user.role_grants.get(organisation=trust)
    revoke_role(grant=other, by=user_with(Role.ADMINISTRATOR))
    assert Standing.objects.get(clinician=clinician).consent == ConsentReach.NATIONAL
    sign_in(hr).post(f"/account/roles/{here.pk}/revoke")
    assert Standing.objects.get(clinician=clinician).consent == ""
    assert not clinician.user.consents.in_force().exists()
