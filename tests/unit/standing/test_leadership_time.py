"""Years in leadership: overlaps count once, gaps do not count, the current spell runs on."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.standing.sources import leadership_time

TODAY = datetime.date(2026, 11, 23)
D = datetime.date


@pytest.mark.parametrize(
    ("spells", "expected"),
    [
        ([], (0, None)),
        ([(D(2020, 1, 1), D(2020, 1, 10))], (10, None)),
        ([(D(2020, 1, 1), D(2020, 1, 10)), (D(2020, 1, 5), D(2020, 1, 20))], (20, None)),
        ([(D(2020, 1, 1), D(2020, 1, 10)), (D(2020, 1, 11), D(2020, 1, 20))], (20, None)),
        ([(D(2020, 1, 1), D(2020, 1, 10)), (D(2020, 1, 12), D(2020, 1, 20))], (19, None)),
        ([(D(2024, 1, 1), None)], (0, D(2024, 1, 1))),
        ([(D(2023, 1, 1), D(2024, 3, 1)), (D(2024, 1, 1), None)], (0, D(2023, 1, 1))),
        ([(D(2020, 1, 1), D(2020, 1, 10)), (D(2024, 1, 1), None)], (10, D(2024, 1, 1))),
        ([(D(2027, 1, 1), None)], (0, None)),
        ([(D(2024, 1, 1), D(2027, 1, 1))], (0, D(2024, 1, 1))),
    ],
    ids=[
        "none",
        "one finished",
        "overlap counted once",
        "adjoining",
        "gap not counted",
        "running",
        "running into one another",
        "finished and running",
        "in the future",
        "ends in the future",
    ],
)
def test_leadership_time(spells, expected):
    assert leadership_time(spells, TODAY) == expected


days = st.dates(D(2000, 1, 1), D(2030, 1, 1))
spells = st.lists(
    st.tuples(days, st.none() | days).filter(lambda spell: spell[1] is None or spell[1] >= spell[0]), max_size=8
)


@given(spells)
def test_leadership_time_counts_each_day_led_exactly_once(spells):
    led = {
        day
        for start, end in spells
        for day in range(start.toordinal(), min(end or TODAY, TODAY).toordinal() + 1)
        if start <= TODAY
    }
    total, since = leadership_time(spells, TODAY)
    running = (TODAY - since).days + 1 if since else 0
    assert total + running == len(led)
