"""Mentees and mentors matched: the most matches first, then the greatest total, then a stated lot, with its proof.

Pure: no database, no clock, no chance. The same people, in whatever order, give the same answer.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentoring.flow import EMPTY, NOBODY, Arcs, Bounds, Optimum, Whole, optimum, strongest
from mentoring.lots import Lot
from mentoring.problem import MOST, NEVER, Integers, Matching, Problem
from mentoring.uniqueness import is_only_one
from registry.kernel.errors import Invalid

SMALL = 50_000  # pairs that go into the flow all at once
WIDTH = 24  # pairs a mentee to begin with where there are more
ADDED = 20  # pairs a mentee in later rounds, at most
SAMPLE = 512  # mentees by whom the prices are guessed
EQUALS = 3_000_000  # pairs that can be part of an equally good answer and go into the flow all at once
BLOCK = 250_000  # pairs looked at together, so that they fit in a processor's cache
MATRIX = 600_000_000  # bytes of scores kept; above it they are asked for again in each round


class Stopped(Exception):
    """Whoever asked for the answer no longer wants it."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: the stage (`best`, then `lot`), its round, and by how much the total could still be better.

    Both are in worth (see Matching), and in the stage of the lot in its numbers.
    """

    stage: str
    turn: int
    total: int
    gap: int


def match(
    problem: Problem,
    *,
    start: Matching | None = None,
    progress: Callable[[Step], None] = lambda step: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Matching:
    """The best answer to a problem, with its proof (see Matching and points.TIE_RULE).

    `start` is the answer to a similar problem, whose prices save rounds; the answer is the same without it. `stopped`
    is asked in every round. Raises Stopped when it says so, Invalid where scores are not whole numbers of 0 to MOST.
    """

    def watch(stage: str) -> Callable[[int, int, int], None]:
        def tell(turn: int, total: int, bound: int) -> None:
            progress(Step(stage, turn, total, bound - total))
            if stopped():
                raise Stopped

        return tell

    pairs = AllPairs(problem, start)
    pinned = np.array([mentee in problem.pins for mentee in problem.mentees], bool)
    places = np.array(problem.places, np.int64)
    found = optimum(pairs, Bounds(places, pinned, np.zeros(len(places), bool)), watch("best"))
    # Whatever is as good matches everybody who is worth something and fills every mentor who has a price.
    bounds = Bounds(places, pinned | (found.values > 0), found.prices > 0)
    given = _drawn(pairs, found, bounds, watch("lot"))
    return _answer(problem, pairs, found, given)


def _drawn(pairs: "AllPairs", found: Optimum, bounds: Bounds, watch: Callable[[int, int, int], None]) -> Whole:
    """Among all that are as good as what was found, the one that the lot chooses."""
    draw = 0
    while True:
        equals = Equals(pairs, found, draw)
        chosen = optimum(equals, bounds, watch)
        if is_only_one(chosen, equals.ties(chosen), bounds):
            return chosen.columns
        draw += 1


def _answer(problem: Problem, pairs: "AllPairs", found: Optimum, given: Whole) -> Matching:
    matched = {problem.mentees[row]: problem.mentors[given[row]] for row in np.flatnonzero(given != NOBODY).tolist()}
    return Matching(
        pairs={mentee: matched[mentee] for mentee in sorted(matched)},
        total=found.total - pairs.weight * len(matched),
        weight=pairs.weight,
        values=dict(zip(problem.mentees, found.values.tolist(), strict=True)),
        prices=dict(zip(problem.mentors, found.prices.tolist(), strict=True)),
    )


class AllPairs:
    """Every pair that can be, in blocks; its worth is `weight` and its score."""

    def __init__(self, problem: Problem, start: Matching | None = None) -> None:
        self.problem = problem
        self.shape = (len(problem.mentees), len(problem.mentors))
        self._start = start
        self._kept: dict[int, Integers] = {}
        most = max((int(block.max(initial=0)) for _, block in self.blocks()), default=0)
        # Two answers' totals differ by no more than half of it, even with one more place.
        matches = min(len(problem.mentees), sum(problem.places)) + 1
        self.weight = 2 * matches * most + 1
        # Worth, values and prices are within twice the weight.
        self._kind: type[np.signedinteger[Any]] = np.int32 if 4 * (self.weight + most) < 2**31 else np.int64

    def blocks(self) -> Iterator[tuple[int, Integers]]:
        """The scores, some rows at a time, with the first row's position."""
        people, mentors = self.shape
        step = max(1, BLOCK // max(mentors, 1))
        for first in range(0, people, step):
            block = self._kept.get(first)
            if block is None:
                block = self._asked(first, min(first + step, people))
                if people * mentors * block.itemsize <= MATRIX:
                    self._kept[first] = block
            yield first, block

    def _asked(self, first: int, last: int) -> Integers:
        block = self.problem.possible(np.arange(first, last))
        if block.shape != (last - first, self.shape[1]) or block.dtype.kind != "i":
            raise Invalid("The scores have to be whole numbers, a row for each mentee and a column for each mentor.")
        if block.size and not NEVER <= block.min() <= block.max() <= MOST:
            raise Invalid(f"A score lies between 0 and {MOST:,}.")
        return block

    def first(self) -> tuple[Arcs, bool]:
        """All pairs of a small problem; of a large one, each mentee's best by score less a guessed price."""
        if self.shape[0] * self.shape[1] <= SMALL:
            return _joined(self._arcs(first, block, block >= 0) for first, block in self.blocks()), True
        guess = self._guess()
        return _joined(
            strongest(self._few(first, block, block >= 0, block - guess, WIDTH), 2 * WIDTH, guess)
            for first, block in self.blocks()
        ), False

    def _few(self, first: int, block: Integers, chosen: NDArray[np.bool_], rank: Integers, number: int) -> Arcs:
        """Of each row's chosen pairs those of highest rank: about `number`, or all where they are not many more."""
        many = np.flatnonzero(np.count_nonzero(chosen, axis=1) > 4 * number)
        if len(many):
            # With columns dealt out to some hands, what the best of each hand reach is reached by a few more in all.
            hands = max(1, number // 3)
            dealt = np.where(chosen[many], rank[many], np.iinfo(self._kind).min)
            dealt = dealt[:, : self.shape[1] // hands * hands].reshape(len(many), -1, hands)
            chosen[many] &= rank[many] >= dealt.max(axis=1).min(axis=1)[:, None]
        return self._arcs(first, block, chosen)

    def _guess(self) -> Whole:
        """What a place will cost: as a start says, or the mentor's mean score."""
        if self._start is not None:
            prices = self._start.prices
            most = 2 * self.weight
            return np.array([min(prices.get(mentor, 0), most) for mentor in self.problem.mentors], self._kind)
        rows = np.unique(np.linspace(0, self.shape[0] - 1, SAMPLE).astype(np.int64))
        sample = self.problem.possible(rows)
        can = sample >= 0
        return (np.where(can, sample, 0).sum(axis=0) // np.maximum(can.sum(axis=0), 1)).astype(self._kind)

    def _arcs(self, first: int, block: Integers, chosen: NDArray[np.bool_]) -> Arcs:
        where = np.flatnonzero(chosen)
        rows, columns = np.divmod(where, max(self.shape[1], 1))
        return Arcs(rows + first, columns, block.ravel()[where].astype(np.int64) + self.weight)

    def _ranked(
        self, prices: Whole, values: Whole, excess: int
    ) -> Iterator[tuple[int, Integers, NDArray[np.bool_], Integers]]:
        """Block by block: the first row, scores, which pairs are worth so much more than their two sides, and ranks."""
        cost = prices.astype(self._kind)
        needed = (values - self.weight + excess).astype(self._kind)
        for first, block in self.blocks():
            rank = block - cost
            chosen = rank >= needed[first : first + len(block), None]
            chosen &= block >= 0
            yield first, block, chosen, rank

    def tight(self, prices: Whole, values: Whole) -> Iterator[Arcs]:
        """Pairs worth as much as their two sides, or more."""
        for first, block, chosen, _ in self._ranked(prices, values, 0):
            yield self._arcs(first, block, chosen)

    def close(self, prices: Whole, values: Whole, margin: int) -> Arcs:
        """Pairs worth more than their two sides less a margin: of each mentee's, those that are worth most."""
        return _joined(
            strongest(self._few(first, block, chosen, rank, ADDED), ADDED, prices)
            for first, block, chosen, rank in self._ranked(prices, values, 1 - margin)
        )


class Equals:
    """The pairs that an equally good answer can have, worth less the higher their number in the draw."""

    def __init__(self, pairs: AllPairs, found: Optimum, draw: int) -> None:
        problem = pairs.problem
        self._pairs, self._found = pairs, found
        self._lot = Lot(problem.lot, draw, problem.mentees, problem.mentors, problem.wished)
        self._kept: Arcs | None = None

    def _blocks(self) -> Iterator[Arcs]:
        if self._kept is not None:
            yield self._kept
            return
        for arcs in self._pairs.tight(self._found.prices, self._found.values):
            yield Arcs(arcs.rows, arcs.columns, -self._lot.numbers(arcs.rows, arcs.columns))

    def first(self) -> tuple[Arcs, bool]:
        """All of them where they are not too many; else each mentee's lowest, and whom they have."""
        parts: list[Arcs] = []
        for arcs in self._blocks():
            parts.append(arcs)
            if sum(map(len, parts)) > EQUALS:
                return _joined(self._lowest(arcs) for arcs in self._blocks()), False
        self._kept = _joined(parts)
        return self._kept, True

    def _lowest(self, arcs: Arcs) -> Arcs:
        mine = arcs.columns == self._found.columns[arcs.rows]
        return arcs[mine] + strongest(arcs[~mine], WIDTH)

    def close(self, prices: Whole, values: Whole, margin: int) -> Arcs:
        """Those worth more than their two sides less a margin, in part."""
        return _joined(strongest(arcs, ADDED, prices) for arcs in self._at_least(prices, values, 1 - margin))

    def ties(self, chosen: Optimum) -> Arcs:
        """Those worth exactly as much as their two sides."""
        return _joined(self._at_least(chosen.prices, chosen.values, 0))

    def _at_least(self, prices: Whole, values: Whole, excess: int) -> Iterator[Arcs]:
        for arcs in self._blocks():
            yield arcs[arcs.worth - prices[arcs.columns] - values[arcs.rows] >= excess]


def _joined(parts: Iterable[Arcs]) -> Arcs:
    found = [EMPTY, *parts]
    return Arcs(
        np.concatenate([part.rows for part in found]),
        np.concatenate([part.columns for part in found]),
        np.concatenate([part.worth for part in found]),
    )
