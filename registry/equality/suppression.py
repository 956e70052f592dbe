"""Which counts of people in groups may be told, stage by stage, so that none of a few can be worked out; pure.

Each person is in one group, and whoever reached a stage had reached the stages before it. How many reached a stage in
all is never hidden: it says nothing about groups. Adding and subtracting what is told then gives the size of *sets* of
people: those in some groups who left after some stages. A set follows its groups from stage to stage: at each, a group
that is told can join it or leave it, and the hidden ones only all together, because only their sum is known. The rule:
every such set that parts people by group is of `minimum` people or more. Zero is fewer than that: that nobody in a
group got through says something about everybody in it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

Counts = tuple[int, ...]
# No setting goes below this.
SMALLEST_GROUP = 10


@dataclass(frozen=True, slots=True)
class Table:
    """Counts that may be told: for each stage how many in all, and how many in each group (None: not told)."""

    minimum: int
    groups: tuple[str, ...]
    stages: tuple[str, ...]
    totals: tuple[int, ...]
    cells: tuple[tuple[int | None, ...], ...]

    def count(self, stage: int, *groups: str) -> int | None:
        """How many of these groups together reached a stage; None where that cannot be told.

        Only adds and subtracts what is told, so it never tells more than the table itself.
        """
        told = dict(zip(self.groups, self.cells[stage], strict=True))
        hidden = {group for group, count in told.items() if count is None}
        if hidden.isdisjoint(groups):
            return sum(told[group] or 0 for group in groups)
        if hidden <= set(groups):
            return self.totals[stage] - sum(told[group] or 0 for group in told if group not in groups)
        return None

    def plain(self) -> dict[str, Any]:
        """The table as JSON holds it, for a room that keeps what it published."""
        return {
            "minimum": self.minimum,
            "groups": list(self.groups),
            "stages": list(self.stages),
            "totals": list(self.totals),
            "cells": [list(row) for row in self.cells],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The table that `plain` was made of."""
        return cls(
            plain["minimum"],
            tuple(plain["groups"]),
            tuple(plain["stages"]),
            tuple(plain["totals"]),
            tuple(tuple(row) for row in plain["cells"]),
        )


def suppress(
    counts: Mapping[str, Mapping[str, int]],
    groups: Sequence[str],
    *,
    minimum: int = SMALLEST_GROUP,
    keep: Collection[str] = (),
) -> Table:
    """The table of these counts (stage → group → people, in order) with everything hidden that has to be.

    Where there is a choice, smaller groups are hidden before larger ones, and those of `keep` last.

    What is told of a stage depends on it and on the stages before it, never on later ones, so that a table that grows
    by a stage goes on telling what it told. Raises ValueError where more people of a group reach a stage than reached
    the one before it. The time doubles with each group; a dozen are fine.
    """
    rows = [tuple(row.get(group, 0) for group in groups) for row in counts.values()]
    for before, after in pairwise(rows):
        if any(late > early for early, late in zip(before, after, strict=True)):
            raise ValueError("More people of a group reached a stage than the one before it.")
    kept = [group in keep for group in groups]
    hidden: list[int] = []
    for at in range(len(rows)):
        hidden.append(_hidden(rows[: at + 1], hidden, minimum, kept))
    return Table(
        minimum,
        tuple(groups),
        tuple(counts),
        tuple(sum(row) for row in rows),
        tuple(
            tuple(None if mask >> at & 1 else count for at, count in enumerate(row))
            for row, mask in zip(rows, hidden, strict=True)
        ),
    )


# Sets of groups are bits of a whole number from here on: bit 0 is the first group.


def _hidden(rows: Sequence[Counts], before: Sequence[int], minimum: int, kept: Sequence[bool]) -> int:
    """The groups to hide at the last of these stages, given those hidden at the stages before it."""
    row = rows[-1]
    if before and row == rows[-2]:  # the same people: nobody left in between
        return before[-1]
    hidden = sum(1 << at for at, count in enumerate(row) if count < minimum)
    # Where all groups are hidden a stage adds nothing to what is known already, so this ends.
    while path := _small_set(rows, [*before, hidden], minimum):
        told = [at for at in range(len(row)) if not hidden >> at & 1]
        # One of the numbers that the set is worked out from has to go.
        *_, earlier, last = (0, *path)
        used = [at for at in told if (earlier ^ last) >> at & 1]
        hidden |= 1 << min(used or told, key=lambda at: (kept[at], row[at]))
    return hidden


def _small_set(rows: Sequence[Counts], hidden: Sequence[int], minimum: int) -> tuple[int, ...]:
    """The smallest set of fewer than `minimum` people that can be worked out: its groups at each stage; () if none."""
    everything = (1 << len(rows[0])) - 1
    # What the set has been so far → whether it parted anybody yet, how many are in it, and its groups at each stage.
    found: dict[tuple[int, bool], tuple[int, tuple[int, ...]]] = {(0, False): (0, ())}
    for row, after, few in zip(rows, [*rows[1:], (0,) * len(rows[0])], hidden, strict=True):
        left = [early - late for early, late in zip(row, after, strict=True)]
        sizes = _sizes(left)
        best: dict[tuple[int, bool], tuple[int, tuple[int, ...]]] = {}
        for (mask, parted), candidate in found.items():
            key = (_inside(mask, few), parted)
            best[key] = min(best.get(key, candidate), candidate)
        found = {}
        for mask in range(everything + 1):
            for was_parted in (False, True):
                candidate = best.get((_inside(mask, few), was_parted), (minimum, ()))
                size = candidate[0] + sizes[mask]
                if size < minimum:
                    parted = was_parted or (sizes[everything] > 0 and mask not in (0, everything))
                    one = (size, (*candidate[1], mask))
                    found[mask, parted] = min(found.get((mask, parted), one), one)
    return min((one for (_, parted), one in found.items() if parted), default=(0, ()))[1]


def _inside(mask: int, hidden: int) -> int:
    """Which of the hidden groups are in a set: what stays as it is at a stage, unless it is all or none of them."""
    inside = mask & hidden
    return 0 if inside == hidden else inside


def _sizes(left: Sequence[int]) -> list[int]:
    """For each set of groups how many people they are together."""
    sizes = [0]
    for count in left:
        sizes += [size + count for size in sizes]
    return sizes
