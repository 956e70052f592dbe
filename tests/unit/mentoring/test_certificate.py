"""What proves an answer: whatever is changed in it, the proof falls."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mentoring.certificate import proves
from mentoring.matching import match
from tests.unit.mentoring.brute import best, problems
from tests.unit.mentoring.test_matching import SOME, plain

PROBLEM = plain(
    [[9, 5, None], [8, 7, 1], [4, 3, 2], [6, 6, 0]], [1, 1, 1], pinned=[(3, 13)], forbidden=[(4, 12)], lot="A"
)
ANSWER = match(PROBLEM)


def with_(side, key, more):
    return {**getattr(ANSWER, side), key: getattr(ANSWER, side)[key] + more}


def test_answer_is_what_these_tests_change():
    assert ANSWER.pairs == {1: 11, 2: 12, 3: 13}
    assert proves(PROBLEM, ANSWER)


@pytest.mark.parametrize(
    "changed",
    [
        {"pairs": {1: 11, 2: 12}},
        {"pairs": {1: 12, 2: 11, 3: 13}},
        {"pairs": {4: 11, 2: 12, 3: 13}},
        {"pairs": {1: 11, 2: 13, 3: 13}},
        {"pairs": {1: 11, 4: 12, 3: 13}},
        {"pairs": {1: 13, 2: 12, 3: 13}},
        {"pairs": {1: 11, 2: 12, 3: 99}},
        {"pairs": {1: 11, 2: 12, 99: 13}},
        {"total": ANSWER.total + 1},
        {"weight": 18},
        {"values": {}},
        {"prices": {}},
        {"values": {**ANSWER.values, 99: 0}},
        {"prices": {**ANSWER.prices, 99: 0}},
        {"values": with_("values", 1, 1)},
        {"values": with_("values", 1, -1)},
        {"prices": with_("prices", 11, 1)},
        {"prices": with_("prices", 11, -1)},
        {"values": with_("values", 1, -1), "prices": with_("prices", 12, 1)},
        {"values": with_("values", 4, -1), "prices": with_("prices", 11, 1)},
        {"values": with_("values", 3, ANSWER.prices[13] + 1), "prices": with_("prices", 13, -ANSWER.prices[13] - 1)},
    ],
    ids=str,
)
def test_changed_answer_is_not_proven(changed):
    assert not proves(PROBLEM, replace(ANSWER, **changed))


@pytest.mark.parametrize(
    "problem",
    [
        replace(PROBLEM, forbidden=PROBLEM.forbidden | {(1, 11)}),
        replace(PROBLEM, pinned=PROBLEM.pinned | {(1, 12)}),
        replace(PROBLEM, places=(2, 1, 1)),
        replace(PROBLEM, places=(0, 1, 1)),
        replace(PROBLEM, forbidden=frozenset(), pinned=frozenset()),
    ],
)
def test_answer_to_another_problem_is_not_proven(problem):
    assert not proves(problem, ANSWER)


@SOME
@given(problem=problems(), data=st.data())
def test_no_worse_answer_is_ever_proven(problem, data):
    """Values and prices of the best cannot prove another; and no change of them can prove anything better."""
    answer = match(problem)
    matched, total, equals = best(problem)
    assert all(proves(problem, replace(answer, pairs=pairs)) for pairs in equals)
    assume(answer.prices)
    mentor = data.draw(st.sampled_from(sorted(answer.prices)))
    more = data.draw(st.integers(-3, 3))
    changed = replace(answer, total=total + 1, prices={**answer.prices, mentor: answer.prices[mentor] + more})
    assert not proves(problem, changed)
    assert matched == answer.matched
