"""From who takes part to whom everybody has, and why: the whole of a version's matching, with nothing written.

Only for workers: it loads the solver.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from mentoring.certificate import proves
from mentoring.deciding import Pair, names_of
from mentoring.explanation import first_choice
from mentoring.fit import Fit
from mentoring.matching import Step, match
from mentoring.people import fingerprint
from mentoring.points import Weights
from mentoring.population import Population
from mentoring.problem import Matching, Problem
from mentoring.wording import OF_A_PAIR
from registry.kernel.errors import Invalid

MOST_CHOICES = 20
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What a version asks for: weights, the fewest points of a pair, and what was decided."""

    weights: Mapping[str, int]
    minimum: int
    pinned: frozenset[Pair]
    forbidden: frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Line:
    """What the answer says of one mentee; by key. `why` and `choices` as `models.RoundPair` keeps them.

    Of a matched mentee, `why` has their `first` choice and its `score` where that is another, with the `matches` and
    `points` that it would cost to give it to them. Of an unmatched one: the `rules` that keep mentors apart from them,
    never how many, how many they `could` have, some of those (`full`), and the `best` score that the minimum rules out;
    `decided` where a lead ruled out whom they could have, `twice` where that is theirs for something else.
    """

    mentee: int
    mentor: int | None
    reasons: dict[str, int]
    why: dict[str, Any]
    choices: list[list[int]]
    facts: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is matched and what it adds up to; `before` are matches and points that earlier pairs would have now."""

    lines: tuple[Line, ...]
    mentors: int
    places: int
    matched: int
    total: int
    before: tuple[int, int] | None
    sha256: str
    proved: bool


def answer(
    people: Population,
    asked: Asked,
    *,
    lot: str,
    before: Iterable[Pair] | None = None,
    progress: Callable[[Step], None] = lambda step: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Answer:
    """The best answer for these people, checked by the verifier; `lot` names the draw between equals.

    Raises Invalid, with names, where a rule keeps a pinned pair apart, and Stopped once `stopped` says so.
    """
    matched = _Matched(people, asked, lot, progress, stopped)
    return Answer(
        lines=tuple(matched.lines()),
        mentors=len(people.mentors),
        places=sum(people.places),
        matched=matched.found.matched,
        total=matched.found.total,
        before=None if before is None else matched.worth_of(before),
        sha256=matched.sha256(),
        proved=proves(matched.problem, matched.found),
    )


class _Matched:
    """The people with the best answer; what is said of each comes from the arrays that were counted by."""

    def __init__(
        self,
        people: Population,
        asked: Asked,
        lot: str,
        progress: Callable[[Step], None],
        stopped: Callable[[], bool],
    ) -> None:
        self._asked = asked
        weights = Weights(**asked.weights)
        self.fit = Fit(people.mentees, people.mentors, weights, minimum=asked.minimum)
        mentees = tuple(one.key for one in people.mentees)
        mentors = tuple(one.key for one in people.mentors)
        one_side, other_side = set(mentees), set(mentors)
        self._require_possible(one_side, other_side)
        # Whoever does not take part any more needs no ruling out.
        here = frozenset(pair for pair in asked.forbidden if pair[0] in one_side and pair[1] in other_side)
        self.problem = Problem(
            mentees,
            mentors,
            people.places,
            self.fit.scores,
            asked.pinned,
            here,
            lot=lot,
            wished=self.fit.wished if any(one.alike for one in people.mentees) else None,
        )
        self.found: Matching = match(self.problem, progress=progress, stopped=stopped)
        self._given: set[Pair] = set()
        # Nobody has the same mentor for two things they look for: the weaker of the two pairs is ruled out.
        while again := self._again():
            self._given |= again
            self.problem = replace(self.problem, forbidden=self.problem.forbidden | again)
            self.found = match(self.problem, start=self.found, progress=progress, stopped=stopped)

    def _require_possible(self, mentees: set[int], mentors: set[int]) -> None:
        for mentee, mentor in sorted(self._asked.pinned):
            if mentee not in mentees or mentor not in mentors:
                one, other = names_of(mentee, mentor)
                raise Invalid(f"{one} is pinned to {other}, and one of the two does not take part now. Lift the pin.")
            if (rule := self.fit.rule_against(mentee, mentor)) is not None:
                one, other = names_of(mentee, mentor)
                raise Invalid(f"{one} is pinned to {other}, and they cannot be matched. {OF_A_PAIR[rule]}")

    def _again(self) -> set[Pair]:
        """The pairs of people with a mentor whom they have in another pair: all but one that is pinned, or the best."""
        same: dict[Pair, list[Pair]] = defaultdict(list)
        for mentee, mentor in self.found.pairs.items():
            same[self.fit.mentees[self.problem.row[mentee]].person, mentor].append((mentee, mentor))
        several = (pairs for pairs in same.values() if len(pairs) > 1)
        return {weaker for pairs in several for weaker in sorted(pairs, key=self._weakness)[1:]}

    def _weakness(self, pair: Pair) -> tuple[bool, int, int]:
        return pair not in self.problem.pinned, -self.problem.score(*pair), pair[0]

    @cached_property
    def _without_minimum(self) -> Fit:
        return Fit(self.fit.mentees, self.fit.mentors, self.fit.weights)

    def lines(self) -> Iterator[Line]:
        """What is said of each mentee, in the order of their keys."""
        forbidden = self._columns_of(self._asked.forbidden)
        given = self._columns_of(self._given)
        for row, mentee in enumerate(self.problem.mentees):
            scores = self.fit.scores(np.array([row]))[0]
            mentor = self.found.pairs.get(mentee)
            if mentor is None:
                why = self._why_nobody(row, mentee)
                if not why["could"]:
                    closed = {"decided": forbidden[mentee], "twice": given[mentee]}
                    why |= {name: True for name, columns in closed.items() if (scores[columns] >= 0).any()}
                yield Line(mentee, None, {}, why, self._best(scores, MOST_CHOICES))
            else:
                reasons = {part.value: points for part, points in self.fit.reasons(mentee, mentor).items()}
                why = self._why_not_first(mentee)
                facts = fingerprint(self.fit.mentees[row], self.fit.mentors[self.problem.column[mentor]])
                yield Line(mentee, mentor, reasons, why, self._best(scores, MOST_CHOICES), facts)

    def _columns_of(self, pairs: Iterable[Pair]) -> dict[int, list[int]]:
        """The columns of the mentors in these pairs, for each mentee."""
        found = defaultdict(list)
        for mentee, mentor in pairs:
            if mentor in self.problem.column:
                found[mentee].append(self.problem.column[mentor])
        return found

    def worth_of(self, before: Iterable[Pair]) -> tuple[int, int]:
        """How many of these pairs could be now, whatever was decided about them, and what they would score."""
        matches = total = 0
        for mentee, mentor in before:
            if mentee in self.problem.row and mentor in self.problem.column:
                score = self.problem.score(mentee, mentor)
                matches, total = (matches + 1, total + score) if score >= 0 else (matches, total)
        return matches, total

    def sha256(self) -> str:
        """Of what was asked and who has whom: the same on every machine."""
        asked = asdict(self._asked) | {
            "weights": dict(self._asked.weights),
            "pinned": sorted(self._asked.pinned),
            "forbidden": sorted(self._asked.forbidden),
        }
        plain = json.dumps([asked, sorted(self.found.pairs.items()), self.found.total], sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()

    def _best(self, scores: Any, number: int) -> list[list[int]]:
        """The mentors of the highest scores, the lowest key first where they are equal."""
        order = np.argsort(-scores.astype(np.int64), kind="stable")[:number]
        return [[self.problem.mentors[at], int(scores[at])] for at in order.tolist() if scores[at] >= 0]

    def _why_not_first(self, mentee: int) -> dict[str, Any]:
        choice = first_choice(self.problem, self.found, mentee)
        if choice.first == choice.mentor:
            return {}
        matches, points = self.found.gain(choice.lost)
        return {"first": choice.first, "score": choice.first_score, "matches": matches, "points": points}

    def _why_nobody(self, row: int, mentee: int) -> dict[str, Any]:
        scores = self.problem.possible(np.array([row]))[0]
        if could := int(np.count_nonzero(scores >= 0)):
            return {"could": could, "full": [key for key, _ in self._best(scores, MOST_NAMED)]}
        why: dict[str, Any] = {"could": 0, "rules": sorted(rule.value for rule in self.fit.ruled_out(mentee))}
        if "quality" in why["rules"]:
            why["best"] = int(self._without_minimum.scores(np.array([row])).max())
        return why
