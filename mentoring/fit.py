"""How well people suit each other: what rules a pair out, and the points that add up to its score.

Pure: no database, no clock. Rules and points are arrays over many pairs at once, and the same arrays explain one pair,
so that no reason can differ from what was counted.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentoring.people import Mentee, Mentor
from mentoring.points import Part, Rule, Weights

Table = NDArray[np.integer[Any]]
Truths = NDArray[np.bool_]

NEVER = -1
REMOTE, IN_PERSON = "remote", "person"
SAME, OTHER = "same", "other"
# Kinds in which the mentor need not be the senior of the two.
REVERSE, MANAGER = "reverse", "manager"


class Fit:
    """These mentees and mentors, pair by pair; rows are mentees and columns mentors, in the order given."""

    def __init__(
        self, mentees: Sequence[Mentee], mentors: Sequence[Mentor], weights: Weights | None = None, *, minimum: int = 0
    ) -> None:
        self.mentees, self.mentors = tuple(mentees), tuple(mentors)
        self.weights, self.minimum = weights or Weights(), minimum
        self._row = {one.key: row for row, one in enumerate(self.mentees)}
        self._column = {one.key: column for column, one in enumerate(self.mentors)}

    def scores(self, rows: Table) -> Table:
        """The score of each of these rows with every mentor, NEVER where a rule rules the pair out (int16)."""
        total = self._total(rows)
        possible = np.logical_and.reduce([allowed for _, allowed in self._rules(rows, total)])
        return np.where(possible, total, NEVER).astype(np.int16)

    def wished(self, rows: Table, columns: Table) -> Truths:
        """For each of these pairs, whether both wish to be matched with somebody alike, and are.

        It earns no points, so that no reason that is shown tells of it: it decides between equals (points.TIE_RULE).
        """
        found: Truths = (self._seekers["alike"][rows] & self._guides["alike"][columns]).any(axis=1)
        return found

    def reasons(self, mentee: int, mentor: int) -> dict[Part, int]:
        """What the pair earns points for; together they are its score, where no rule rules it out."""
        column = self._column[mentor]
        found = {part: int(points[0, column]) for part, points in self._parts(self._rows_of(mentee))}
        return {part: points for part, points in found.items() if points}

    def ruled_out(self, mentee: int) -> set[Rule]:
        """The rules that rule mentors out for this mentee; for each mentor the first that does."""
        rows = self._rows_of(mentee)
        left = np.ones((1, len(self.mentors)), bool)
        found: set[Rule] = set()
        for rule, allowed in self._rules(rows, self._total(rows)):
            if (left & ~allowed).any():
                found.add(rule)
            left &= allowed
        return found

    def rule_against(self, mentee: int, mentor: int) -> Rule | None:
        """The first rule that rules this pair out; None where the two can be matched."""
        rows, column = self._rows_of(mentee), self._column[mentor]
        total = self._total(rows)
        return next((rule for rule, allowed in self._rules(rows, total) if not allowed[0, column]), None)

    def _rows_of(self, mentee: int) -> Table:
        return np.array([self._row[mentee]])

    def _total(self, rows: Table) -> Table:
        total: Table = np.add.reduce([points for _, points in self._parts(rows)])
        return total

    def _parts(self, rows: Table) -> Iterator[tuple[Part, Table]]:
        """What each pair of these rows earns for each part."""
        mentees, mentors, weights = self._seekers, self._guides, self.weights
        yield Part.NEED, weights.need * (mentees["needs"][rows] @ mentors["strengths"].T)
        alike = mentees["profession"][rows, None] == mentors["profession"]
        # One that is not known is neither the same nor another.
        apart = ~alike & mentees["known"][rows, None] & mentors["known"]
        mix = (mentees["same"][rows, None] & alike) | (mentees["other"][rows, None] & apart)
        yield Part.MIX, weights.mix * mix.astype(np.int32)
        yield Part.SECTOR, weights.sector * (mentees["wanted_sector"][rows, None] == mentors["sector"]).astype(np.int32)
        yield Part.LANGUAGE, weights.language * mentors["languages"].T[mentees["language"][rows]].astype(np.int32)
        wished = (mentors["same"] & alike) | (mentors["other"] & apart) | mentors["sectors"].T[mentees["sector"][rows]]
        yield Part.WISH, weights.wish * wished.astype(np.int32)
        yield Part.NEAR, weights.near * (mentees["region"][rows, None] == mentors["region"]).astype(np.int32)
        outside = mentees["organisation"][rows, None] != mentors["organisation"]
        yield Part.OUTSIDE, weights.outside * outside.astype(np.int32)

    def _rules(self, rows: Table, total: Table) -> Iterator[tuple[Rule, Truths]]:
        """Which pairs of these rows each rule lets pass."""
        mentees, mentors = self._seekers, self._guides
        yield Rule.KIND, mentors["kinds"].T[mentees["kind"][rows]]
        barred = np.zeros(total.shape, bool)
        for at, row in enumerate(rows.tolist()):
            mentee = self.mentees[row]
            barred[at, [self._column[key] for key in mentee.barred if key in self._column]] = True
        yield Rule.BARRED, ~barred
        mine, theirs = mentees["rank"][rows, None], mentors["rank"][None, :]
        # A grade that is not known is held against nobody.
        senior = (mine == 0) | (theirs == 0) | (mentees["level"][rows, None])
        yield Rule.GRADE, senior | np.where(mentees["reverse"][rows, None], theirs <= mine, theirs >= mine)
        far = mentees["region"][rows, None] != mentors["region"]
        in_person = mentees["in_person"][rows, None] | mentors["in_person"]
        remote = mentees["remote"][rows, None] | mentors["remote"]
        yield Rule.TRAVEL, ~(in_person & (remote | far))
        yield Rule.QUALITY, total >= self.minimum

    @cached_property
    def _codes(self) -> dict[str, dict[str, int]]:
        """A number for every word that people are compared by; of words that nobody else has, none is equal."""
        people: list[Mentee | Mentor] = [*self.mentees, *self.mentors]
        return {
            "region": _numbers(one.region for one in people),
            "profession": _numbers(one.profession for one in people),
            "sector": _numbers([*(one.sector for one in people), *(one.wanted_sector for one in self.mentees)]),
            "kind": _numbers(one.kind for one in self.mentees),
            "language": _numbers(one.language for one in self.mentees),
            "domain": _numbers(code for one in self.mentees for code in one.needs),
            "alike": _numbers(word for one in self.mentees for word in one.alike),
        }

    @cached_property
    def _seekers(self) -> dict[str, NDArray[Any]]:
        codes, people = self._codes, self.mentees
        needs = np.zeros((len(people), len(codes["domain"])), np.int32)
        for row, one in enumerate(people):
            for code, weight in one.needs.items():
                needs[row, codes["domain"][code]] = weight
        return {
            "needs": needs,
            "alike": _members(codes["alike"], [one.alike for one in people]),
            "kind": _column(codes["kind"][one.kind] for one in people),
            "sector": _column(codes["sector"][one.sector] for one in people),
            # What is not known, or not wished for, is equal to nobody's.
            "region": _column(codes["region"][one.region] if one.region else -1 for one in people),
            "profession": _column(codes["profession"][one.profession] if one.profession else -1 for one in people),
            "known": _truths(bool(one.profession) for one in people),
            "wanted_sector": _column(codes["sector"][one.wanted_sector] if one.wanted_sector else -1 for one in people),
            "language": _column(codes["language"][one.language] for one in people),
            "organisation": _column(one.organisation for one in people),
            "rank": _column(one.rank for one in people),
            "same": _truths(one.mix == SAME for one in people),
            "other": _truths(one.mix == OTHER for one in people),
            "reverse": _truths(one.kind == REVERSE for one in people),
            "level": _truths(one.kind == MANAGER for one in people),
            "remote": _truths(one.meeting == REMOTE for one in people),
            "in_person": _truths(one.meeting == IN_PERSON for one in people),
        }

    @cached_property
    def _guides(self) -> dict[str, NDArray[Any]]:
        codes, people = self._codes, self.mentors
        return {
            "strengths": _members(codes["domain"], [one.strengths for one in people]).astype(np.int32),
            "kinds": _members(codes["kind"], [one.kinds for one in people]),
            "alike": _members(codes["alike"], [one.alike for one in people]),
            "sectors": _members(codes["sector"], [one.sectors for one in people]),
            # Nobody earns points for a language that nobody asked for.
            "languages": _members(codes["language"], [one.languages - {""} for one in people]),
            "region": _column(codes["region"][one.region] for one in people),
            "profession": _column(codes["profession"][one.profession] for one in people),
            "known": _truths(bool(one.profession) for one in people),
            "sector": _column(codes["sector"][one.sector] for one in people),
            "organisation": _column(one.organisation for one in people),
            "rank": _column(one.rank for one in people),
            "same": _truths(one.mix == SAME for one in people),
            "other": _truths(one.mix == OTHER for one in people),
            "remote": _truths(one.meeting == REMOTE for one in people),
            "in_person": _truths(one.meeting == IN_PERSON for one in people),
        }


def _numbers(words: Any) -> dict[str, int]:
    return {word: number for number, word in enumerate(sorted(set(words)))}


def _column(numbers: Any) -> Table:
    return np.fromiter(numbers, np.int64)


def _truths(truths: Any) -> Truths:
    return np.fromiter(truths, bool)


def _members(codes: Mapping[str, int], sets: Sequence[Collection[str]]) -> Truths:
    """Which of the coded words each set has: a row for each set, a column for each word."""
    table = np.zeros((len(sets), len(codes)), bool)
    for row, words in enumerate(sets):
        table[row, [codes[word] for word in words if word in codes]] = True
    return table
