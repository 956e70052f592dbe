"""The line of shares by month: within the drawing, a gap where a month has none."""

from hypothesis import given
from hypothesis import strategies as st

from registry.appraisals.officers.chart import months_chart

points = st.lists(st.tuples(st.just("Nov"), st.none() | st.integers(0, 100)), min_size=1, max_size=24)


@given(points, st.booleans())
def test_every_share_is_a_dot_within_the_drawing(months, wide):
    chart = months_chart(months, wide=wide)
    (shape,) = chart.shapes
    assert len(shape.dots) == sum(share is not None for _, share in months)
    assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in shape.dots)


def test_more_is_higher_and_a_month_without_a_share_breaks_the_line():
    (shape,) = months_chart([("Jan", 20), ("Feb", 80), ("Mar", None), ("Apr", 50)], wide=True).shapes
    (_, low), (_, high), _ = shape.dots
    assert high < low
    assert (shape.path.count("M"), shape.path.count("L")) == (2, 1)
