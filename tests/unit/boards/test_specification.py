"""Plain values: they survive a journey through JSON, and say their figures in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.boards.specification import Specification, level_in_words, whole_years, years_in_words
from tests.unit.boards.given import specifications


@given(specifications)
def test_specification_survives_json(asked):
    assert Specification.from_plain(json.loads(json.dumps(asked.plain()))) == asked


@given(st.integers(0, 100))
def test_whole_years_begin_on_the_day_that_completes_them(years):
    days = -(-years * 1461 // 4)
    assert whole_years(days) == years
    assert days == 0 or whole_years(days - 1) == years - 1


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "Less than a month"), (30, "Less than a month"), (31, "1 month"), (366, "1 year"), (800, "2 years 2 months")],
)
def test_years_in_words(days, words):
    assert years_in_words(days) == words


@pytest.mark.parametrize(
    ("twelfths", "words"),
    [
        (None, "No agreed level"),
        (0, "0.00 out of 4"),
        (35, "2.92 out of 4"),
        (39, "3.25 out of 4"),
        (48, "4.00 out of 4"),
    ],
)
def test_level_in_words(twelfths, words):
    assert level_in_words(twelfths, 4) == words
