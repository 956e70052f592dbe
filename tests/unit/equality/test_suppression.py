"""What may be told of groups over stages: no count of people that can be worked out is of fewer than ten."""

import json
from itertools import combinations, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.equality.suppression import Table, suppress

GROUPS = ("a", "b", "c", "d")


def one_stage(**counts):
    table = suppress({"Applied": counts}, tuple(counts))
    return dict(zip(table.groups, table.cells[0], strict=True))


def told(table):
    return [dict(zip(table.groups, row, strict=True)) for row in table.cells]


@st.composite
def rounds(draw, stages=(1, 4), groups=(2, 4)):
    """How many of each group reached each stage: rarely the same as before, often nearly, sometimes far fewer."""
    names = GROUPS[: draw(st.integers(*groups))]
    row = {name: draw(st.integers(0, 15) | st.integers(0, 60)) for name in names}
    rows = [row]
    for _ in range(draw(st.integers(*stages)) - 1):
        lost = {name: draw(st.sampled_from([0, 0, 1, 3, 9, 10, 11, 20, 40])) for name in names}
        row = {name: max(0, count - lost[name]) for name, count in row.items()}
        rows.append(row)
    return {f"Stage {number}": row for number, row in enumerate(rows)}


def table_of(counts, keep=()):
    return suppress(counts, tuple(next(iter(counts.values()))), keep=keep)


# --- one stage -------------------------------------------------------------------------------------------------------


def test_groups_of_ten_or_more_are_told():
    assert one_stage(a=10, b=11, c=200) == {"a": 10, "b": 11, "c": 200}


def test_one_group_of_nine_takes_the_next_smallest_with_it():
    assert one_stage(a=9, b=40, c=12, d=100) == {"a": None, "b": 40, "c": None, "d": 100}


def test_two_small_groups_that_are_ten_together_are_hidden_and_no_other():
    assert one_stage(a=9, b=1, c=12) == {"a": None, "b": None, "c": 12}


def test_small_groups_that_are_fewer_than_ten_together_take_another_with_them():
    assert one_stage(a=4, b=5, c=12, d=30) == {"a": None, "b": None, "c": None, "d": 30}


def test_group_of_nobody_is_as_small_as_any():
    assert one_stage(a=0, b=30, c=12) == {"a": None, "b": 30, "c": None}


def test_everybody_in_one_group_is_not_told():
    assert one_stage(a=24, b=0, c=0) == {"a": None, "b": None, "c": None}


def test_fewer_than_ten_people_in_all_are_told_as_a_total_only():
    table = suppress({"Appointed": {"a": 5, "b": 4}}, ("a", "b"))
    assert (table.totals, table.cells) == ((9,), ((None, None),))


def test_minimum_can_be_another():
    table = suppress({"Applied": {"a": 10, "b": 25, "c": 30}}, ("a", "b", "c"), minimum=20)
    assert table.cells == ((None, None, 30),)


def test_of_those_that_could_be_hidden_the_ones_to_keep_go_last():
    counts = {"Applied": {"a": 9, "b": 40, "c": 12, "d": 100}}
    assert suppress(counts, tuple("abcd"), keep={"c"}).cells == ((None, None, 12, 100),)
    assert suppress(counts, tuple("abcd"), keep={"a", "b", "c", "d"}).cells == ((None, 40, None, 100),)


def test_nobody_and_no_stage_are_empty_tables():
    assert suppress({"Applied": {}}, ("a", "b")).cells == ((None, None),)
    assert suppress({}, ("a", "b")).cells == ()


# --- successive stages -----------------------------------------------------------------------------------------------


def test_difference_of_a_group_between_two_stages_is_not_told_when_it_is_of_few():
    counts = {"Applied": {"a": 60, "b": 50, "c": 40}, "Passed": {"a": 57, "b": 20, "c": 20}}
    assert told(table_of(counts)) == [{"a": 60, "b": 50, "c": 40}, {"a": None, "b": None, "c": 20}]


def test_stage_that_fewer_than_ten_left_is_told_as_a_total_only():
    counts = {"Applied": {"a": 60, "b": 50}, "Passed": {"a": 58, "b": 45}, "Appointed": {"a": 30, "b": 20}}
    table = table_of(counts)
    assert (table.totals, table.cells) == ((110, 103, 50), ((60, 50), (None, None), (30, 20)))


def test_stage_that_nobody_left_says_what_the_one_before_says():
    row = {"a": 60, "b": 50, "c": 3}
    counts = {"Applied": row, "Passed": dict(row)}
    assert told(table_of(counts)) == [{"a": 60, "b": None, "c": None}] * 2


def test_more_people_than_before_is_refused():
    with pytest.raises(ValueError, match="More people"):
        table_of({"Applied": {"a": 10, "b": 10}, "Passed": {"a": 11, "b": 3}})


@given(rounds(stages=(2, 4)))
def test_a_table_that_grows_by_a_stage_goes_on_telling_what_it_told(counts):
    first = dict(list(counts.items())[:-1])
    assert table_of(counts).cells[:-1] == table_of(first).cells


@given(rounds())
def test_what_is_told_is_true_and_of_ten_or_more(counts):
    table = table_of(counts)
    assert table.totals == tuple(sum(row.values()) for row in counts.values())
    for row, cells in zip(counts.values(), told(table), strict=True):
        for group, count in cells.items():
            assert count is None or count == row[group] >= 10


@given(rounds())
def test_one_hidden_group_alone_never_stands_in_a_stage(counts):
    for row in table_of(counts).cells:
        assert list(row).count(None) != 1


@given(rounds(), st.data())
def test_sum_of_groups_is_true_and_never_of_few(counts, data):
    table = table_of(counts)
    groups = data.draw(st.sets(st.sampled_from(table.groups), min_size=1, max_size=len(table.groups) - 1))
    for at, row in enumerate(counts.values()):
        count = table.count(at, *groups)
        assert count is None or count == sum(row[group] for group in groups) >= 10


def sets_worked_out(table, left):
    """How many people are in each set of people that sums less other sums of what is told come to.

    `left[stage][group]` is how many left after a stage. Each number told gets a weight of -1, 0 or 1; somebody's weight
    is then the sum over the stages they reached. Totals of stages are known and weigh whatever makes it a set: people
    with weight 1, all others 0. Sets that do not part the people of any stage by group say nothing of groups.
    """
    shown = [[at for at, count in enumerate(row) if count is not None] for row in table.cells]
    size = len(table.groups)

    def walk(stage, weights, counts, parted):
        if stage == len(shown):
            if parted:
                yield from counts
            return
        for signs in product((-1, 0, 1), repeat=len(shown[stage])):
            now = list(weights)
            for at, sign in zip(shown[stage], signs, strict=True):
                now[at] += sign
            low, high = min(now), max(now)
            if high - low > 1:
                continue
            here = sum(left[stage]) > 0 and high != low
            # The set, and the same of those of lower weight.
            more = [
                sum(left[stage][at] for at in range(size) if now[at] == end != other)
                for end, other in ((high, low), (low, high))
            ]
            yield from walk(stage + 1, now, [a + b for a, b in zip(counts, more, strict=True)], parted or here)

    yield from walk(0, [0] * size, [0, 0], False)


def left_after(counts):
    rows = [list(row.values()) for row in counts.values()]
    return [
        [a - b for a, b in zip(row, after, strict=True)]
        for row, after in zip(rows, [*rows[1:], [0] * len(rows[0])], strict=True)
    ]


@settings(max_examples=300, deadline=None)
@given(rounds(stages=(1, 2), groups=(2, 4)) | rounds(stages=(3, 3), groups=(2, 3)), st.sets(st.sampled_from(GROUPS)))
@example({"s": {"a": 40, "b": 40, "c": 40}, "t": {"a": 38, "b": 20, "c": 25}, "u": {"a": 12, "b": 9, "c": 14}}, set())
def test_no_set_of_people_that_can_be_worked_out_is_of_fewer_than_ten(counts, keep):
    found = list(sets_worked_out(table_of(counts, keep), left_after(counts)))
    assert not [size for size in found if size < 10]


def test_search_for_sets_finds_what_is_not_hidden():
    """The test above would see a table that hides nothing."""
    counts = {"s": {"a": 40, "b": 40}, "t": {"a": 37, "b": 20}}
    open_table = Table(10, ("a", "b"), ("s", "t"), (80, 57), ((40, 40), (37, 20)))
    assert 3 in list(sets_worked_out(open_table, left_after(counts)))


# --- what is known besides: that people are not fewer than none, and do not come back -------------------------------


def every_world():
    """Every round of up to 12 people in three groups and two stages."""
    for first in product(range(13), repeat=3):
        if sum(first) <= 12:
            for second in product(*(range(count + 1) for count in first)):
                yield first, second


def fits(world, table):
    return all(
        told is None or told == count
        for row, cells in zip(world, table.cells, strict=True)
        for count, told in zip(row, cells, strict=True)
    )


def test_no_count_of_a_few_is_the_only_one_that_fits_what_is_told():
    """With 3 as the minimum: every count of one or two groups that is below it could as well be another."""
    by_totals, tables = {}, set()
    for world in every_world():
        by_totals.setdefault(tuple(map(sum, world)), []).append(world)
        counts = {name: dict(zip("abc", row, strict=True)) for name, row in zip("st", world, strict=True)}
        tables.add(suppress(counts, "abc", minimum=3))
    for table in tables:
        alike = [world for world in by_totals[table.totals] if fits(world, table)]
        first, second = table.totals
        for some in [one for size in (1, 2) for one in combinations(range(3), size)]:
            reached = [{sum(world[stage][at] for at in some) for world in alike} for stage in (0, 1)]
            left = {sum(early[at] - late[at] for at in some) for early, late in alike}
            for values, everybody in ((reached[0], first), (reached[1], second), (left, first - second)):
                assert not everybody or len(values) > 1 or min(values) >= 3, (table, some)


# --- kept ------------------------------------------------------------------------------------------------------------


@given(rounds())
def test_table_is_the_same_after_being_kept_as_json(counts):
    table = table_of(counts)
    assert Table.from_plain(json.loads(json.dumps(table.plain()))) == table
