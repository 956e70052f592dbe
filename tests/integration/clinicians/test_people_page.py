"""The list of people: one's own organisation's, searched, narrowed, paged and exported."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.clinicians.models import Registration
from registry.clinicians.views import people
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, RegistrationFactory, clinician_user, user_with

pytestmark = pytest.mark.django_db
LIST, EXPORT = "/people/", "/people/export"


@pytest.fixture
def trust():
    return OrganisationFactory(name="Northshire Trust")


@pytest.fixture
def foreign():
    clinician = ClinicianFactory(given_name="Foreign", family_name="Person", profession="paramedic")
    RegistrationFactory(clinician=clinician, register="HCPC", number="PA99999")
    return clinician


@pytest.fixture
def hr(trust):
    return user_with(Role.HR_OFFICER, trust)


@pytest.fixture
def three(trust):
    rows = [
        ClinicianFactory(organisation=trust, given_name="Ada", family_name="O'Neill", staff_number="0001"),
        ClinicianFactory(
            organisation=trust, given_name="Łucja", family_name="Żak", sector="ambulance", department="Control room"
        ),
        ClinicianFactory(organisation=trust, given_name="Ben", family_name="Ada", career_stage="student"),
    ]
    RegistrationFactory(clinician=rows[0], number="12A3456E")
    return rows


def shown(client, **params):
    text = client.get(LIST, params).text
    return [name for name in ("Ada O&#39;Neill", "Łucja Żak", "Ben Ada", "Foreign Person") if f">{name}</a>" in text]


def test_list_shows_the_own_organisation_in_order_of_names(sign_in, hr, three, foreign):
    text = sign_in(hr).get(LIST).text
    assert "Foreign" not in text
    assert "<strong>3</strong> people" in text
    assert text.index("Ben Ada</a>") < text.index("O&#39;Neill</a>") < text.index("Żak</a>")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"q": "o'neill"}, ["Ada O&#39;Neill"]),
        ({"q": "ada"}, ["Ada O&#39;Neill", "Ben Ada"]),
        ({"q": "ada ben"}, ["Ben Ada"]),
        ({"q": "0001"}, ["Ada O&#39;Neill"]),
        ({"q": "12a3456e"}, ["Ada O&#39;Neill"]),
        ({"q": "PA99999"}, []),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "Ż"}, ["Łucja Żak"]),
        ({"sector": "ambulance"}, ["Łucja Żak"]),
        ({"career_stage": "student"}, ["Ben Ada"]),
        ({"department": "Control room"}, ["Łucja Żak"]),
        ({"department": "-"}, ["Ada O&#39;Neill", "Ben Ada"]),
        ({"profession": "paramedic"}, []),
        ({"registration": "unchecked"}, ["Ada O&#39;Neill"]),
        ({"registration": "restricted"}, []),
        ({"profession": "nonsense", "order": "x"}, ["Ada O&#39;Neill", "Łucja Żak", "Ben Ada"]),
        ({"q": "\0"}, ["Ada O&#39;Neill", "Łucja Żak", "Ben Ada"]),
        ({"after": "99999999999999999999"}, ["Ada O&#39;Neill", "Łucja Żak", "Ben Ada"]),
    ],
)
def test_list_is_searched_and_narrowed(sign_in, hr, three, foreign, params, expected):
    assert shown(sign_in(hr), **params) == expected


def test_list_is_sorted_the_other_way(sign_in, hr, three):
    text = sign_in(hr).get(LIST, {"order": "-name"}).text
    assert text.index("Żak</a>") < text.index("O&#39;Neill</a>") < text.index("Ben Ada</a>")


def test_empty_list_says_what_it_is_for(sign_in, hr, foreign):
    client = sign_in(hr)
    assert "Import people" in client.get(LIST).text
    assert "Nobody matches" in client.get(LIST, {"q": "x"}).text


def test_list_asks_the_same_queries_for_one_and_three_rows(sign_in, hr, trust):
    client = sign_in(hr)
    counts = []
    for wanted in (1, 3):
        while trust.clinicians.count() < wanted:
            RegistrationFactory(clinician__organisation=trust)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_long_list_has_pages_that_keep_the_filters(sign_in, hr, trust):
    for number in range(55):
        ClinicianFactory(organisation=trust, family_name=f"Name{number:03}")
    client = sign_in(hr)
    first = client.get(LIST, {"profession": "nurse"}).text
    last = trust.clinicians.get(family_name="Name049")
    assert f"?profession=nurse&amp;after={last.pk}" in first
    second = client.get(LIST, {"profession": "nurse", "after": last.pk}).text
    assert "Name050" in second
    assert "Name049" not in second


@pytest.mark.parametrize("role", [Role.APPRAISER, Role.AUDITOR, Role.MENTOR])
def test_list_does_not_exist_for_others(sign_in, trust, role, three):
    client = sign_in(user_with(role, trust))
    assert (client.get(LIST).status_code, client.get(EXPORT).status_code) == (404, 404)


def test_list_does_not_exist_for_a_clinician(sign_in, trust):
    assert sign_in(clinician_user(trust).user).get(LIST).status_code == 404


def test_export_holds_the_narrowed_list_with_formulas_disarmed(sign_in, hr, trust, three, foreign):
    ClinicianFactory(organisation=trust, given_name='=HYPERLINK("x")', family_name="@Zzz", sector="ambulance")
    response = sign_in(hr).get(EXPORT, {"sector": "ambulance"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["First name"], row["Last name"]) for row in rows] == [
        ('\'=HYPERLINK("x")', "'@Zzz"),
        ("Łucja", "Żak"),
    ]


def test_export_is_recorded_for_everybody_on_it(sign_in, hr, trust, three, foreign):
    sign_in(hr).get(EXPORT)
    reads = ReadEvent.objects.filter(purpose="people.export")
    assert set(reads.values_list("subject_id", "actor_id", "organisation_id", "via")) == {
        (person.pk, hr.pk, trust.pk, "page") for person in three
    }


def test_export_that_is_too_long_says_so(sign_in, hr, three, monkeypatch):
    monkeypatch.setattr(people, "MOST_EXPORTED", 2)
    response = sign_in(hr).get(EXPORT)
    assert response.status_code == 409
    assert "Narrow it" in response.text
    assert not ReadEvent.objects.exists()


def test_registration_state_is_said_in_words(sign_in, hr, three):
    assert "Not checked" in sign_in(hr).get(LIST).text
    Registration.objects.update(status="suspended")
    assert "Suspended" in sign_in(hr).get(LIST).text
