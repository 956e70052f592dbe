"""The chart's geometry: levels land where they should, and stay inside."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.competency.radar import Series, chart, radar

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def points(path):
    numbers = [float(n) for n in NUMBER.findall(path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def square(values, top=4):
    return radar(["N", "E", "S", "W"], [Series("agreed", "Agreed", values)], top, wide=False)


def test_levels_run_from_the_centre_to_the_rim_clockwise_from_the_top():
    drawn = square((48, 24, 12, 0))
    assert [(round(x), round(y)) for x, y in drawn.shapes[0].dots] == [(160, 30), (218, 145), (160, 174), (160, 145)]
    assert drawn.shapes[0].path.endswith("Z")


def test_fractions_of_a_level_are_drawn_to_scale():
    (x, y) = square((18, 0, 0, 0)).shapes[0].dots[0]
    assert (x, round(145 - y, 1)) == (160, pytest.approx(115 * 1.5 / 4, abs=0.1))


def test_ring_for_each_level_and_spoke_for_each_domain():
    drawn = square((0, 0, 0, 0), top=5)
    assert len(drawn.grid) == 5 + 4
    assert [tick.lines for tick in drawn.ticks] == [("1",), ("2",), ("3",), ("4",), ("5",)]
    assert [label.lines for label in drawn.labels] == [("N",), ("E",), ("S",), ("W",)]
    assert [label.anchor for label in drawn.labels] == ["middle", "start", "middle", "end"]


def test_missing_level_leaves_a_gap():
    shape = square((48, None, 48, 48)).shapes[0]
    assert not shape.closed
    assert len(shape.dots) == 3
    assert shape.path.count("M") == 2  # south to west, west to north
    assert "Z" not in shape.path


def test_lonely_level_is_a_dot_and_no_levels_are_nothing():
    lonely = square((48, None, None, None)).shapes[0]
    assert (lonely.path, len(lonely.dots)) == ("", 1)
    nothing = square((None,) * 4).shapes[0]
    assert (nothing.path, nothing.dots) == ("", ())


def test_two_domains_are_bars():
    drawn = chart(
        ["One", "Two"], [Series("self", "Own", (24, 48)), Series("agreed", "Agreed", (None, 12))], 4, wide=True
    )
    own, agreed = drawn.shapes
    assert [path.count("M") for path in (own.path, agreed.path)] == [2, 1]
    ends = [max(x for x, _ in points(box + "Z")) for box in own.path.split("Z") if box.strip()]
    assert ends == [160, 308]


def test_long_labels_are_broken_into_lines():
    name = "Promoting equality and inclusion, and reducing health and workforce inequalities"
    drawn = radar([name] * 6, [], 4, wide=True)
    assert all(len(line) <= 20 for label in drawn.labels for line in label.lines)
    assert " ".join(drawn.labels[0].lines) == name
    # The label at the top ends above the rim, the one at the bottom begins below it.
    top, bottom = drawn.labels[0], drawn.labels[3]
    assert top.y + (len(top.lines) - 1) * 17 <= 235 - 150
    assert bottom.y >= 235 + 150


@given(
    st.integers(1, 9).flatmap(lambda n: st.lists(st.none() | st.integers(0, 60), min_size=n, max_size=n)),
    st.booleans(),
)
def test_everything_drawn_stays_inside_the_chart(values, wide):
    drawn = chart([f"D{i}" for i in range(len(values))], [Series("agreed", "Agreed", tuple(values))], 5, wide=wide)
    paths = [*drawn.grid, *(shape.path for shape in drawn.shapes)]
    for x, y in [p for path in paths for p in points(path)] + [d for s in drawn.shapes for d in s.dots]:
        assert 0 <= x <= drawn.width
        assert 0 <= y <= drawn.height
    for words in (*drawn.labels, *drawn.ticks):
        assert 0 <= words.x <= drawn.width
        assert 0 <= words.y <= drawn.height


@given(st.lists(st.integers(0, 60), min_size=3, max_size=9))
def test_distance_from_the_centre_is_the_level(values):
    drawn = radar(["x"] * len(values), [Series("agreed", "Agreed", tuple(values))], 5, wide=False)
    for value, (x, y) in zip(values, drawn.shapes[0].dots, strict=True):
        assert math.hypot(x - 160, y - 145) == pytest.approx(115 * value / 60, abs=0.1)
