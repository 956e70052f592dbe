"""Dividing people into action-learning sets."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.grouping import Person, how_many, set_for, sets

PROFESSIONS = st.sampled_from(["doctor", "nurse", "midwife", "pharmacist", "paramedic"])


def people_of(professions):
    return [Person(key, profession) for key, profession in enumerate(professions)]


def crowd(least=0, most=120):
    return st.lists(PROFESSIONS, min_size=least, max_size=most).map(people_of)


@given(crowd())
def test_everybody_is_in_exactly_one_set(people):
    assert sorted(person for members in sets(people) for person in members) == sorted(people)


def test_sets_have_five_to_eight_people_for_every_number_that_can_be_divided_so():
    for people in set(range(5, 2001)) - {9}:
        sizes = {people // how_many(people), -(-people // how_many(people))}
        assert sizes <= {5, 6, 7, 8}, people


@pytest.mark.parametrize(("people", "sizes"), [(0, []), (1, [1]), (4, [4]), (9, [5, 4]), (24, [6] * 4)])
def test_few_people_are_one_set_and_nine_are_five_and_four(people, sizes):
    assert [len(members) for members in sets(people_of(["nurse"] * people))] == sizes


@given(crowd())
def test_sizes_differ_by_one_at_most(people):
    sizes = [len(members) for members in sets(people)]
    assert max(sizes, default=0) - min(sizes, default=0) <= 1


@given(crowd(least=5))
def test_a_profession_is_spread_as_evenly_as_can_be(people):
    made = sets(people)
    for profession in {person.profession for person in people}:
        counts = [Counter(person.profession for person in members)[profession] for members in made]
        assert max(counts) - min(counts) <= 1


@given(crowd(), st.randoms())
def test_order_of_the_people_makes_no_difference(people, random):
    mixed = list(people)
    random.shuffle(mixed)
    assert sets(mixed) == sets(people)


def test_newcomer_joins_the_smallest_set_then_the_one_with_fewest_of_their_profession():
    nurses, mixed, full = people_of(["nurse"] * 5), people_of(["nurse", *["doctor"] * 4]), people_of(["doctor"] * 6)
    assert set_for(Person(99, "nurse"), {1: full, 2: nurses, 3: mixed}) == 3
    assert set_for(Person(99, "nurse"), {1: nurses[:4], 2: mixed}) == 1
    assert set_for(Person(99, "nurse"), {}) is None
