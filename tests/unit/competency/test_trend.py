"""A small line of levels over time: every dot where its day and level put it."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from registry.competency.trend import EDGE, HEIGHT, LEFT, WIDTH, trend

DAY = datetime.date(2010, 5, 31)
POINTS = st.lists(
    st.tuples(st.dates(datetime.date(2002, 1, 1), datetime.date(2030, 1, 1)), st.none() | st.integers(0, 60)),
    max_size=8,
)


def test_ends_lie_at_the_edges_and_the_scale_from_bottom_to_top():
    chart = trend([(DAY, 0), (DAY.replace(year=2020), 48)], 4)
    assert chart.shapes[0].dots == ((LEFT, HEIGHT - EDGE), (WIDTH - EDGE, EDGE))
    assert chart.shapes[0].path == "M22 66 L210 10"
    assert [tick.lines for tick in chart.ticks] == [("0",), ("4",)]


def test_single_result_is_a_dot_in_the_middle_without_a_line():
    chart = trend([(DAY, 24)], 4)
    assert chart.shapes[0].dots == (((LEFT + WIDTH - EDGE) / 2, HEIGHT / 2),)
    assert chart.shapes[0].path == ""


@given(POINTS)
def test_dots_stay_inside_in_the_order_of_time_and_leave_out_what_has_no_level(points):
    dots = trend(points, 5).shapes[0].dots
    assert len(dots) == sum(level is not None for _, level in points)
    assert [x for x, _ in dots] == sorted(x for x, _ in dots)
    assert all(LEFT <= x <= WIDTH - EDGE and EDGE <= y <= HEIGHT - EDGE for x, y in dots)
