"""Why somebody is matched as they are, beside whom they would score most with."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from mentoring.explanation import first_choice
from mentoring.matching import match
from tests.unit.mentoring.brute import problems
from tests.unit.mentoring.test_matching import SOME, plain


def test_first_choice_that_is_full_is_named_with_its_price():
    problem = plain([[9, 7], [9, 1]], [1, 1])
    answer = match(problem)
    choice = first_choice(problem, answer, 1)
    assert (choice.mentor, choice.first, choice.first_score) == (12, 11, 9)
    # One more place with 11 would let both have their first choice, and lose nothing: 18 instead of 16.
    assert answer.gain(answer.prices[11]) == (0, 2)
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
    pinned = match(replace(problem, pinned=frozenset({(mentee, choice.first)})))
    lost = (answer.matched - pinned.matched) * answer.weight + answer.total - pinned.total
    assert lost >= choice.lost >= 0
