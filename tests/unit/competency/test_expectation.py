"""Ahead, as expected, not yet: exact at the borders, and never worse with a higher level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.competency.expectation import Against, standing_against

JUDGED = [Against.NOT_YET, Against.AS_EXPECTED, Against.AHEAD]


@pytest.mark.parametrize(
    ("level", "minimum", "found"),
    [
        (23, 2, Against.NOT_YET),
        (24, 2, Against.AS_EXPECTED),
        (35, 2, Against.AS_EXPECTED),
        (36, 2, Against.AHEAD),
        (0, 0, Against.AS_EXPECTED),
        (12, 0, Against.AHEAD),
        (48, 4, Against.AS_EXPECTED),
    ],
)
def test_border_of_a_whole_level(level, minimum, found):
    assert standing_against(level, minimum, "expected") == found


@given(st.one_of(st.none(), st.integers(0, 60)), st.integers(0, 5))
def test_nothing_expected_judges_no_level(level, minimum):
    assert standing_against(level, minimum, "none") == Against.NOTHING_EXPECTED


@given(st.integers(0, 5), st.sampled_from(["aware", "emerging", "expected", "leading"]))
def test_nothing_observed_is_not_the_same_as_not_yet(minimum, expectation):
    assert standing_against(None, minimum, expectation) == Against.NOT_OBSERVED


@given(st.integers(0, 59), st.integers(0, 5))
def test_a_higher_level_never_stands_worse_nor_a_higher_minimum_better(level, minimum):
    here = JUDGED.index(standing_against(level, minimum, "expected"))
    assert JUDGED.index(standing_against(level + 1, minimum, "expected")) >= here
    assert JUDGED.index(standing_against(level, minimum + 1, "expected")) <= here


def test_label_is_read_as_words():
    assert [one.label for one in JUDGED] == ["Not yet", "As expected", "Ahead"]
