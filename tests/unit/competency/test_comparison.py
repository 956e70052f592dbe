"""How levels changed beside a matched group: by hand, by its properties, and what may be told of it."""

import math
from itertools import pairwise
from statistics import fmean, stdev

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from registry.competency.change.comparison import Cell, Interval, alone, compare, entered, publish, quantile, told

# Two participants beside two others, and one beside three.
FIRST = Cell((12, 24), others=2, total=12, squares=144)
SECOND = Cell((6,), others=3, total=18, squares=180)


def cell(changes, others):
    return Cell(tuple(changes), len(others), sum(others), sum(one * one for one in others))


steps = st.integers(-60, 60)
cells = st.builds(cell, st.lists(steps, min_size=1, max_size=8), st.lists(steps, min_size=2, max_size=8))
cohorts = st.dictionaries(st.integers(1, 4), st.lists(cells, min_size=1, max_size=4), min_size=1)


def same(interval, mean, half):
    assert interval.mean == pytest.approx(mean)
    assert interval.high - interval.mean == pytest.approx(half)
    assert interval.mean - interval.low == pytest.approx(half)


def test_by_hand():
    """Others change by 6 in each cell; so the differences are 6, 18 and 0 twelfths, with a mean of 8.

    Their spread is (4 + 100 + 64) / 6 = 28. The others vary by 72 and 36, which makes 4/2 * 72 + 1/3 * 36 = 156 in
    the sum, of which 2/2 * 72 + 1/3 * 36 = 84 is in the spread already: (156 - 84) / 9 = 8 more. The root of 36 is 6
    twelfths, half a level.
    """
    found = compare({"spring": [FIRST, SECOND]})
    assert (found.people, found.matched, found.others) == (3, 3, 5)
    same(found.difference, 8 / 12, 0.5 * quantile(2))
    same(found.others_change, 0.5, quantile(4) * math.sqrt(156 / 9) / 12)
    same(found.change, 14 / 12, quantile(2) * stdev([12, 24, 6]) / math.sqrt(3) / 12)


@pytest.mark.parametrize(
    ("freedom", "value"), [(9, 2.262), (10, 2.228), (15, 2.131), (20, 2.086), (30, 2.042), (60, 2.000), (120, 1.980)]
)
def test_quantile_is_that_of_the_printed_tables(freedom, value):
    assert quantile(freedom) == pytest.approx(value, abs=0.0006)


def test_nobody_is_compared_with_a_single_person():
    lonely = Cell((12,), others=1, total=3, squares=9)
    found = compare({"spring": [FIRST, SECOND, lonely]})
    assert (found.people, found.matched, found.others) == (4, 3, 5)
    assert found.difference == compare({"spring": [FIRST, SECOND]}).difference


def test_others_who_may_stand_beside_two_cohorts_widen_the_interval():
    one = compare({"spring": [FIRST, SECOND]})
    two = compare({"spring": [FIRST], "autumn": [SECOND]})
    assert two.difference.mean == one.difference.mean
    assert two.difference.high > one.difference.high


@given(cohorts, steps)
def test_what_everybody_gains_alike_is_no_difference(groups, gain):
    moved = {
        key: [
            Cell(
                tuple(change + gain for change in one.changes),
                one.others,
                one.total + gain * one.others,
                one.squares + 2 * gain * one.total + gain * gain * one.others,
            )
            for one in some
        ]
        for key, some in groups.items()
    }
    assume(sum(len(one.changes) for some in groups.values() for one in some) > 1)
    before, after = compare(groups), compare(moved)
    same(after.difference, before.difference.mean, before.difference.high - before.difference.mean)
    assert after.change.mean - before.change.mean == pytest.approx(gain / 12)


@given(cohorts)
def test_difference_lies_between_the_two_changes_and_its_interval_around_it(groups):
    found = compare(groups)
    assume(found.difference is not None)
    assert found.difference.mean == pytest.approx(found.change.mean - found.others_change.mean)
    assert found.difference.low <= found.difference.mean <= found.difference.high


@given(st.lists(steps, min_size=2, max_size=30))
def test_alone_is_the_plain_interval_of_a_mean(changes):
    found = alone([Cell(tuple(changes[:1])), Cell(tuple(changes[1:]))])
    half = quantile(len(changes) - 1) * stdev(changes) / math.sqrt(len(changes)) / 12
    same(found.change, fmean(changes) / 12, half)
    assert found.difference is None


# --- what may be told ------------------------------------------------------------------------------------------------


def people(number, others=20):
    return [cell([12] * number, [0, 6] * (others // 2))]


def shown(groups):
    sheet = publish(groups)
    return sheet.total is not None, {key for key, figures in sheet.groups.items() if figures is not None}


def test_ten_on_both_sides_are_told_and_nine_on_either_are_not():
    assert shown({"spring": people(10, 10)}) == (True, {"spring"})
    assert publish({"spring": people(10, 10)}).total.difference is not None
    assert shown({"spring": people(9, 20)}) == (False, set())
    few_others = publish({"spring": people(10, 8)}).total
    assert few_others.people == 10
    assert few_others.difference is None


def test_cohort_is_kept_back_where_the_others_follow_by_subtraction():
    assert shown({"autumn": people(4), "spring": people(12)}) == (True, set())
    assert shown({"autumn": people(4), "spring": people(12), "summer": people(15)}) == (True, {"summer"})


def test_groups_enter_the_figures_of_all_in_turn_and_only_ten_people_together():
    assert entered({"a": 12, "b": 4, "c": 5}) == [["a"]]
    assert entered({"a": 12, "b": 4, "c": 5, "d": 1}) == [["a"], ["b", "c", "d"]]
    assert entered({"a": 9}) == entered({}) == []


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 12)), min_size=1, max_size=6))
def test_figures_of_all_change_by_ten_people_or_by_nobody_as_cohorts_come(sizes):
    sheets = [
        publish({at: people(number, 2 * others) for at, (number, others) in enumerate(sizes[:many])})
        for many in range(1, len(sizes) + 1)
    ]
    for earlier, later in pairwise(sheets):
        before, after = earlier.total, later.total
        if before is None or after is None or (before.difference is None) != (after.difference is None):
            continue
        more = after.smaller - before.smaller if before.difference else after.people - before.people
        assert after == before or more >= 10
        # Who is shown stays so; nobody but the one who came is shown anew.
        told = {key for key, figures in later.groups.items() if figures is not None}
        assert {key for key, figures in earlier.groups.items() if figures is not None} == told - {len(later.groups) - 1}


def test_all_or_only_the_matched_are_told_of_every_cohort_alike():
    groups = {"spring": people(12), "autumn": people(12, 0), "winter": people(12)}
    sheet = publish(groups)
    assert sheet.total.difference is not None
    assert sheet.groups["autumn"] is None


@given(st.dictionaries(st.integers(1, 5), st.tuples(st.integers(0, 25), st.integers(0, 12)), min_size=1))
def test_nothing_told_or_subtracted_is_about_fewer_than_ten(sizes):
    sheet = publish({key: people(number, 2 * others) for key, (number, others) in sizes.items()})
    compared = sheet.total is not None and sheet.total.difference is not None
    size = {key: min(number, 2 * others) if compared else number for key, (number, others) in sizes.items()}
    inside = [key for some in entered(size) for key in some]
    hidden = sum(size[key] for key in inside if sheet.groups[key] is None)
    assert all(size[key] >= 10 for key, figures in sheet.groups.items() if figures is not None)
    if sheet.total is None:
        assert all(figures is None for figures in sheet.groups.values())
    else:
        assert hidden == 0 or hidden >= 10


def test_told_in_tenths_outwards_and_never_that_all_changed_alike():
    assert told(Interval(0.24, 0.11, 0.37)) == Interval(0.2, 0.1, 0.4)
    assert told(Interval(1.0, 1.0, 1.0)) == Interval(1.0, 0.9, 1.1)
