"""A profile: who sees it, who writes what on it, and who is told that it was read."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.clinicians.models import Clinician, Post, Qualification, Registration
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import (
    ClinicianFactory,
    LeadershipRoleFactory,
    PostFactory,
    QualificationFactory,
    RegistrationFactory,
    clinician_user,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(name="Northshire Trust")


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust, name="Priya HR")


@pytest.fixture
def nurse(trust):
    return clinician_user(trust, given_name="Ada", family_name="O'Brien")


@pytest.fixture
def foreign():
    return clinician_user(OrganisationFactory(name="Secret Trust"), family_name="Foreign")


def full(clinician):
    """One entry of each kind."""
    return {
        "registrations": RegistrationFactory(clinician=clinician),
        "posts": PostFactory(clinician=clinician),
        "roles": LeadershipRoleFactory(clinician=clinician),
        "qualifications": QualificationFactory(clinician=clinician),
    }


def dates(start=("6", "1", "2020"), end=("", "", "")):
    parts = ("day", "month", "year")
    return {f"started_on-{part}": value for part, value in zip(parts, start, strict=True)} | {
        f"ended_on-{part}": value for part, value in zip(parts, end, strict=True)
    }


# --- reading ---------------------------------------------------------------------------------------------------------


def test_own_profile_shows_everything_and_records_no_read(sign_in, nurse):
    full(nurse)
    text = sign_in(nurse.user).get("/people/me").text
    for words in ("Ada O&#39;Brien", "Matron", "Band 8a", "Clinical lead", "MBA in health", "Not checked"):
        assert words in text
    assert not ReadEvent.objects.exists()


def test_reading_anothers_profile_is_recorded_and_told(sign_in, hr, nurse):
    assert sign_in(hr).get(f"/people/{nurse.pk}").status_code == 200
    event = ReadEvent.objects.get()
    assert (event.purpose, event.actor_id, event.subject_id) == ("profile", hr.pk, nurse.pk)
    text = sign_in(nurse.user).get("/people/me/seen-by").text
    assert "Priya HR" in text
    assert "HR officer, Northshire Trust" in text
    assert "Opened your profile" in text


def test_readers_of_others_are_not_told(sign_in, hr, nurse, trust):
    colleague = clinician_user(trust)
    sign_in(hr).get(f"/people/{nurse.pk}")
    assert "Nobody but you" in sign_in(colleague.user).get("/people/me/seen-by").text


def test_role_at_the_time_is_told_even_after_it_ended(sign_in, hr, nurse):
    sign_in(hr).get(f"/people/{nurse.pk}")
    hr.role_grants.update(revoked_at=ReadEvent.objects.get().at + datetime.timedelta(days=1), revoked_by=hr)
    assert "HR officer, Northshire Trust" in sign_in(nurse.user).get("/people/me/seen-by").text


def test_readers_page_asks_the_same_queries_for_one_and_three_rows(sign_in, hr, nurse):
    counts = []
    for times in (1, 2):
        for _ in range(times):
            sign_in(hr).get(f"/people/{nurse.pk}")
        client = sign_in(nurse.user)
        client.get("/people/me/seen-by")
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/me/seen-by")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_profile_asks_the_same_queries_for_one_and_three_entries(sign_in, hr, nurse):
    client = sign_in(hr)
    counts = []
    for times in (1, 2):
        for _ in range(times):
            full(nurse)
        client.get(f"/people/{nurse.pk}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/people/{nurse.pk}")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22


ADDRESSES = [
    "",
    "/details",
    "/account",
    "/posts/add",
    "/registrations/add",
    "/registrations/{registrations}/check",
    *(
        f"/{kind}/{{{kind}}}/{act}"
        for kind in ("registrations", "posts", "roles", "qualifications")
        for act in ("change", "remove")
    ),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_foreign_profile_does_not_exist(sign_in, hr, nurse, foreign, address):
    entries = {kind: entry.pk for kind, entry in full(foreign).items()}
    path = f"/people/{foreign.pk}{address.format(**entries)}"
    for user in (hr, nurse.user, user_with(Role.AUDITOR, nurse.organisation)):
        client = sign_in(user)
        assert client.get(path).status_code == 404
        assert client.post(path).status_code in {404, 405}
    assert Post.objects.filter(clinician=foreign).count() == 1
    assert not ReadEvent.objects.exists()


@pytest.mark.parametrize("address", [a for a in ADDRESSES if "{" in a])
def test_foreign_entry_is_not_reached_through_ones_own_profile(sign_in, hr, nurse, foreign, address):
    entries = {kind: entry.pk for kind, entry in full(foreign).items()}
    client = sign_in(hr)
    path = f"/people/{nurse.pk}{address.format(**entries)}"
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("address", ["999999", "9" * 30, "0", "me/x", "1/nonsense/add", "1/posts/9/verify"])
def test_address_of_nothing_is_404(sign_in, hr, address):
    assert sign_in(hr).get(f"/people/{address}").status_code == 404


def test_clinician_without_a_profile_is_told_whom_to_ask(sign_in, trust):
    client = sign_in(user_with(Role.CLINICIAN, trust))
    assert "There is no profile with your e-mail address" in client.get("/people/me").text
    assert client.get("/people/me/seen-by").status_code == 404


# --- details ---------------------------------------------------------------------------------------------------------

DETAILS = {
    "given_name": "Ada",
    "family_name": "O'Brien",
    "profession": "midwife",
    "sector": "community",
    "career_stage": "practitioner",
    "aspirations": ["board", "practice"],
    "readiness": "1-2",
    "mobility": "region",
}


def test_clinician_changes_own_details_but_not_the_employers(sign_in, nurse, foreign):
    client = sign_in(nurse.user)
    before = nurse.staff_number
    assert "staff_number" not in client.get(f"/people/{nurse.pk}/details").text
    sent = DETAILS | {"staff_number": "1", "organisation": foreign.organisation_id, "appraiser": nurse.user_id}
    assert client.post(f"/people/{nurse.pk}/details", sent).url == "/people/me"
    nurse.refresh_from_db()
    assert (nurse.profession, nurse.aspirations, nurse.readiness) == ("midwife", ["board", "practice"], "1-2")
    assert (nurse.staff_number, nurse.appraiser) == (before, None)
    assert nurse.organisation_id != foreign.organisation_id


def test_hr_changes_the_employers_details(sign_in, hr, nurse, trust):
    manager = ClinicianFactory(organisation=trust)
    appraiser = user_with(Role.APPRAISER, trust)
    sent = DETAILS | {
        "email": "ada@trust.example",
        "staff_number": "0042",
        "organisation": trust.pk,
        "line_manager": manager.staff_number,
        "appraiser": appraiser.pk,
    }
    assert sign_in(hr).post(f"/people/{nurse.pk}/details", sent).url == f"/people/{nurse.pk}"
    nurse.refresh_from_db()
    assert (nurse.staff_number, nurse.line_manager, nurse.appraiser) == ("0042", manager, appraiser)
    again = sign_in(hr).get(f"/people/{nurse.pk}/details").text
    assert f'value="{manager.staff_number}"' in again


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""),
        ("given_name", "x" * 101),
        ("family_name", "a\0b"),
        ("profession", "wizard"),
        ("sector", ""),
        ("aspirations", "riches"),
        ("email", "not an address"),
        ("staff_number", "taken"),
        ("line_manager", "foreign"),
        ("line_manager", "unknown"),
        ("line_manager", "own"),
        ("organisation", "foreign"),
        ("appraiser", "foreign"),
        ("appraiser", "not one"),
    ],
)
def test_wrong_detail_is_said_beside_its_field_and_nothing_is_written(sign_in, hr, nurse, foreign, trust, field, value):
    ClinicianFactory(organisation=trust, staff_number="taken")
    special = {
        ("line_manager", "foreign"): foreign.staff_number,
        ("line_manager", "own"): nurse.staff_number,
        ("organisation", "foreign"): foreign.organisation_id,
        ("appraiser", "foreign"): user_with(Role.APPRAISER, foreign.organisation).pk,
        ("appraiser", "not one"): hr.pk,
    }
    sent = DETAILS | {"staff_number": nurse.staff_number, "organisation": trust.pk}
    response = sign_in(hr).post(f"/people/{nurse.pk}/details", sent | {field: special.get((field, value), value)})
    assert response.status_code == 200
    assert f'href="#id_{field}' in response.text
    assert "<title>Error: " in response.text
    assert "Foreign" not in response.text
    assert Clinician.objects.get(pk=nurse.pk).profession == "nurse"


# --- entries ---------------------------------------------------------------------------------------------------------


def test_clinician_adds_changes_and_removes_a_post(sign_in, nurse, trust):
    client = sign_in(nurse.user)
    sent = {"title": "Matron", "organisation": trust.pk, "band": "8a"} | dates()
    assert client.post(f"/people/{nurse.pk}/posts/add", sent).url == "/people/me"
    post = Post.objects.get()
    assert (post.clinician, post.started_on, post.ended_on) == (nurse, datetime.date(2020, 1, 6), None)
    url = f"/people/{nurse.pk}/posts/{post.pk}"
    assert 'value="2020"' in client.get(f"{url}/change").text
    client.post(f"{url}/change", sent | {"title": "Lead matron"} | dates(end=("1", "2", "2021")))
    post.refresh_from_db()
    assert (post.title, post.ended_on) == ("Lead matron", datetime.date(2021, 2, 1))
    assert "Lead matron" in client.get(f"{url}/remove").text
    assert Post.objects.exists()
    assert client.post(f"{url}/remove").url == "/people/me"
    assert not Post.objects.exists()
    assert client.post(f"{url}/remove").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": ""}, "title", "Enter a job title."),
        ({"band": "11"}, "band", "Choose a pay band or grade from the list."),
        ({"organisation": "999999"}, "organisation", "Choose an organisation from the list."),
        (dates(start=("31", "2", "2020")), "started_on-day", "Enter a real date"),
        (dates(start=("", "", "")), "started_on-day", "Enter the start date."),
        (dates(start=("1", "1", "20")), "started_on-day", "Enter a real date"),
        (dates(start=("1", "1", "1839")), "started_on-day", "1940 or later"),
        (dates(start=("a\0", "<b>", "²")), "started_on-day", "Enter a real date"),
        (dates(end=("1", "1", "2019")), "ended_on-day", "The end date must be the same as or after"),
    ],
)
def test_wrong_post_is_said_beside_its_field(sign_in, nurse, trust, changes, field, words):
    sent = {"title": "Matron", "organisation": trust.pk, "band": "8a"} | dates() | changes
    response = sign_in(nurse.user).post(f"/people/{nurse.pk}/posts/add", sent)
    assert response.status_code == 200
    assert f'href="#id_{field}"' in response.text
    assert words in response.text
    assert not Post.objects.exists()


@pytest.mark.parametrize("sessions", ["-1", "14.5", "1.555", "many", "NaN", "1e9", ""])
def test_wrong_protected_time_is_said_beside_its_field(sign_in, nurse, sessions):
    sent = {"title": "Lead", "nature": "formal", "protected_sessions": sessions} | dates()
    response = sign_in(nurse.user).post(f"/people/{nurse.pk}/roles/add", sent)
    assert 'href="#id_protected_sessions"' in response.text
    assert not nurse.leadership_roles.exists()


def test_leadership_role_and_qualification_are_kept(sign_in, nurse):
    client = sign_in(nurse.user)
    sent = {"title": "Quality circle", "nature": "informal", "protected_sessions": "1.5"} | dates()
    client.post(f"/people/{nurse.pk}/roles/add", sent)
    client.post(
        f"/people/{nurse.pk}/qualifications/add",
        {"kind": "health_mba", "title": "MBA", "awarded_by": "University of Nowhere", "year": "2019"},
    )
    text = client.get("/people/me").text
    assert "Informal. 1.5 sessions a week protected" in text
    assert "University of Nowhere, 2019" in text


@pytest.mark.parametrize("year", ["1949", "2101", "soon", ""])
def test_wrong_year_is_said_beside_its_field(sign_in, nurse, year):
    sent = {"kind": "mba", "title": "MBA", "year": year}
    response = sign_in(nurse.user).post(f"/people/{nurse.pk}/qualifications/add", sent)
    assert 'href="#id_year"' in response.text
    assert not Qualification.objects.exists()


@pytest.mark.parametrize(
    ("register", "number"), [("GMC", "12A3456E"), ("NMC", "1234567"), ("NMC", ""), ("NMC", "12A3456E\0"), ("X", "1")]
)
def test_wrong_registration_is_said_beside_its_field(sign_in, nurse, register, number):
    sent = {"register": register, "number": number}
    response = sign_in(nurse.user).post(f"/people/{nurse.pk}/registrations/add", sent)
    assert 'href="#id_number"' in response.text or 'href="#id_register"' in response.text
    assert not Registration.objects.exists()


def test_registration_number_in_use_elsewhere_tells_nothing(sign_in, nurse, foreign):
    taken = RegistrationFactory(clinician=foreign)
    sent = {"register": "NMC", "number": taken.number.lower()}
    response = sign_in(nurse.user).post(f"/people/{nurse.pk}/registrations/add", sent)
    assert 'href="#id_number"' in response.text
    assert "Foreign" not in response.text
    assert "Secret Trust" not in response.text
    assert not nurse.registrations.exists()


# --- checking, accounts ----------------------------------------------------------------------------------------------


def check(client, registration, **changes):
    sent = {"seen": registration.number, "status": "conditions", "method": "register"} | changes
    return client.post(f"/people/{registration.clinician_id}/registrations/{registration.pk}/check", sent)


def test_hr_records_what_the_register_says(sign_in, hr, nurse):
    registration = RegistrationFactory(clinician=nurse)
    client = sign_in(hr)
    assert check(client, registration).url == f"/people/{nurse.pk}"
    text = client.get(f"/people/{nurse.pk}").text
    assert "Registered with conditions" in text
    assert "by Priya HR: The regulator&#39;s online register" in text


def test_check_of_a_number_that_changed_meanwhile_is_a_conflict(sign_in, hr, nurse):
    registration = RegistrationFactory(clinician=nurse)
    assert check(sign_in(hr), registration, seen="99A9999E").status_code == 409
    registration.refresh_from_db()
    assert registration.verified_at is None


@pytest.mark.parametrize("changes", [{"status": ""}, {"method": "guess"}])
def test_incomplete_check_is_said_beside_its_field(sign_in, hr, nurse, changes):
    response = check(sign_in(hr), RegistrationFactory(clinician=nurse), **changes)
    assert f'href="#id_{next(iter(changes))}"' in response.text


def test_clinician_does_not_check_and_cannot_shed_a_check(sign_in, hr, nurse):
    registration = RegistrationFactory(clinician=nurse)
    assert check(sign_in(nurse.user), registration).status_code == 404
    check(sign_in(hr), registration, status="suspended")
    client = sign_in(nurse.user)
    url = f"/people/{nurse.pk}/registrations/{registration.pk}"
    assert f"{url}/remove" not in client.get("/people/me").text
    assert client.post(f"{url}/remove").status_code == 409
    assert client.post(f"{url}/change", {"register": "NMC", "number": "11B1111E"}).status_code == 409
    registration.refresh_from_db()
    assert registration.status == "suspended"


def test_hr_opens_an_account_and_the_person_gets_a_link(sign_in, hr, trust, mailoutbox):
    clinician = ClinicianFactory(organisation=trust, email="ada@trust.example")
    client = sign_in(hr)
    url = f"/people/{clinician.pk}/account"
    assert "ada@trust.example" in client.get(url).text
    assert mailoutbox == []
    assert client.post(url).url == f"/people/{clinician.pk}"
    assert [mail.to for mail in mailoutbox] == [["ada@trust.example"]]
    assert client.get(url).url == f"/people/{clinician.pk}"
    clinician.refresh_from_db()
    assert sign_in(clinician.user).get("/people/me").status_code == 200


def test_account_of_an_address_in_use_is_refused_without_telling(sign_in, hr, trust, foreign, mailoutbox):
    clinician = ClinicianFactory(organisation=trust, email=foreign.user.email)
    response = sign_in(hr).post(f"/people/{clinician.pk}/account")
    assert "This e-mail address cannot be used" in response.text
    assert "Foreign" not in response.text
    assert mailoutbox == []


def test_account_is_opened_by_the_employer_only(sign_in, nurse):
    assert sign_in(nurse.user).post(f"/people/{nurse.pk}/account").status_code == 404
