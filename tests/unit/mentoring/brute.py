"""Small problems and every answer they have: what the solver is held against."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from mentoring.lots import Lot
from mentoring.problem import of_pairs


@st.composite
def problems(draw, *, decided=True):
    """Up to five mentees and four mentors under scattered keys, with few scores, so that much is equally good."""
    keys = st.integers(1, 99)
    mentees = draw(st.lists(keys, max_size=5, unique=True))
    mentors = draw(st.lists(keys, max_size=4, unique=True))
    highest = draw(st.sampled_from((0, 1, 3, 1_000)))
    scores = st.none() | st.integers(0, highest)
    drawn = {(mentee, mentor): draw(scores) for mentee in mentees for mentor in mentors}
    places = {mentor: draw(st.integers(0, 3)) for mentor in mentors}
    forbidden = draw(st.sets(st.sampled_from(sorted(drawn)), max_size=3)) if drawn and decided else set()
    pairs = {pair: score for pair, score in drawn.items() if score is not None}
    pinned, left = {}, Counter(places)
    for mentee, mentor in sorted(pairs.keys() - forbidden):
        if decided and mentee not in pinned and left[mentor] and draw(st.integers(0, 7)) == 0:
            pinned[mentee] = mentor
            left[mentor] -= 1
    problem = of_pairs(
        pairs, mentees=mentees, places=places, pinned=pinned.items(), forbidden=forbidden, lot=draw(st.text(max_size=3))
    )
    liked = draw(st.sets(st.sampled_from(sorted(drawn)), max_size=3)) if drawn else set()

    def wished(rows, columns):
        pairs = zip(rows, columns, strict=True)
        return np.array([(problem.mentees[row], problem.mentors[column]) in liked for row, column in pairs], bool)

    return replace(problem, wished=draw(st.sampled_from([None, wished])))


def answers(problem):
    """Every way to match people that is allowed, each as pairs."""
    found = [{}]
    for mentee in problem.mentees:
        found = [{**so_far, **more} for so_far in found for more in _ways(problem, so_far, mentee)]
    return found


def _ways(problem, so_far, mentee):
    pin = problem.pins.get(mentee)
    if pin is None:
        yield {}
    load = Counter(so_far.values())
    for mentor, places in zip(problem.mentors, problem.places, strict=True):
        pair = (mentee, mentor)
        can = pin in {None, mentor} and pair not in problem.forbidden and problem.score(*pair) >= 0
        if can and load[mentor] < places:
            yield {mentee: mentor}


def total(problem, pairs):
    """What the pairs score together."""
    return sum(problem.score(*pair) for pair in pairs.items())


def lot_sum(problem, pairs, draw=0):
    """The sum of the numbers that the pairs drew."""
    lot = Lot(problem.lot, draw, problem.mentees, problem.mentors, problem.wished)
    numbers = (lot.numbers([problem.row[mentee]], [problem.column[mentor]]) for mentee, mentor in pairs.items())
    return sum(int(number[0]) for number in numbers)


def best(problem):
    """(matched, total, every answer that reaches both)."""
    ranked = [(len(pairs), total(problem, pairs), pairs) for pairs in answers(problem)]
    matched, most = max((one, two) for one, two, _ in ranked)
    return matched, most, [pairs for one, two, pairs in ranked if (one, two) == (matched, most)]
