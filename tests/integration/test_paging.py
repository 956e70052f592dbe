"""Keyset pages: every row once, in order, whichever way one walks."""

import pytest
from django.http import QueryDict

from registry.clinicians.models import Clinician
from registry.nhsuk.paging import keyset_page
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory

pytestmark = pytest.mark.django_db
ORDER = ("family_name", "given_name", "pk")


@pytest.fixture
def seven():
    trust = OrganisationFactory()
    # Two of the same name: only the key tells them apart.
    names = ["Eze", "Adeyemi", "Adeyemi", "O'Neill", "Żak", "Brown", "Chowdhury"]
    for name in names:
        ClinicianFactory(organisation=trust, family_name=name)
    return Clinician.objects.all()


def page(queryset, query="", **options):
    return keyset_page(queryset, params=QueryDict(query.removeprefix("?")), order=ORDER, size=3, **options)


@pytest.mark.parametrize("descending", [False, True])
def test_walking_forward_shows_every_row_once_in_order(seven, descending):
    expected = list(seven.order_by(*(("-" if descending else "") + name for name in ORDER)))
    seen, query = [], ""
    while query is not None:
        current = page(seven, query, descending=descending)
        seen += current.rows
        query = current.next
    assert seen == expected


def test_two_lists_on_one_page_turn_their_pages_apart(seven):
    first = page(seven, prefix="left_")
    second = page(seven, first.next, prefix="left_")
    assert page(seven, first.next).rows == first.rows
    moved = page(seven, f"{first.next}&after={second.rows[0].pk}", prefix="left_")
    assert moved.rows == second.rows
    assert f"after={second.rows[0].pk}" in moved.next


@pytest.mark.parametrize("descending", [False, True])
def test_walking_back_shows_the_pages_one_came_by(seven, descending):
    first = page(seven, descending=descending)
    second = page(seven, first.next, descending=descending)
    third = page(seven, second.next, descending=descending)
    assert third.next is None
    assert page(seven, third.previous, descending=descending) == second
    assert page(seven, second.previous, descending=descending).rows == first.rows
    assert page(seven, second.previous, descending=descending).previous is None


def test_other_parameters_are_kept_in_links(seven):
    link = page(seven, "profession=nurse&q=a+b").next
    assert QueryDict(link.removeprefix("?")).dict().keys() == {"profession", "q", "after"}
    assert QueryDict(link.removeprefix("?"))["q"] == "a b"


@pytest.mark.parametrize("after", ["", "abc", "-1", "0", "9" * 40, "1%00", "²", "1.5"])
def test_nonsense_position_gives_the_first_page(seven, after):
    assert page(seven, f"after={after}").rows == page(seven).rows


def test_position_outside_the_queryset_gives_the_first_page(seven):
    elsewhere = ClinicianFactory(family_name="Mmm")
    mine = seven.exclude(pk=elsewhere.pk)
    assert page(mine, f"after={elsewhere.pk}").rows == page(mine).rows


def test_empty_list_has_no_neighbours(db):
    nothing = page(Clinician.objects.none())
    assert (nothing.rows, nothing.previous, nothing.next) == ([], None, None)
