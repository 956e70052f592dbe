"""A domain's level in twelfths: exact, between its elements' levels, and the same in whatever order they come."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.competency.twelfths import in_levels, twelfths

LEVELS = st.lists(st.integers(0, 5), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("levels", "not_observed", "expected"),
    [
        ([3, 3, 3, 3], None, 36),
        ([1, 2, 3, 3], None, 27),
        ([4, 0, 0, 0], None, 12),  # "not yet" counts as 0
        ([4, 0, 0, 0], 0, 48),  # "no chance to demonstrate" is left out
        ([0, 0], 0, None),
        ([0, 0], None, 0),
        ([None, 4], None, 48),
        ([], None, None),
        ([5], None, 60),
        ([1, 0, 0, 0, 0], None, 2),  # 2.4: five elements, in a framework that is only read
        ([1, 1, 1, 0, 0, 0, 0, 0], None, 5),  # 4.5: halves go up
    ],
)
def test_twelfths(levels, not_observed, expected):
    assert twelfths(levels, not_observed) == expected


@given(LEVELS)
def test_twelfths_are_exact_for_up_to_four_elements(levels):
    assert twelfths(levels) == Fraction(12 * sum(levels), len(levels))


@given(LEVELS, st.none() | st.just(0))
def test_twelfths_lie_between_the_lowest_and_the_highest_level_observed(levels, not_observed):
    observed = [level for level in levels if level != not_observed]
    value = twelfths(levels, not_observed)
    if observed:
        assert 12 * min(observed) <= value <= 12 * max(observed)
    else:
        assert value is None


@given(LEVELS, st.randoms())
def test_twelfths_do_not_depend_on_the_order(levels, random):
    shuffled = random.sample(levels, len(levels))
    assert twelfths(levels, 0) == twelfths(shuffled, 0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (0, "0"),
        (36, "3"),
        (32, "2.67"),
        (33, "2.75"),
        (30, "2.5"),
        (31, "2.58"),
        (60, "5"),
        (1, "0.08"),
        (4, "0.33"),
    ],
)
def test_level_is_written_to_two_places_at_most(value, expected):
    assert in_levels(value) == expected
