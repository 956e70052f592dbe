"""What is to be matched: mentees, mentors with their places, scores of pairs, and what a person has decided already.

Pure: no database, no clock, no chance. People are named by whole numbers, their keys.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.kernel.errors import Invalid

Integers = NDArray[np.integer[Any]]
# Rows of the score matrix, by the mentees' positions: a column for each mentor, -1 where a pair cannot be.
Scores = Callable[[Integers], Integers]
# Whether these pairs, by the positions of mentee and mentor, are among those for which somebody wished.
Wished = Callable[[Integers, Integers], NDArray[np.bool_]]
Pair = tuple[int, int]

NEVER = -1
MOST = 1_000_000  # so that whole numbers of 64 bits hold every sum


class Contradiction(Invalid):
    """What a person has decided cannot be; the keys say of whom."""

    def __init__(self, message: str, *, mentees: Iterable[int] = (), mentors: Iterable[int] = ()) -> None:
        super().__init__(message, field="pinned")
        self.mentees, self.mentors = tuple(mentees), tuple(mentors)


@dataclass(frozen=True)
class Problem:
    """Everybody to be matched, in any order, and how well each mentee and mentor suit each other.

    `places` are those of each mentor, in the same order. `scores` gives whole numbers of 0 to `MOST` in the narrowest
    type that holds them; int16 is quickest. It is called again and again, and has to answer the same each time.
    `pinned` pairs are in every answer, `forbidden` ones in none. `lot` names the draw between equally good answers,
    in which `wished` pairs are favoured (see points.TIE_RULE).
    Raises Contradiction where pins cannot all be, Invalid for anything else that makes no sense.
    """

    mentees: tuple[int, ...]
    mentors: tuple[int, ...]
    places: tuple[int, ...]
    scores: Scores
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    lot: str = ""
    wished: Wished | None = None

    def __post_init__(self) -> None:
        if len(self.row) != len(self.mentees) or len(self.column) != len(self.mentors):
            raise Invalid("Somebody is there twice.")
        if len(self.places) != len(self.mentors) or min(self.places, default=0) < 0:
            raise Invalid("Each mentor has a number of places, 0 or more.")
        for mentee, mentor in self.pinned | self.forbidden:
            if mentee not in self.row or mentor not in self.column:
                raise Invalid(f"Mentee {mentee} or mentor {mentor} is not among those to be matched.")
        self._check_pins()

    def _check_pins(self) -> None:
        pins = sorted(self.pinned)
        for (mentee, mentor), (other, second) in pairwise(pins):
            if mentee == other:
                message = f"Mentee {mentee} is pinned to mentor {mentor} and to mentor {second}."
                raise Contradiction(message, mentees=[mentee], mentors=[mentor, second])
        for mentee, mentor in sorted(self.pinned & self.forbidden):
            message = f"Mentee {mentee} is pinned to mentor {mentor}, and the pair is forbidden."
            raise Contradiction(message, mentees=[mentee], mentors=[mentor])
        for mentor, number in sorted(Counter(mentor for _, mentor in pins).items()):
            places = self.places[self.column[mentor]]
            if number > places:
                message = f"Mentor {mentor} has more mentees pinned to them than places: {number}, and {places}."
                mentees = [mentee for mentee, other in pins if other == mentor]
                raise Contradiction(message, mentees=mentees, mentors=[mentor])
        for mentee, mentor in pins:
            if self.score(mentee, mentor) < 0:
                message = f"Mentee {mentee} is pinned to mentor {mentor}, and the two cannot be matched."
                raise Contradiction(message, mentees=[mentee], mentors=[mentor])

    @cached_property
    def row(self) -> dict[int, int]:
        """Each mentee's position."""
        return {mentee: row for row, mentee in enumerate(self.mentees)}

    @cached_property
    def column(self) -> dict[int, int]:
        """Each mentor's position."""
        return {mentor: column for column, mentor in enumerate(self.mentors)}

    @cached_property
    def pins(self) -> dict[int, int]:
        """The mentor of each mentee who is pinned to one."""
        return dict(self.pinned)

    @cached_property
    def _closed(self) -> dict[int, list[int]]:
        """The columns that are forbidden to each row that has some."""
        closed: dict[int, list[int]] = {}
        for mentee, mentor in self.forbidden:
            closed.setdefault(self.row[mentee], []).append(self.column[mentor])
        return closed

    def score(self, mentee: int, mentor: int) -> int:
        """What the pair scores; NEVER where it cannot be."""
        return int(self.scores(np.array([self.row[mentee]]))[0, self.column[mentor]])

    def possible(self, rows: Integers) -> Integers:
        """The scores of these rows, NEVER for each pair that cannot be, is forbidden, or that a pin rules out."""
        found = self.scores(rows)
        if not self.pinned and not self.forbidden:
            return found
        block = found.copy()
        for at, row in enumerate(rows.tolist()):
            if row in self._closed:
                block[at, self._closed[row]] = NEVER
            mentor = self.pins.get(self.mentees[row])
            if mentor is not None:
                kept = block[at, self.column[mentor]]
                block[at] = NEVER
                block[at, self.column[mentor]] = kept
        return block


def of_pairs(
    pairs: Mapping[Pair, int],
    *,
    mentees: Iterable[int],
    places: Mapping[int, int],
    pinned: Iterable[Pair] = (),
    forbidden: Iterable[Pair] = (),
    lot: str = "",
) -> Problem:
    """A problem in which only these pairs can be, with their scores, and each mentor has so many places."""
    people = tuple(mentees)
    row = {mentee: at for at, mentee in enumerate(people)}
    column = {mentor: at for at, mentor in enumerate(places)}
    rows: dict[int, dict[int, int]] = {}
    for (mentee, mentor), score in pairs.items():
        if mentee not in row or mentor not in column:
            raise Invalid(f"Mentee {mentee} or mentor {mentor} is not among those to be matched.")
        rows.setdefault(row[mentee], {})[column[mentor]] = score

    def scores(wanted: Integers) -> Integers:
        block = np.full((len(wanted), len(column)), NEVER, np.int32)
        for at, one in enumerate(wanted.tolist()):
            if one in rows:
                block[at, list(rows[one])] = list(rows[one].values())
        return block

    return Problem(
        people, tuple(places), tuple(places.values()), scores, frozenset(pinned), frozenset(forbidden), lot=lot
    )


@dataclass(frozen=True)
class Matching:
    """Who is matched with whom, and the proof that it cannot be better.

    One more match counts `weight`, which is more than all scores together. What a mentee is worth (`values`) and what
    one place of a mentor is worth (`prices`), each place counted, add up to the number matched × weight + total. No
    pair that can be is worth more than its two sides, so nothing can add up to more. A price is exactly what one more
    place of that mentor would add, see `gain`.
    """

    pairs: Mapping[int, int]
    total: int
    weight: int
    values: Mapping[int, int]
    prices: Mapping[int, int]

    @property
    def matched(self) -> int:
        """How many are matched."""
        return len(self.pairs)

    def gain(self, worth: int) -> tuple[int, int]:
        """What so much worth is in (matches, score); the score is negative where a match costs others theirs."""
        matches = (worth + self.weight // 2) // self.weight
        return matches, worth - matches * self.weight
