"""A best matching: the most matches, then the greatest total, then the lot; held against every answer there is."""

import subprocess
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring import flow, matching
from mentoring.certificate import proves
from mentoring.matching import Stopped, match
from mentoring.problem import MOST, Contradiction, Problem, of_pairs
from registry.kernel.errors import Invalid
from tests.paths import ROOT
from tests.unit.mentoring.brute import best, lot_sum, problems

MANY = settings(
    max_examples=2_000, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
SOME = settings(MANY, max_examples=300)


@contextmanager
def a_few_pairs_at_a_time():
    """Even small problems are solved as large ones are: pairs added as prices ask for them, and few of them kept."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SMALL": 0, "EQUALS": 0, "MATRIX": 0, "WIDTH": 1, "ADDED": 1, "BLOCK": 5}.items():
            patch.setattr(matching, name, value)
        patch.setattr(flow, "USUAL", 1)
        patch.setattr(flow, "ANEW", 3)
        yield


@pytest.mark.parametrize("way", [nullcontext, a_few_pairs_at_a_time])
@MANY
@given(problem=problems())
def test_answer_is_the_best_there_is_and_the_one_the_lot_chooses(way, problem):
    with way():
        answer = match(problem)
    matched, total, equals = best(problem)
    assert (answer.matched, answer.total) == (matched, total)
    assert proves(problem, answer)
    lowest = min(lot_sum(problem, pairs) for pairs in equals)
    # Two with the same sum would need another draw; with numbers of 30 bits there are none here.
    assert [pairs for pairs in equals if lot_sum(problem, pairs) == lowest] == [answer.pairs]


@SOME
@given(problem=problems(), chance=st.randoms(use_true_random=False))
def test_order_of_people_does_not_matter(problem, chance):
    rows, columns = list(range(len(problem.mentees))), list(range(len(problem.mentors)))
    chance.shuffle(rows)
    chance.shuffle(columns)
    shuffled = replace(
        problem,
        mentees=tuple(problem.mentees[row] for row in rows),
        mentors=tuple(problem.mentors[column] for column in columns),
        places=tuple(problem.places[column] for column in columns),
        scores=lambda wanted: problem.scores(np.array(rows, int)[wanted])[:, columns],
        wished=problem.wished
        and (lambda some, others: problem.wished(np.array(rows, int)[some], np.array(columns, int)[others])),
    )
    assert match(shuffled) == match(problem)


@SOME
@given(problem=problems())
def test_price_is_exactly_what_one_more_place_adds(problem):
    answer = match(problem)
    for column, mentor in enumerate(problem.mentors):
        places = list(problem.places)
        places[column] += 1
        more = match(replace(problem, places=tuple(places)))
        assert answer.gain(answer.prices[mentor]) == (more.matched - answer.matched, more.total - answer.total)


@SOME
@given(problem=problems(), other=problems())
def test_answer_is_the_same_from_any_start(problem, other):
    answer = match(problem)
    with a_few_pairs_at_a_time():
        assert match(problem, start=answer) == answer
        assert match(problem, start=match(other)) == answer


def plain(scores, places, **more):
    """A problem by rows of scores; None where a pair cannot be. Mentees are 1, 2, …, mentors 11, 12, …"""
    pairs = {
        (row, column): score
        for row, line in enumerate(scores, 1)
        for column, score in enumerate(line, 11)
        if score is not None
    }
    return of_pairs(pairs, mentees=range(1, len(scores) + 1), places=dict(enumerate(places, 11)), **more)


@pytest.mark.parametrize("liked", [11, 12])
def test_unseen_wish_decides_between_equals_and_against_no_point(liked):
    for scores, chosen in (([5, 5], liked), ([5, 6], 12), ([6, 5], 11)):
        problem = plain([scores], [1, 1])
        problem = replace(problem, wished=lambda rows, columns: np.array([11, 12])[columns] == liked)
        answer = match(problem)
        assert answer.pairs == {1: chosen}
        assert proves(problem, answer)


def test_more_matches_count_more_than_any_score():
    answer = match(plain([[1000, 0], [900, None]], [1, 1]))
    assert answer.pairs == {1: 12, 2: 11}
    assert (answer.matched, answer.total) == (2, 900)


def test_nobody_is_left_out_because_a_pair_scores_nothing():
    assert match(plain([[0]], [1])).pairs == {1: 11}


def test_mentor_has_as_many_mentees_as_places():
    answer = match(plain([[5], [9], [7], [6]], [2]))
    assert answer.pairs == {2: 11, 3: 11}


def test_pinned_pair_is_kept_at_the_cost_of_others():
    problem = plain([[9, 1], [9, None]], [1, 1], pinned=[(1, 11)])
    answer = match(problem)
    assert answer.pairs == {1: 11}
    assert proves(problem, answer)


def test_forbidden_pair_is_never_made():
    assert match(plain([[9, 1]], [1, 1], forbidden=[(1, 11)])).pairs == {1: 12}


@pytest.mark.parametrize(
    ("mentees", "places"), [([], {}), ([], {11: 1}), ([1], {}), ([1], {11: 1}), ([1], {11: 0})], ids=str
)
def test_problem_without_pairs_has_an_empty_answer(mentees, places):
    problem = of_pairs({}, mentees=mentees, places=places)
    answer = match(problem)
    assert (answer.pairs, answer.total) == ({}, 0)
    assert proves(problem, answer)


def test_name_of_the_lot_decides_between_equals():
    chosen = {tuple(match(plain([[1, 1], [1, 1]], [1, 1], lot=str(n))).pairs.values()) for n in range(20)}
    assert chosen == {(11, 12), (12, 11)}


@pytest.mark.parametrize(
    ("pinned", "forbidden", "mentees", "mentors", "message"),
    [
        ([(1, 11), (1, 12)], [], (1,), (11, 12), "Mentee 1 is pinned to mentor 11 and to mentor 12."),
        ([(1, 11), (2, 11)], [], (1, 2), (11,), "Mentor 11 has more mentees pinned to them than places: 2, and 1."),
        ([(1, 11)], [(1, 11)], (1,), (11,), "Mentee 1 is pinned to mentor 11, and the pair is forbidden."),
        ([(2, 12)], [], (2,), (12,), "Mentee 2 is pinned to mentor 12, and the two cannot be matched."),
    ],
)
def test_pins_that_cannot_be_are_refused_by_name(pinned, forbidden, mentees, mentors, message):
    with pytest.raises(Contradiction) as refused:
        plain([[1, 1], [1, None]], [1, 1], pinned=pinned, forbidden=forbidden)
    assert (refused.value.message, refused.value.field) == (message, "pinned")
    assert (refused.value.mentees, refused.value.mentors) == (mentees, mentors)


@pytest.mark.parametrize("pair", [(3, 11), (1, 13)])
@pytest.mark.parametrize("what", ["pinned", "forbidden"])
def test_decision_about_somebody_else_is_refused(what, pair):
    with pytest.raises(Invalid, match="not among those to be matched"):
        plain([[1, 1], [1, 1]], [1, 1], **{what: [pair]})


@pytest.mark.parametrize(
    "problem",
    [
        lambda: Problem((1, 1), (11,), (1,), lambda rows: np.zeros((len(rows), 1), int)),
        lambda: Problem((1,), (11, 11), (1, 1), lambda rows: np.zeros((len(rows), 2), int)),
        lambda: Problem((1,), (11,), (), lambda rows: np.zeros((len(rows), 1), int)),
        lambda: plain([[1]], [-1]),
        lambda: of_pairs({(2, 11): 1}, mentees=[1], places={11: 1}),
        lambda: match(plain([[MOST + 1]], [1])),
        lambda: match(plain([[-2]], [1])),
        lambda: match(Problem((1,), (11,), (1,), lambda rows: np.zeros((len(rows), 1)))),
        lambda: match(Problem((1,), (11,), (1,), lambda rows: np.zeros((len(rows), 2), int))),
    ],
)
def test_problem_that_makes_no_sense_is_refused(problem):
    with pytest.raises(Invalid):
        problem()


def dense(mentees, mentors, highest, *, places=2, seed=1):
    """A problem with a matrix of chance scores, a third of the pairs impossible."""
    chance = np.random.default_rng(seed)
    scores = chance.integers(0, highest, (mentees, mentors)).astype(np.int16 if highest < 2**15 else np.int32)
    scores[chance.random(scores.shape) < 1 / 3] = -1
    return Problem(tuple(range(mentees)), tuple(range(mentors)), (places,) * mentors, scores.__getitem__)


@pytest.mark.parametrize("places", [1, 2])
@pytest.mark.parametrize("highest", [2, 40, 10_000, MOST])
def test_adding_pairs_by_price_finds_the_same_as_all_pairs_at_once(highest, places, monkeypatch):
    problem = dense(300, 170, highest, places=places)
    monkeypatch.setattr(matching, "SMALL", len(problem.mentees) * len(problem.mentors))
    at_once = match(problem)
    monkeypatch.setattr(matching, "SMALL", 0)
    monkeypatch.setattr(matching, "WIDTH", 4)
    steps = []
    assert match(problem, progress=steps.append) == at_once
    assert proves(problem, at_once)
    assert [step.turn for step in steps if step.stage == "best"] == list(range(1, len(steps)))
    assert all(step.gap >= 0 for step in steps)
    assert steps[-1].gap == 0


def test_draw_is_made_again_where_it_leaves_two(monkeypatch):
    draws = []

    class Twice(matching.Lot):
        def __init__(self, name, draw, *people):
            super().__init__(name, draw, *people)
            draws.append(draw)

        def numbers(self, rows, columns):
            return super().numbers(rows, columns) * draws[-1]

    problem = plain([[1, 1], [1, 1]], [1, 1])
    monkeypatch.setattr(matching, "Lot", Twice)
    answer = match(problem)
    assert draws == [0, 1]
    assert lot_sum(problem, answer.pairs, draw=1) < lot_sum(
        problem, {1: 23 - answer.pairs[1], 2: answer.pairs[1]}, draw=1
    )


def test_whoever_no_longer_wants_the_answer_stops_it():
    with pytest.raises(Stopped):
        match(dense(20, 10, 5), stopped=lambda: True)


def test_web_process_does_not_pay_for_the_solver():
    code = "import sys, mentoring.explanation; sys.exit('ortools' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
