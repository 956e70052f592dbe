"""Why somebody is matched as they are: whom they have, beside whom they would score most with.

Pure: no database, no clock, no chance. Plain data; words are for those who show it.
"""

from dataclasses import dataclass

import numpy as np

from mentoring.problem import Matching, Problem


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a mentee has, and who would have scored most for them, each by key.

    Were this mentee with their first choice instead, the answer would lose at least `lost`, in worth (see
    Matching.gain).
    """

    mentor: int
    first: int
    first_score: int
    lost: int


def first_choice(problem: Problem, answer: Matching, mentee: int) -> Choice:
    """A matched mentee's mentor beside their first choice, which is the same one where nobody scores more.

    Of several first choices it is the one where least would be lost, then the lowest key. Somebody who is pinned has
    no other choice.
    """
    mentor = answer.pairs[mentee]
    scores = problem.possible(np.array([problem.row[mentee]]))[0]
    score, best = int(scores[problem.column[mentor]]), int(scores.max())
    first = mentor
    if best > score:
        firsts = (problem.mentors[column] for column in np.flatnonzero(scores == best).tolist())
        first = min(firsts, key=lambda key: (answer.prices[key], key))
    lost = answer.values[mentee] + answer.prices[first] - answer.weight - best
    return Choice(mentor, first, best, lost)
