"""Why somebody is matched as they are, and what another decision would cost."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mentoring.certificate import proves
from mentoring.explanation import cost_of, first_choice, why_unmatched
from mentoring.matching import Stopped, match
from mentoring.problem import Contradiction
from tests.unit.mentoring.brute import problems
from tests.unit.mentoring.test_matching import SOME, plain


def test_somebody_whom_no_mentor_suits_has_nobody_to_have():
    problem = plain([[None, None], [1, 1]], [1, 1])
    why = why_unmatched(problem, match(problem), 1)
    assert (why.mentors, why.crowded, why.rivals) == ((), (), ())


def test_somebody_left_over_is_told_who_is_full_and_who_has_the_places():
    # 1, 2 and 3 can have only 11 and 12; 13 has a place that suits none of them.
    problem = plain([[9, None, None], [9, 8, None], [None, 8, None], [None, None, 5]], [1, 1, 2])
    answer = match(problem)
    (left,) = {1, 2, 3} - answer.pairs.keys()
    why = why_unmatched(problem, answer, left)
    assert why.crowded == (11, 12)
    assert why.rivals == tuple(sorted({1, 2, 3} - {left}))
    assert set(why.mentors) <= {11, 12}


@SOME
@given(problem=problems())
def test_one_more_place_with_anybody_named_matches_one_more_person(problem):
    answer = match(problem)
    for mentee in problem.mentees:
        if mentee in answer.pairs:
            continue
        why = why_unmatched(problem, answer, mentee)
        places = sum(problem.places[problem.column[mentor]] for mentor in why.crowded)
        assert len(why.rivals) == places
        assert bool(why.mentors) == bool(why.crowded)
        assert all(answer.gain(answer.prices[mentor])[0] == 1 for mentor in why.crowded)


def test_first_choice_that_is_full_is_named_with_its_price():
    problem = plain([[9, 7], [9, 1]], [1, 1])
    answer = match(problem)
    choice = first_choice(problem, answer, 1)
    assert (choice.mentor, choice.score, choice.first, choice.first_score) == (12, 7, 11, 9)
    assert choice.holders == (2,)
    # One more place with 11 would let both have their first choice, and lose nothing: 18 instead of 16.
    assert answer.gain(choice.price) == (0, 2)
    assert choice.lost == 0 or answer.gain(choice.lost)[1] > 0


def test_first_choice_that_is_had_loses_nothing():
    problem = plain([[9, 9], [1, 1]], [1, 1])
    answer = match(problem)
    choice = first_choice(problem, answer, 1)
    assert (choice.mentor, choice.lost) == (choice.first, 0)


@SOME
@given(problem=problems(decided=False), data=st.data())
def test_what_first_choice_says_is_lost_is_lost_at_least(problem, data):
    answer = match(problem)
    if not answer.pairs:
        return
    mentee = data.draw(st.sampled_from(sorted(answer.pairs)))
    choice = first_choice(problem, answer, mentee)
    assume(problem.places[problem.column[choice.first]])
    cost = cost_of(problem, answer, pinned=[(mentee, choice.first)])
    assert -(cost.matches * answer.weight + cost.total) >= choice.lost >= 0
    assert cost.answer.pairs[mentee] == choice.first


def test_cost_of_a_pin_is_what_is_lost_and_who_has_somebody_else():
    problem = plain([[9, 7, None], [9, 1, None], [None, None, 4]], [1, 1, 1])
    cost = cost_of(problem, match(problem), pinned=[(1, 11)])
    assert (cost.matches, cost.total) == (0, -6)
    assert cost.moved == {1: (12, 11), 2: (11, 12)}


def test_cost_of_a_forbidden_pair_may_be_a_match():
    problem = plain([[9]], [1])
    cost = cost_of(problem, match(problem), forbidden=[(1, 11)])
    assert (cost.matches, cost.total, cost.moved) == (-1, -9, {1: (11, None)})


def test_lifting_a_decision_gives_back_what_it_cost():
    problem = plain([[9, 7], [9, 1]], [1, 1], pinned=[(1, 11)])
    cost = cost_of(problem, match(problem), lifted=[(1, 11)])
    assert (cost.matches, cost.total) == (0, 6)


@SOME
@given(problem=problems(), data=st.data())
def test_answer_after_a_change_is_proven(problem, data):
    answer = match(problem)
    if answer.pairs:
        pair = data.draw(st.sampled_from(sorted(answer.pairs.items() - problem.pinned) or [None]))
        if pair:
            cost = cost_of(problem, answer, forbidden=[pair])
            assert cost.matches * answer.weight + cost.total <= 0
            assert cost.moved[pair[0]][0] == pair[1] != cost.moved[pair[0]][1]
            assert pair not in cost.answer.pairs.items()


def test_change_that_contradicts_a_pin_is_refused():
    problem = plain([[9, 7]], [1, 1], pinned=[(1, 11)])
    answer = match(problem)
    with pytest.raises(Contradiction, match="Mentee 1 is pinned to mentor 11 and to mentor 12"):
        cost_of(problem, answer, pinned=[(1, 12)])
    assert proves(problem, cost_of(problem, answer, pinned=[(1, 11)]).answer)


def test_cost_can_be_stopped():
    problem = plain([[9, 7]], [1, 1])
    answer = match(problem)
    with pytest.raises(Stopped):
        cost_of(problem, answer, forbidden=[(1, 11)], stopped=lambda: True)
