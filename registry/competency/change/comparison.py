"""How levels changed beside matched people who took no programme, and which figures of it may be told; pure.

Levels are whole numbers in twelfths. Participants and others stand in cells: the same profession, career stage and
sector, and before the programme the same level band in the domain. Each participant's change is compared with the mean
change of the others in their cell (matching with replacement). The difference is the mean of these differences over
the participants who could be matched, so it is about them; its variance is the one that Abadie and Imbens gave for
matching estimators (Econometrica 2006;74:235-267), which counts that participants of one cell share the same others.
Where several cohorts are put together, the same people may stand beside more than one of them: their noise is then
taken as wholly alike, which can only widen the interval. Intervals are of 95 per cent, by Student's t with the number
of the smaller side less one as its degrees of freedom.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, TypeVar

from registry.equality.suppression import SMALLEST_GROUP

Key = TypeVar("Key", bound=Hashable)

TWELFTHS = 12
# Of fewer people in a cell, nobody can say how much their changes differ.
LEAST_IN_CELL = 2
Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Cell:
    """Matched people: each participant's change, and how many others there are, with the sums of their changes and of
    the squares of these.
    """

    changes: tuple[int, ...]
    others: int = 0
    total: int = 0
    squares: int = 0

    @property
    def matched(self) -> bool:
        """Whether its participants can be compared."""
        return self.others >= LEAST_IN_CELL

    @property
    def mean(self) -> float:
        """The others' mean change."""
        return self.total / self.others

    @property
    def variance(self) -> float:
        """How much the others' changes vary."""
        return (self.squares * self.others - self.total**2) / (self.others * (self.others - 1))


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean in levels, and the interval around it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How many participants have levels at both times, how many could be matched and with how many others; and
    the changes: of those matched (of everybody where nothing is compared), of the others, and the difference.
    """

    people: int
    matched: int
    others: int
    change: Interval | None = None
    others_change: Interval | None = None
    difference: Interval | None = None

    @property
    def smaller(self) -> int:
        """How many people are on the smaller side."""
        return min(self.matched, self.others)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What may be told of one domain at one point: of all groups together, and of each; None where it may not be."""

    total: Figures | None
    groups: Mapping[Hashable, Figures | None]


def quantile(freedom: int) -> float:
    """Student's t below which 97.5 per cent lie, right to three decimals from nine degrees of freedom on.

    The expansion around the normal quantile of Abramowitz and Stegun, 26.7.5.
    """
    z = Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def alone(cells: Sequence[Cell]) -> Figures:
    """The change of all participants, beside nobody."""
    changes = [change for cell in cells for change in cell.changes]
    return Figures(len(changes), 0, 0, _interval(changes))


def compare(groups: Mapping[Hashable, Sequence[Cell]], *, others: int | None = None) -> Figures:
    """The participants of these groups beside the others in their cells; a group's own cells share nobody.

    `others`: how many different people stand beside several groups, who may share some.
    """
    cells = [cell for some in groups.values() for cell in some if cell.matched and cell.changes]
    changes = [change for cell in cells for change in cell.changes]
    differences = [change - cell.mean for cell in cells for change in cell.changes]
    people, n = sum(len(cell.changes) for some in groups.values() for cell in some), len(changes)
    beside = sum(cell.others for cell in cells) if others is None else others
    if n < 2:
        return Figures(people, n, beside)
    noise = sum(math.sqrt(sum(_noise(cell) for cell in some)) for some in groups.values()) ** 2
    # What the differences' own spread holds of it already.
    held = sum(len(cell.changes) / cell.others * cell.variance for cell in cells)
    middle = math.fsum(differences) / n
    spread = math.fsum((one - middle) ** 2 for one in differences) / (n * (n - 1))
    return Figures(
        people,
        n,
        beside,
        change=_interval(changes),
        others_change=_around(sum(len(cell.changes) * cell.mean for cell in cells) / n, noise / n**2, beside),
        difference=_around(middle, spread + max(0.0, noise - held) / n**2, min(n, beside)),
    )


def _noise(cell: Cell) -> float:
    """The variance that the others of a cell bring into the sum of its participants' differences."""
    return len(cell.changes) ** 2 / cell.others * cell.variance if cell.matched else 0.0


def _interval(changes: Sequence[int]) -> Interval | None:
    n = len(changes)
    if n < 2:
        return None
    middle = sum(changes) / n
    return _around(middle, math.fsum((one - middle) ** 2 for one in changes) / (n * (n - 1)), n)


def _around(middle: float, variance: float, people: int) -> Interval:
    half = quantile(people - 1) * math.sqrt(variance) / TWELFTHS
    return Interval(middle / TWELFTHS, middle / TWELFTHS - half, middle / TWELFTHS + half)


def entered(sizes: Mapping[Key, int], smallest: int = SMALLEST_GROUP) -> list[list[Key]]:
    """The groups that the figures of all are about: in their order, so many at once that they hold `smallest` people.

    So figures before and after a group came never differ by fewer people than that. Those that wait for others are in
    none.
    """
    found: list[list[Key]] = []
    waiting: list[Key] = []
    for key in sizes:
        waiting.append(key)
        if sum(sizes[one] for one in waiting) >= smallest:
            found.append(waiting)
            waiting = []
    return found


def by_themselves(together: Sequence[Sequence[Key]], sizes: Mapping[Key, int]) -> set[Key]:
    """The groups that entered without anybody of another: what is told of them tells nothing of others."""
    somebody = [[key for key in some if sizes[key]] for some in together]
    return {some[0] for some in somebody if len(some) == 1}


def publish(
    groups: Mapping[Hashable, Sequence[Cell]],
    *,
    others: Callable[[Any], int | None] = lambda keys: None,
    smallest: int = SMALLEST_GROUP,
) -> Sheet:
    """What may be told: nothing about fewer than `smallest` people on either side, nor what subtracting shows of them.

    The groups come in the order in which they came to be counted (`entered`); `others` answers how many different
    people stand beside some of them. Where nothing can be compared, the change of all participants is told by the same
    rule. It is the one or the other for all groups: of some the matched and of some everybody, a few people could be
    worked out.
    """
    figures = {key: compare({key: cells}) for key, cells in groups.items()}
    sizes = {key: one.smaller for key, one in figures.items()}
    together = entered(sizes, smallest)
    inside = [key for some in together for key in some]
    total = compare({key: groups[key] for key in inside}, others=others(inside))
    if total.smaller < smallest:
        figures = {key: alone(cells) for key, cells in groups.items()}
        sizes = {key: one.people for key, one in figures.items()}
        together = entered(sizes, smallest)
        total = alone([cell for some in together for key in some for cell in groups[key]])
        if total.people < smallest:
            return Sheet(None, dict.fromkeys(groups))
    shown = by_themselves(together, sizes)
    return Sheet(total, {key: one if key in shown else None for key, one in figures.items()})


def told(interval: Interval) -> Interval:
    """As it is shown: tenths of a level, the interval rounded outwards and never without width.

    So no figure says that everybody changed alike.
    """
    mean = round(interval.mean, 1)
    low = min(math.floor(interval.low * 10) / 10, mean - 0.1)
    high = max(math.ceil(interval.high * 10) / 10, mean + 0.1)
    return Interval(mean, round(low, 1), round(high, 1))
