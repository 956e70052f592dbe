"""Whether an answer is right: worked out from the problem alone, by none of the means that found it.

Pure. It reads every pair once, in blocks.
"""

from collections import Counter

import numpy as np

from mentoring.problem import Matching, Problem

ROWS = 64


def proves(problem: Problem, answer: Matching) -> bool:
    """Whether the pairs may be, and nothing else matches more, or as many for a greater total.

    Values and prices that cover every pair and add up to what the answer is worth leave no room for a better one. A
    mentee pinned to a mentor has to be matched and has no other pair: their value alone may be below 0.
    """
    places = dict(zip(problem.mentors, problem.places, strict=True))
    if answer.values.keys() != set(problem.mentees) or answer.prices.keys() != places.keys():
        return False
    kept, load = set(answer.pairs.items()), Counter(answer.pairs.values())
    if not (answer.pairs.keys() <= answer.values.keys() and load.keys() <= places.keys()):
        return False
    if not problem.pinned <= kept or problem.forbidden & kept or any(load[key] > places[key] for key in places):
        return False
    pins = dict(problem.pinned)
    below = [mentee for mentee, value in answer.values.items() if value < 0 and mentee not in pins]
    if below or min(answer.prices.values(), default=0) < 0:
        return False
    covered = sum(answer.values.values()) + sum(places[mentor] * price for mentor, price in answer.prices.items())
    if covered != answer.weight * len(kept) + answer.total:
        return False
    return _holds_for_every_pair(problem, answer)


def _holds_for_every_pair(problem: Problem, answer: Matching) -> bool:
    column = {mentor: at for at, mentor in enumerate(problem.mentors)}
    prices = np.array([answer.prices[mentor] for mentor in problem.mentors], np.int64)
    pins = dict(problem.pinned)
    barred: dict[int, list[int]] = {}
    for mentee, mentor in problem.forbidden:
        barred.setdefault(mentee, []).append(column[mentor])
    total = most = 0
    for first in range(0, len(problem.mentees), ROWS):
        mentees = problem.mentees[first : first + ROWS]
        scores = problem.scores(np.arange(first, first + len(mentees)))
        can = scores >= 0
        for at, mentee in enumerate(mentees):
            can[at, barred.get(mentee, [])] = False
            if mentee in pins:
                can[at] &= np.arange(len(prices)) == column[pins[mentee]]
            if mentee in answer.pairs:
                mine = column[answer.pairs[mentee]]
                if not can[at, mine]:
                    return False
                total += int(scores[at, mine])
        needed = np.array([[answer.values[mentee] - answer.weight] for mentee in mentees], np.int64)
        if ((scores - prices > needed) & can).any():
            return False
        most = max(most, int(np.where(can, scores, 0).max(initial=0)))
    # A match has to count more than any two totals can differ by, even with one more place.
    outweighs = 2 * (min(len(problem.mentees), sum(problem.places)) + 1) * most < answer.weight
    return total == answer.total and outweighs
