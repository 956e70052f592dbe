"""Bars on one scale."""

from registry.dashboard.pictures import bars


def test_longest_bar_fills_the_width_and_segments_follow_each_other():
    first, second = bars([("Nurse", (2, 0, 6)), ("Doctor", (1, 1, 0))])
    assert first.segments == ((0.0, 25.0), (25.0, 0.0), (25.0, 75.0))
    assert second.segments == ((0.0, 12.5), (12.5, 12.5), (25.0, 0.0))
    assert (first.total, second.total) == (8, 2)


def test_nothing_has_no_bars():
    assert bars([]) == ()


def test_zeros_have_no_length():
    assert bars([("Nurse", (0,))])[0].segments == ((0.0, 0.0),)
