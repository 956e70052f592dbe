"""Lines over time: within the drawing, a gap where a time has no value."""

from hypothesis import given
from hypothesis import strategies as st

from registry.competency.over_time import marks_to, over_time
from registry.competency.radar import Series

values = st.lists(st.none() | st.integers(0, 100), min_size=1, max_size=24)


@given(values, st.booleans())
def test_every_value_is_a_dot_within_the_drawing(shares, wide):
    chart = over_time(["Nov"] * len(shares), [Series("agreed", "Share", tuple(shares))], wide=wide)
    (shape,) = chart.shapes
    assert len(shape.dots) == sum(share is not None for share in shares)
    assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in shape.dots)


def test_more_is_higher_and_a_time_without_a_value_breaks_the_line():
    (shape,) = over_time(["Jan", "Feb", "Mar", "Apr"], [Series("agreed", "", (20, 80, None, 50))], wide=True).shapes
    (_, low), (_, high), _ = shape.dots
    assert high < low
    assert (shape.path.count("M"), shape.path.count("L")) == (2, 1)


def test_each_series_is_a_line_of_its_own():
    first, second = Series("agreed", "One", (1, 2)), Series("self", "Other", (0, 4))
    chart = over_time(["Q1", "Q2"], [first, second], marks=marks_to(4), unit="", wide=True)
    assert [shape.kind for shape in chart.shapes] == ["agreed", "self"]
    assert {words.lines[0] for words in chart.ticks} >= {"0", "4"}


@given(st.integers(0, 100_000))
def test_marks_hold_what_is_drawn_and_little_more(most):
    marks = marks_to(most)
    assert len(marks) == 5
    assert marks[0] == 0
    assert most <= marks[-1] <= max(4, 3 * most)


def test_marks_are_round():
    assert [marks_to(most)[-1] for most in (0, 4, 5, 9, 21, 41, 81, 400, 401)] == [4, 4, 8, 20, 40, 80, 200, 400, 800]
