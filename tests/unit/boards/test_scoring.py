"""Totals are sums of whole contributions, and the order depends on nothing but people and vacancy."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.boards.scoring import in_order, lot, score
from registry.boards.specification import Specification
from tests.unit.boards.given import KINDS, SECTORS, domain, everybody, facts, somebody, specifications

WEIGHTS = ("years_weight", "leading_weight", "qualification_weight", "band_weight", "sector_weight")


def placed(people, asked, reference="V-23456789"):
    return in_order((score(person, asked) for person in people), reference)


def test_contributions_of_a_person_are_weight_times_twelfths():
    asked = Specification(
        domains=(domain(1, weight=5), domain(2, weight=3), domain(3, weight=2)),
        years_weight=4,
        leading_weight=2,
        qualifications=(KINDS[0],),
        qualification_weight=3,
        band_weight=1,
        desirable_sectors=(SECTORS[1],),
        sector_weight=1,
    )
    result = score(facts(), asked)
    assert [(item.criterion, item.weight, item.figure, item.points) for item in result.contributions] == [
        ("domain-1", 5, 36, 180),
        ("domain-2", 3, 24, 72),
        ("domain-3", 2, 0, 0),
        ("years", 4, 48, 192),
        ("leading", 2, 48, 96),
        ("qualification", 3, 48, 144),
        ("band", 1, 40, 40),
        ("sector", 1, 0, 0),
    ]
    assert result.total == 724


@pytest.mark.parametrize(("days", "figure"), [(0, 0), (76, 0), (77, 1), (1826, 23), (1827, 24), (3653, 48), (9999, 48)])
def test_years_count_in_proportion_up_to_the_cap(days, figure):
    (item,) = score(facts(leadership_days=days), Specification(years_weight=1, years_cap=10)).contributions
    assert (item.figure, item.full) == (figure, 48)


def test_equal_totals_share_a_rank_and_the_next_rank_counts_them():
    asked = Specification(domains=(domain(1, weight=1),))
    people = [facts(key, levels=(level,) + (None,) * 8) for key, level in ((1, 12), (2, 36), (3, 24), (4, 24), (5, 12))]
    assert [(p.position, p.rank, p.score.total) for p in placed(people, asked)] == [
        (1, 1, 36), (2, 2, 24), (3, 2, 24), (4, 4, 12), (5, 4, 12),
    ]  # fmt: skip


def test_lots_differ_from_vacancy_to_vacancy():
    people = [facts(key) for key in range(1, 9)]
    orders = {tuple(p.score.key for p in placed(people, Specification(), f"V-{n}")) for n in range(20)}
    assert len(orders) == 20


def test_lots_favour_no_key_over_many_vacancies():
    """Of 2,000 lists of two people the one with the lower key leads about half."""
    leads = sum(lot(f"V-{number}", 1) < lot(f"V-{number}", 2) for number in range(2000))
    assert 900 < leads < 1100


@given(everybody, specifications, st.randoms())
def test_order_does_not_depend_on_the_order_of_the_people(people, asked, shuffling):
    shuffled = people[:]
    shuffling.shuffle(shuffled)
    assert placed(people, asked) == placed(shuffled, asked)


@given(everybody, specifications)
def test_list_is_in_order_with_ties_by_lot(people, asked):
    ordered = placed(people, asked)
    assert [p.position for p in ordered] == list(range(1, len(people) + 1))
    for before, after in pairwise(ordered):
        assert before.score.total >= after.score.total
        if before.score.total == after.score.total:
            assert before.rank == after.rank
            assert lot("V-23456789", before.score.key) < lot("V-23456789", after.score.key)
        else:
            assert after.rank == after.position


@given(somebody, specifications)
def test_contributions_are_whole_sum_to_the_total_and_never_pass_the_best(person, asked):
    result = score(person, asked)
    assert result.total == sum(item.points for item in result.contributions)
    for item in result.contributions:
        assert {type(item.weight), type(item.figure), type(item.full), type(item.points)} == {int}
        assert item.weight > 0
        assert item.figure >= 0
    assert result.total <= asked.best


@given(somebody, specifications, st.sampled_from(WEIGHTS))
def test_more_weight_never_lowers_a_total(person, asked, name):
    heavier = replace(asked, **{name: getattr(asked, name) + 1})
    assert score(person, heavier).total >= score(person, asked).total


@given(somebody, specifications, st.integers(0, 8), st.integers(0, 60))
def test_higher_level_never_lowers_a_total(person, asked, position, level):
    raised = list(person.levels)
    raised[position] = max(level, raised[position] or 0)
    assert score(replace(person, levels=tuple(raised)), asked).total >= score(person, asked).total


@given(somebody, specifications)
def test_total_ignores_the_key(person, asked):
    assert score(replace(person, key=random.randrange(10**9)), asked).total == score(person, asked).total
