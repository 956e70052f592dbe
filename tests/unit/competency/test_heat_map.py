"""What a heat map tells: sums right to the digit, and nothing that can be worked out is about a few people."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.competency.heat_map import REST, Cell, Tally, combine, mean, publish, share, withheld

NAMES = ("profession", "sector")
FIRSTS, SECONDS = ("doctor", "midwife", "nurse", "orthoptist"), ("acute", "ambulance", "community")
LEVELS = (0, 12, 24, 30, 36, 42, 48)


def tally(*levels, expected=24):
    """The tally of people at these levels (twelfths), of all of whom the same is expected."""
    return Tally(
        len(levels),
        sum(level < expected for level in levels),
        sum(level >= expected + 12 for level in levels),
        sum(levels),
        expected * len(levels),
    )


def cell(*levels, unassessed=0):
    return Cell(len(levels) + unassessed, len(levels), (tally(*levels),))


def sheet_of(cells, **options):
    return publish(NAMES, cells, domains=1, **options)


def rows_of(sheet, cut=0):
    return {row.key: row.tallies[0] for row in sheet.cuts[cut].rows}


# Whoever is in the registry: for each pair of rows the levels of those assessed, and how many are not.
populations = st.dictionaries(
    st.tuples(st.sampled_from(FIRSTS), st.sampled_from(SECONDS)),
    st.tuples(
        st.lists(st.sampled_from(LEVELS), max_size=25)
        | st.builds(lambda level, size: [level] * size, st.sampled_from(LEVELS), st.integers(8, 20)),
        st.integers(0, 12),
    ).filter(lambda c: c[0] or c[1]),
    min_size=1,
    max_size=8,
)


def built(population):
    return {pair: cell(*levels, unassessed=more) for pair, (levels, more) in population.items()}


# --- which rows are told ---------------------------------------------------------------------------------------------


def test_groups_of_ten_are_told_with_their_figures():
    cells = {("nurse", "acute"): cell(*[12] * 4, *[24] * 5, 36, unassessed=2), ("doctor", "acute"): cell(*[36] * 10)}
    sheet = sheet_of(cells)
    assert rows_of(sheet) == {"nurse": Tally(10, 4, 1, 204, 240), "doctor": Tally(10, 0, 10, 360, 240)}
    assert [(r.key, r.people, r.of, r.assessed) for r in sheet.cuts[0].rows] == [
        ("doctor", 10, 10, 10),
        ("nurse", 12, 12, 10),
    ]
    assert sheet.total.tallies == (Tally(20, 4, 11, 564, 480),)


def test_group_of_nine_takes_the_smallest_other_with_it():
    cells = {
        ("nurse", "acute"): cell(*[24] * 30),
        ("doctor", "acute"): cell(*[24] * 12),
        ("midwife", "acute"): cell(*[24] * 9),
    }
    sheet = sheet_of(cells)
    assert [key for key, told in rows_of(sheet).items() if told is None] == ["doctor", "midwife"]
    assert sheet.cuts[0].rest.tallies[0].people == 21
    assert {row.key: row.assessed for row in sheet.cuts[0].rows} == {"nurse": 30, "doctor": None, "midwife": None}


def test_people_of_a_small_group_are_counted_but_not_who_is_assessed():
    sheet = sheet_of({("nurse", "acute"): cell(24, unassessed=8), ("doctor", "acute"): cell(*[24] * 10)})
    assert {row.key: (row.people, row.of) for row in sheet.cuts[0].rows} == {"nurse": (9, 0), "doctor": (10, 0)}


def test_group_of_ten_with_nine_assessed_tells_that_share_but_no_levels():
    cells = {("nurse", "acute"): cell(*[24] * 9, unassessed=1), ("doctor", "acute"): cell(*[24] * 30)}
    sheet = sheet_of(cells)
    assert {row.key: row.assessed for row in sheet.cuts[0].rows} == {"nurse": 9, "doctor": 30}
    assert rows_of(sheet) == {"nurse": None, "doctor": None}


def test_difference_of_rows_of_two_cuts_is_a_group_too():
    """All nurses are in acute care, and so are three doctors: acute less nurses would be those three."""
    cells = {
        ("nurse", "acute"): cell(*[24] * 30),
        ("doctor", "acute"): cell(*[0] * 3),
        ("doctor", "community"): cell(*[24] * 20),
    }
    told = [tally for cut in (0, 1) for tally in rows_of(sheet_of(cells), cut).values()]
    assert None in told


def test_fewer_than_ten_people_in_all_are_told_nothing():
    sheet = sheet_of({("nurse", "acute"): cell(*[24] * 5), ("doctor", "acute"): cell(*[24] * 4)})
    assert (sheet.total.people, sheet.total.assessed, sheet.total.tallies) == (9, None, (None,))
    assert all(row.assessed is None and row.tallies == (None,) for row in sheet.cuts[0].rows)


@pytest.mark.parametrize(("smallest", "told"), [(1, False), (10, False), (25, True), (31, False)])
def test_threshold_is_raised_but_never_lowered(smallest, told):
    few = {("nurse", "acute"): cell(*[24] * 9, *[12] * (0 if smallest < 25 else 21))}
    assert (sheet_of(few, smallest=smallest).total.tallies[0] is not None) == told


def test_nobody_is_an_empty_sheet():
    sheet = sheet_of({})
    assert (sheet.total.people, sheet.total.assessed, sheet.total.tallies) == (0, 0, (Tally(),))


def published_sets(sheet, cells, column):
    """For each sum that is told, the pairs of rows whose people it is over; the rest of a cut is its hidden rows."""
    told = []
    value = (lambda row: row.assessed) if column is None else (lambda row: row.tallies[column])
    if value(sheet.total) is None:
        return []
    for side, cut in enumerate(sheet.cuts):
        hidden = {row.key for row in cut.rows if value(row) is None}
        told += [{pair for pair in cells if pair[side] == row.key} for row in cut.rows if row.key not in hidden]
        told += [{pair for pair in cells if pair[side] in hidden}]
    return [*told, set(cells)]


def small_differences(told, cells, count):
    """Sets of 1 to 9 people that a sum of told sums less another sum of told sums is about."""
    for signs in product((-1, 0, 1), repeat=len(told)):
        weights = Counter()
        for sign, pairs in zip(signs, told, strict=True):
            for pair in pairs:
                weights[pair] += sign
        about = sum(count(cells[pair]) for pair, weight in weights.items() if weight)
        if 0 < about < 10:
            yield about, signs


@settings(max_examples=100, deadline=None)
@given(populations)
@example(
    {("nurse", "acute"): ([24] * 30, 0), ("doctor", "acute"): ([0] * 3, 0), ("doctor", "community"): ([24] * 20, 0)}
)
def test_no_sum_or_difference_of_what_is_told_is_about_fewer_than_ten(population):
    cells = built(population)
    sheet = sheet_of(cells)
    for column, count in ((None, lambda c: c.people), (0, lambda c: c.tallies[0].people)):
        told = [pairs for pairs in published_sets(sheet, cells, column) if pairs]
        # Sums over the same people teach nothing new; the total is the sum of either cut.
        distinct = [set(pairs) for pairs in {frozenset(pairs) for pairs in told}]
        assert len(distinct) <= 8
        assert not list(small_differences(distinct, cells, count))


def rank(rows):
    """The rank of a matrix of whole numbers, exactly."""
    rows, found = [[Fraction(n) for n in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] / rows[found][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


@settings(max_examples=200, deadline=None)
@given(populations)
def test_no_arithmetic_on_what_is_told_gives_a_hidden_group(population):
    """The sum over a row of fewer than ten counted people is no combination of the sums told, with any weights."""
    cells = built(population)
    sheet = sheet_of(cells)
    pairs = [pair for pair in sorted(cells) if cells[pair].tallies[0].people]
    told = [[int(pair in group) for pair in pairs] for group in published_sets(sheet, cells, 0)]
    for side, cut in enumerate(sheet.cuts):
        for row in cut.rows:
            mine = [int(pair[side] == row.key) for pair in pairs]
            size = sum(cells[pair].tallies[0].people for pair, own in zip(pairs, mine, strict=True) if own)
            if 0 < size < 10:
                assert row.tallies[0] is None
                assert rank([*told, mine]) > rank(told) if told else True


@settings(max_examples=200, deadline=None)
@given(populations, st.data())
def test_worlds_that_differ_within_hidden_rows_look_the_same(population, data):
    """Two people of different hidden rows, alike in the other cut, exchange their levels: every figure stays."""
    sheet = sheet_of(built(population))
    hidden = {row.key for row in sheet.cuts[0].rows if row.tallies[0] is None}
    people = [(pair, at) for pair, (levels, _) in population.items() if pair[0] in hidden for at in range(len(levels))]
    swaps = [(a, b) for a, b in combinations(people, 2) if a[0][1] == b[0][1] and a[0][0] != b[0][0]]
    if not swaps:
        return
    (here, i), (there, j) = data.draw(st.sampled_from(swaps))
    other = {pair: ([*levels], more) for pair, (levels, more) in population.items()}
    other[here][0][i], other[there][0][j] = other[there][0][j], other[here][0][i]
    assert sheet_of(built(other)) == sheet


@given(populations, st.randoms())
def test_which_rows_are_put_together_says_nothing_about_levels(population, random):
    other = {pair: ([random.choice(LEVELS) for _ in levels], more) for pair, (levels, more) in population.items()}
    counts = [{pair: c.tallies[0].people for pair, c in built(world).items()} for world in (population, other)]
    assert withheld(counts[0], 10) == withheld(counts[1], 10)


@given(populations)
def test_rows_and_rest_add_up_to_the_total(population):
    sheet = sheet_of(built(population))
    for cut in sheet.cuts:
        assert sum(row.people for row in cut.rows) == sheet.total.people
        if sheet.total.tallies[0] is not None:
            told = [row.tallies[0] for row in (*cut.rows, cut.rest) if row.tallies[0]]
            assert sum(told, Tally()) == sheet.total.tallies[0]


# --- several organisations -------------------------------------------------------------------------------------------


def test_several_organisations_are_the_sum_of_what_is_told_of_each():
    here = sheet_of({("nurse", "acute"): cell(*[24] * 12), ("doctor", "acute"): cell(*[36] * 15)})
    there = sheet_of(
        {("nurse", "acute"): cell(*[12] * 20), ("doctor", "acute"): cell(0), ("midwife", "acute"): cell(0)}
    )
    both = combine("organisation", {"A": here, "B": there})
    assert [cut.name for cut in both.cuts] == ["organisation", *NAMES]
    assert {row.key: (row.people, row.assessed) for row in both.cuts[0].rows} == {"A": (27, 27), "B": (22, 22)}
    # Of B nothing is told by profession: two rows of one person each take the nurses with them.
    assert {row.key: (row.people, row.of) for row in both.cuts[1].rows} == {
        "doctor": (16, 15),
        "midwife": (1, 0),
        "nurse": (32, 12),
    }
    assert both.cuts[1].rest.tallies[0] == Tally(22, 22, 0, 240, 528)
    assert both.total.tallies[0].people == 49


def test_organisation_of_nine_people_counts_in_no_figure():
    both = combine(
        "organisation",
        {"A": sheet_of({("nurse", "acute"): cell(*[24] * 12)}), "B": sheet_of({("nurse", "acute"): cell(*[12] * 9)})},
    )
    assert (both.total.people, both.total.of, both.total.tallies[0].people) == (21, 12, 12)


# --- how exactly it is told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 10, (0, 20)),
        (1, 10, (0, 20)),
        (2, 10, (20, 40)),
        (8, 10, (80, 100)),
        (10, 10, (80, 100)),
        (49, 49, (80, 100)),
        (0, 50, (0, 5)),
        (33, 50, (65, 70)),
        (50, 50, (95, 100)),
    ],
)
def test_shares_are_told_as_ranges(part, whole, told):
    assert share(part, whole) == told


@given(st.integers(10, 3000), st.data())
def test_a_range_holds_the_share_and_fits_another_number_of_people_too(whole, data):
    part = data.draw(st.integers(0, whole))
    start, end = share(part, whole)
    assert start * whole <= 100 * part <= end * whole
    fitting = [other for other in range(whole + 1) if share(other, whole) == (start, end)]
    assert len(fitting) >= 2


@pytest.mark.parametrize(
    ("total", "people", "level"), [(240, 10, 2.0), (300, 10, 2.5), (266, 10, 2.0), (1590, 50, 2.7), (0, 10, 0.0)]
)
def test_means_are_told_to_a_half_or_a_tenth_of_a_level(total, people, level):
    assert mean(total, people) == level


def test_rest_has_no_name_of_its_own():
    assert sheet_of({("nurse", "acute"): cell(24)}).cuts[0].rest.key == REST
