"""The best matching within some of the pairs, by flow, and the least prices that prove it.

Pairs are added until none is missing. Pure. OR-tools is imported where it is called: only what solves pays for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

NOBODY = -1
NO_PRICE = -(1 << 60)  # where a mentor must be full, the least price has no floor
ANEW = 10  # the round from which on pairs are only added, so that there is an end
KEPT = 12  # pairs a mentee kept from one round to the next, before that
USUAL = 5  # pairs a mentee that are so close to being of use that others as close are added

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Places by column, the rows that have to be matched, and the columns that have to be full."""

    places: Whole
    matched: NDArray[np.bool_]
    full: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Pairs by row and column, and what each is worth; being unmatched is worth 0."""

    rows: Whole
    columns: Whole
    worth: Whole

    def __getitem__(self, chosen: NDArray[np.bool_] | Whole) -> "Arcs":
        return Arcs(self.rows[chosen], self.columns[chosen], self.worth[chosen])

    def __len__(self) -> int:
        return len(self.rows)

    def __add__(self, other: "Arcs") -> "Arcs":
        both = ((self.rows, other.rows), (self.columns, other.columns), (self.worth, other.worth))
        return Arcs(*(np.concatenate(parts) for parts in both))


class Pairs(Protocol):
    """All pairs that can be, of which the solver sees only some."""

    def first(self) -> tuple[Arcs, bool]:
        """Pairs to begin with, and whether they are all."""

    def close(self, prices: Whole, values: Whole, margin: int) -> Arcs:
        """Pairs worth more than their two sides less a margin: not all, but of each row those that are worth most."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """Each row's column or NOBODY, with prices and values that prove it over all pairs."""

    columns: Whole
    prices: Whole
    values: Whole
    total: int


# Told in each round: its number, the total within the pairs so far, and the total that nothing can exceed.
Watch = Callable[[int, int, int], None]


def optimum(pairs: Pairs, bounds: Bounds, watch: Watch) -> Optimum:
    """The assignment of greatest worth among all pairs."""
    arcs, complete = pairs.first()
    turn = 1
    while True:
        found = within(arcs, bounds)
        margin = _margin(arcs, found) if turn < ANEW else 0
        close = EMPTY if complete else pairs.close(found.prices, found.values, margin)
        better = close[_slack(close, found) < 0]
        watch(turn, found.total, found.total + _excess(better, found))
        if not len(better):
            return found
        if turn < ANEW:
            arcs = _thinned(arcs, found)
        arcs += _without(close, arcs, len(bounds.places))
        turn += 1


def _margin(arcs: Arcs, found: Optimum) -> int:
    """How far pairs may be from being of use for there to be the usual number of them."""
    slack = _slack(arcs, found)
    usual = min(USUAL * len(found.values), len(slack)) - 1
    return int(np.partition(slack, usual)[usual]) + 1 if len(slack) else 0


def within(arcs: Arcs, bounds: Bounds) -> Optimum:
    """The assignment of greatest worth within these pairs.

    The flow is about twice as fast with small numbers, so being unmatched costs little at first. The prices tell
    whether what comes of it is the best with the true cost too.
    """
    top = max(int(arcs.worth.max(initial=0)), 0)
    little = 4 * (top - int(arcs.worth.min(initial=top)) + 1)
    if little < top:
        found = priced(arcs, _flow(arcs, bounds, top, little), bounds)
        if _is_proven(found, bounds):
            return found
    return priced(arcs, _flow(arcs, bounds, top, top), bounds)


def _is_proven(found: Optimum, bounds: Bounds) -> bool:
    covered = found.values.sum() + (bounds.places * found.prices).sum()
    return bool(covered == found.total and (found.values >= 0)[~bounds.matched].all())


def _flow(arcs: Arcs, bounds: Bounds, top: int, unmatched: int) -> Whole:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    count, mentors = len(bounds.matched), len(bounds.places)
    sink = count + mentors
    flow = SimpleMinCostFlow()
    handles = _connect(flow, arcs.rows, count + arcs.columns, top - arcs.worth)
    free = np.flatnonzero(~bounds.matched)
    _connect(flow, free, np.full_like(free, sink), np.full_like(free, unmatched))
    partly = np.flatnonzero(~bounds.full)
    _connect(flow, count + partly, np.full_like(partly, sink), np.zeros_like(partly), bounds.places[partly])
    taken = np.where(bounds.full, bounds.places, 0)
    supply = np.concatenate([np.ones(count, np.int64), -taken, [taken.sum() - count]])
    flow.set_nodes_supplies(np.arange(sink + 1), supply)
    status = flow.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise RuntimeError(f"the flow has no optimum: {status}")
    used = np.flatnonzero(flow.flows(handles)) if len(handles) else handles
    given = np.full(count, NOBODY, np.int64)
    given[arcs.rows[used]] = arcs.columns[used]
    return given


def _connect(flow: Any, tails: Whole, heads: Whole, costs: Whole, room: Whole | None = None) -> Whole:
    room = np.ones_like(tails) if room is None else room
    if not len(tails):
        return tails
    handles: Whole = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, costs)
    return handles


def priced(arcs: Arcs, given: Whole, bounds: Bounds) -> Optimum:
    """The least prices that prove the assignment within these pairs, and each row's value with them.

    A mentor costs at least what each mentee elsewhere would gain by coming: the longest ways, from those who are not
    matched and from places that are free.
    """
    count = len(given)
    worth = np.zeros(count, np.int64)
    mine = arcs.columns == given[arcs.rows]
    worth[arcs.rows[mine]] = arcs.worth[mine]
    others = arcs[~mine]
    order = np.argsort(others.columns, kind="stable")
    others = others[order]
    source, gain = given[others.rows], others.worth - worth[others.rows]
    # One more column at the end stands for not being matched, at no price.
    prices = np.append(np.where(bounds.full, NO_PRICE, 0), 0)
    columns, starts = np.unique(others.columns, return_index=True)
    for _ in range(len(prices) + 1):
        if not len(columns):
            break
        reached = np.maximum.reduceat(prices[source] + gain, starts)
        higher = reached > prices[columns]
        if not higher.any():
            break
        prices[columns[higher]] = reached[higher]
    else:
        raise RuntimeError("the prices have no end: the assignment is not the best")
    values = worth - prices[given]
    return Optimum(given, prices[:-1], values, int(worth.sum()))


def _slack(arcs: Arcs, found: Optimum) -> Whole:
    return found.values[arcs.rows] + found.prices[arcs.columns] - arcs.worth


def _excess(missing: Arcs, found: Optimum) -> int:
    """By how much the values have to rise until no pair is worth more than its two sides."""
    rise = np.zeros(len(found.values), np.int64)
    np.maximum.at(rise, missing.rows, -_slack(missing, found))
    return int(rise.sum(dtype=float))  # with prices without a floor, more than whole numbers hold


def strongest(arcs: Arcs, number: int, prices: Whole | None = None) -> Arcs:
    """Of each row's pairs the few that are worth most, less a price where there is one."""
    worth = arcs.worth if prices is None else arcs.worth - prices[arcs.columns]
    # Among equals each row has its own order, lest all of them choose the same columns.
    order = np.lexsort(((arcs.columns + 7919 * arcs.rows) * 2654435761 % 2**32, -worth, arcs.rows))
    return arcs[order[_ranks(arcs.rows[order]) < number]]


def _ranks(rows: Whole) -> Whole:
    """The position of each within its row; rows come sorted."""
    starts = np.flatnonzero(np.append(True, rows[1:] != rows[:-1])) if len(rows) else rows
    return np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))


def _thinned(arcs: Arcs, found: Optimum) -> Arcs:
    """Without those that are furthest from being of use; what is assigned stays."""
    mine = arcs.columns == found.columns[arcs.rows]
    return arcs[mine] + strongest(arcs[~mine], KEPT, found.prices)


def _without(arcs: Arcs, others: Arcs, columns: int) -> Arcs:
    return arcs[~np.isin(arcs.rows * columns + arcs.columns, others.rows * columns + others.columns)]


EMPTY = Arcs(*(np.empty(0, np.int64) for _ in range(3)))
