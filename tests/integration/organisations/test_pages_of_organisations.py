"""Looking organisations up: search, region, closed ones, and dated links."""

import datetime

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.organisations.actions import load_regions
from registry.organisations.models import BoardLink, Kind, Organisation
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
LIST = reverse("organisations:organisations")


@pytest.fixture
def browser(sign_in, time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC))
    load_regions()
    return sign_in(UserFactory())


def names(browser, **query):
    shown = browser.get(LIST, query).content.decode()
    return [name for name in Organisation.objects.values_list("name", flat=True) if f">{name}</a>" in shown]


def test_list_shows_open_trusts(browser):
    OrganisationFactory(name="Open")
    OrganisationFactory(name="Closed", closed_on=datetime.date(2026, 3, 31))
    OrganisationFactory(name="Board", kind=Kind.ICB)
    assert names(browser) == ["Open"]
    assert names(browser, closed="on") == ["Closed", "Open"]
    assert names(browser, kind="icb") == ["Board"]


def test_list_finds_by_words_code_and_region(browser):
    OrganisationFactory(name="General Hospital", ods_code="RJ1", region="Y56")
    OrganisationFactory(name="Royal Hospital", ods_code="RX1", region="Y62")
    assert names(browser, q="hospital GENERAL") == ["General Hospital"]
    assert names(browser, q="rx1") == ["Royal Hospital"]
    assert names(browser, region="Y62") == ["Royal Hospital"]


@pytest.mark.parametrize("query", [{"region": "Y99"}, {"kind": "x"}, {"q": "a\0b"}, {"q": "x" * 101}, {"after": "x"}])
def test_list_of_nonsense_is_a_page(browser, query):
    assert browser.get(LIST, query).status_code == 200


def test_list_costs_the_same_for_one_trust_and_three(browser):
    def queries():
        with CaptureQueriesContext(connection) as found:
            browser.get(LIST)
        return len(found)

    OrganisationFactory()
    queries()
    one = queries()
    OrganisationFactory()
    OrganisationFactory()
    assert queries() == one
    assert one <= 12


def test_detail_shows_dated_links(browser):
    trust = OrganisationFactory(name="Trust", ods_code="RJ1", region="Y56", closed_on=datetime.date(2026, 3, 31))
    board = OrganisationFactory(name="Board", ods_code="QKK", kind=Kind.ICB)
    BoardLink.objects.create(
        organisation=trust, board=board, period=DateRange(datetime.date(2001, 4, 1), datetime.date(2026, 4, 1))
    )
    shown = browser.get(reverse("organisations:organisation", args=["RJ1"])).content.decode()
    assert "31 March 2026" in shown
    assert "London" in shown
    assert " ".join(shown.split()).count("1 April 2001 to 31 March 2026") == 1


def test_detail_of_a_code_nobody_has_is_not_there(browser):
    assert browser.get(reverse("organisations:organisation", args=["NONE"])).status_code == 404


def test_organisations_ask_a_stranger_to_sign_in(client):
    assert client.get(LIST).status_code == 302
