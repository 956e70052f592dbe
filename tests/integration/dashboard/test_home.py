"""Home: what needs each role now, and one picture; never anybody else's."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.roles import Role
from registry.audit.record import read
from registry.dashboard import home
from registry.dashboard.navigation import ENTRIES, menu_for
from registry.kernel.needs import Need
from tests.factories.organisations import OrganisationFactory, RegionFactory
from tests.factories.people import (
    ClinicianFactory,
    RegistrationFactory,
    UserFactory,
    clinician_user,
    grant,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(name="Northshire Trust")


@pytest.fixture(autouse=True)
def foreign():
    """A second trust's people are always there, and never on anybody's page."""
    clinician = ClinicianFactory(family_name="Foreign", profession="podiatrist", organisation__name="Secret Trust")
    RegistrationFactory(clinician=clinician, register="HCPC", number="CH1")
    return clinician


def text_for(sign_in, user):
    response = sign_in(user).get("/")
    assert response.status_code == 200
    assert "Foreign" not in response.text
    assert "Secret Trust" not in response.text
    return response.text


def test_person_without_roles_is_told_whom_to_ask(sign_in):
    assert "You hold no roles yet" in text_for(sign_in, UserFactory())


def test_clinician_sees_the_gaps_of_their_profile_and_a_first_step(sign_in, trust):
    nurse = clinician_user(trust)
    text = text_for(sign_in, nurse.user)
    for words in ("Add your professional registration", "Say what you want next", "considered for board posts"):
        assert words in text
    assert "See where you stand as a leader" in text
    RegistrationFactory(clinician=nurse)
    assert "Add your professional registration" not in text_for(sign_in, nurse.user)


def test_hr_sees_registrations_to_check_and_their_people(sign_in, trust):
    RegistrationFactory(clinician__organisation=trust)
    RegistrationFactory(clinician__organisation=trust)
    text = text_for(sign_in, user_with(Role.HR_OFFICER, trust))
    assert 'href="/people/?registration=unchecked"' in text
    assert "Your people, by profession and career stage" in text
    assert "Nurse" in text
    assert "podiatrist" not in text.lower()


def test_hr_without_people_sees_the_first_action(sign_in, trust):
    text = text_for(sign_in, user_with(Role.HR_OFFICER, trust))
    assert "Nothing needs you now." in text
    assert "Import people" in text


def test_administrator_of_an_empty_registry_appoints_hr(sign_in):
    administrator = user_with(Role.ADMINISTRATOR)
    assert "Appoint the first HR officer" in text_for(sign_in, administrator)
    user_with(Role.HR_OFFICER, OrganisationFactory())
    assert "Appoint the first HR officer" not in text_for(sign_in, administrator)


def test_auditor_sees_reads_of_own_places_only(sign_in, trust, foreign):
    auditor = user_with(Role.AUDITOR, trust)
    read("profile", foreign, by=auditor, organisation_id=foreign.organisation_id)
    assert "Nobody has read a profile" in text_for(sign_in, auditor)
    read("profile", ClinicianFactory(organisation=trust), by=auditor, organisation_id=trust.pk)
    assert "Nobody has read a profile" not in text_for(sign_in, auditor)


@pytest.mark.parametrize("role", list(Role))
def test_home_opens_for_every_role(sign_in, trust, role):
    place = {Role.REGIONAL_LEAD: RegionFactory(), Role.NATIONAL_LEAD: None}.get(role, trust)
    text_for(sign_in, user_with(role, place))


def test_several_roles_are_grouped_in_one_page(sign_in, trust):
    nurse = clinician_user(trust)
    grant(nurse.user, Role.HR_OFFICER, trust)
    text = text_for(sign_in, nurse.user)
    assert text.index('id="role-clinician"') < text.index('id="role-hr_officer"')


def test_needs_are_ordered_by_date_and_said_in_words(sign_in, trust, monkeypatch):
    day = home.datetime.date.today()
    needs = [
        Need("No date", "/a"),
        Need("Later", "/b", due=day + datetime.timedelta(days=3)),
        Need("Overdue thing", "/c", count=1200, due=day - datetime.timedelta(days=30)),
    ]
    monkeypatch.setattr(home, "needs_sources", [(lambda user: needs, "hr_officer")])
    text = text_for(sign_in, user_with(Role.HR_OFFICER, trust))
    assert text.index("Overdue thing") < text.index("Later") < text.index("No date")
    assert "1,200" in text
    assert "Overdue" in text


def test_home_asks_the_same_queries_for_one_and_three_people(sign_in, trust):
    client = sign_in(user_with(Role.HR_OFFICER, trust))
    counts = []
    for times in (1, 2):
        for _ in range(times):
            RegistrationFactory(clinician__organisation=trust)
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


# --- the menu --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_menu_of_one_role_has_at_most_six_entries_that_all_open(sign_in, trust, role):
    place = {Role.REGIONAL_LEAD: RegionFactory(), Role.NATIONAL_LEAD: None}.get(role, trust)
    user = user_with(role, place)
    menu = menu_for(user, "/")
    assert len(menu) <= 6
    client = sign_in(user)
    assert [client.get(item["href"]).status_code for item in menu] == [200] * len(menu)


def test_menu_marks_the_page_and_starts_groups(trust):
    nurse = clinician_user(trust)
    grant(nurse.user, Role.HR_OFFICER, trust)
    menu = menu_for(nurse.user, "/people/me")
    assert [item["text"] for item in menu if item["current"]] == ["My profile"]
    assert [item["text"] for item in menu if item["new_group"]] == ["People"]


def test_every_entry_is_for_somebody():
    assert all(entry.roles for entry in ENTRIES)


def test_every_page_of_an_officers_sections_opens_and_is_marked_with_its_section(sign_in, trust):
    hr = user_with(Role.HR_OFFICER, trust)
    client = sign_in(hr)
    pages = [(item["text"], page["text"], page["href"]) for item in menu_for(hr, "/") for page in item["pages"]]
    assert {section for section, *_ in pages} == {"People", "Appraisals", "Programmes", "Insight"}
    for section, name, href in pages:
        response = client.get(href)
        assert response.status_code == 200
        current = [
            (item["text"], page["text"]) for item in menu_for(hr, href) for page in item["pages"] if page["current"]
        ]
        assert current == [(section, name)]
        assert f'<a class="app-section__link" href="{href}" aria-current="true">{name}</a>' in response.text
