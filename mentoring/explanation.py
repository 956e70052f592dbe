"""Why somebody is matched as they are, or not at all, and what another decision would cost.

Pure: no database, no clock, no chance. Plain data; words are for those who show it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mentoring.matching import Step, match
from mentoring.problem import Matching, Pair, Problem


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why a mentee has nobody, each by key.

    `mentors` are those they could have; with none, no place would help. Otherwise the `rivals` hold every place of
    `crowded`, which holds those mentors, and none of them could have anybody else: one more place with any of
    `crowded` would match one more person.
    """

    mentee: int
    mentors: tuple[int, ...]
    crowded: tuple[int, ...]
    rivals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a mentee has, and who would have scored most for them, each by key.

    `holders` have the places of the first choice. Were this mentee there instead, the answer would lose at least
    `lost`; one more place there would add `price`; both in worth (see Matching.gain).
    """

    mentee: int
    mentor: int
    score: int
    first: int
    first_score: int
    holders: tuple[int, ...]
    price: int
    lost: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What decisions change: matches and total (negative where they cost), and who has (whom before, whom now)."""

    answer: Matching
    matches: int
    total: int
    moved: Mapping[int, tuple[int | None, int | None]]


def why_unmatched(problem: Problem, answer: Matching, mentee: int) -> Unmatched:
    """Why an unmatched mentee has nobody: all whom they could have are full, and so are all whom those could have."""
    mine = _mentors(problem, [mentee])
    crowded, rivals, fresh = set(mine), set[int](), set(mine)
    while fresh:
        reached = {rival for mentor in fresh for rival in answer.holders.get(mentor, ())}
        rivals |= reached
        fresh = _mentors(problem, reached) - crowded
        crowded |= fresh
    return Unmatched(mentee, *(tuple(sorted(keys)) for keys in (mine, crowded, rivals)))


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
    price = answer.prices[first]
    lost = answer.values[mentee] + price - answer.weight - best
    return Choice(mentee, mentor, score, first, best, answer.holders.get(first, ()), price, lost)


def cost_of(
    problem: Problem,
    answer: Matching,
    *,
    pinned: Iterable[Pair] = (),
    forbidden: Iterable[Pair] = (),
    lifted: Iterable[Pair] = (),
    progress: Callable[[Step], None] = lambda step: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Cost:
    """What it would cost to pin or forbid pairs, or to lift what was decided about them.

    Raises as Problem and `match` do: where pins cannot all be, or whoever asked has stopped it.
    """
    free = frozenset(lifted)
    changed = replace(
        problem,
        pinned=(problem.pinned - free) | frozenset(pinned),
        forbidden=(problem.forbidden - free) | frozenset(forbidden),
    )
    now = match(changed, start=answer, progress=progress, stopped=stopped)
    both = ((mentee, answer.pairs.get(mentee), now.pairs.get(mentee)) for mentee in sorted(problem.mentees))
    moved = {mentee: (before, after) for mentee, before, after in both if before != after}
    return Cost(now, now.matched - answer.matched, now.total - answer.total, moved)


def _mentors(problem: Problem, mentees: Iterable[int]) -> set[int]:
    """Everybody whom one of these could have."""
    rows = np.array([problem.row[mentee] for mentee in mentees], np.int64)
    found: set[int] = set()
    for part in np.array_split(rows, len(rows) // 64 + 1):
        columns = np.flatnonzero((problem.possible(part) >= 0).any(axis=0))
        found.update(problem.mentors[column] for column in columns.tolist())
    return found
