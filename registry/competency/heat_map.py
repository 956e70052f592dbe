"""What may be told of people's agreed levels in groups: nothing that can be worked out from it is about a few people.

People stand in a grid: each is in one row of each of two cuts (say, a profession and a sector). A figure of a row is a
sum over its people; so is the total. Adding and subtracting such sums tells something about any set of people that
a *split* of the rows cuts out: put some rows of both cuts on one side, and it is the people with one row on either
side. (Sums weighted in any other way are about more people than the smallest split they contain.) A row of its own is
such a split; "this sector without all its nurses" is another. So the rule: every split cuts out nobody, or at least
`smallest` people. Where one does not, rows are put together, two at least, until it does.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from registry.equality.suppression import SMALLEST_GROUP

# Shares are told as ranges of so many points; narrower ones where that many people are counted.
POINTS, POINTS_OF_MANY, MANY = 20, 5, 50

# Stands for all the rows of a cut that are put together.
REST = ""
Pair = tuple[str, str]
Pairs = Sequence[Pair]
Hidden = tuple[frozenset[str], frozenset[str]]
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """People of whom something is expected in a domain: how many there are, how many are below it or at least one
    whole level above it, and the sums of their agreed and expected levels, in twelfths.
    """

    people: int = 0
    below: int = 0
    ahead: int = 0
    agreed: int = 0
    expected: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.people + other.people,
            self.below + other.below,
            self.ahead + other.ahead,
            self.agreed + other.agreed,
            self.expected + other.expected,
        )

    @property
    def meeting(self) -> int:
        """How many are as expected or ahead."""
        return self.people - self.below

    @property
    def as_expected(self) -> int:
        """How many are as expected, neither below nor ahead."""
        return self.meeting - self.ahead


@dataclass(frozen=True, slots=True)
class Cell:
    """Those in one row of the first cut and one of the second: people, how many are assessed, a tally per domain."""

    people: int
    assessed: int
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What may be told of a group.

    `people` is everybody; `assessed` how many of the `of` people are assessed, of those who can be told about.
    None where nothing may be told: for `assessed`, and in `tallies` for a domain.
    """

    key: str
    people: int
    of: int
    assessed: int | None
    tallies: tuple[Tally | None, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows of one way to group people, and one for all that are put together, domain by domain."""

    name: str
    rows: tuple[Row, ...]
    rest: Row


@dataclass(frozen=True, slots=True)
class Sheet:
    """A heat map that may be shown."""

    total: Row
    cuts: tuple[Cut, ...]


def smallest_group(wanted: int) -> int:
    """How many people a figure is about at least: as many as wanted, and never fewer than ten."""
    return max(wanted, SMALLEST_GROUP)


# --- which rows are told -------------------------------------------------------------------------------------------


def withheld(people: Mapping[Pair, int], smallest: int, before: Hidden = (frozenset(), frozenset())) -> Hidden | None:
    """The rows of each cut to put together, those of `before` included; None where nothing at all may be told.

    It depends on how many people there are, not on anything about them.
    """
    everybody = sum(people.values())
    if everybody < smallest:
        return None if everybody else before
    sizes = _sizes(people)
    hidden = [set(rows) for rows in before]
    while cut := _small_split(merged := _merged(people, hidden), smallest):
        left = [
            sorted((size, row) for row, size in sizes[side].items() if size and row not in hidden[side])
            for side in (0, 1)
        ]
        # A lone row would not be hidden by being put together with nothing.
        movable = [
            (size, side, row) for side in (0, 1) if len(left[side]) + bool(hidden[side]) > 1 for size, row in left[side]
        ]
        involved = _involved(cut, merged)
        _, side, row = min(
            [(size, at, key) for size, at, key in movable if {(at, key), (at, REST)} & involved] or movable
        )
        partners = [] if hidden[side] else [other for _, other in left[side] if other != row][:1]
        hidden[side].update([row, *partners])
    return frozenset(hidden[0]), frozenset(hidden[1])


def _sizes(people: Mapping[Pair, int]) -> tuple[Counter[str], Counter[str]]:
    sizes = (Counter[str](), Counter[str]())
    for pair, count in people.items():
        for side in (0, 1):
            sizes[side][pair[side]] += count
    return sizes


def _involved(cut: Pairs, people: Mapping[Pair, int]) -> set[tuple[int, str]]:
    """The rows, with their cut, that have nobody but the people cut out; where there is none, all that have some."""
    touched = {(side, pair[side]) for pair in cut for side in (0, 1)}
    sizes, cut_out = _sizes(people), sum(people[pair] for pair in cut)
    return {(side, row) for side, row in touched if sizes[side][row] == cut_out} or touched


def _merged(people: Mapping[Pair, int], hidden: Sequence[set[str]]) -> Counter[Pair]:
    merged = Counter[Pair]()
    for (first, second), count in people.items():
        if count:
            merged[REST if first in hidden[0] else first, REST if second in hidden[1] else second] += count
    return merged


def _small_split(people: Mapping[Pair, int], smallest: int) -> list[Pair]:
    """The pairs of rows cut out by the split of fewest people, if they are fewer than `smallest`; empty otherwise.

    For each choice of rows of the second cut (half of the choices: the other half are their opposites), every row of
    the first goes to the side where fewer of its people are cut out. Where that cuts out nobody, moving one row to the
    other side cuts out all of its people, as the split of that row alone does. The second cut has few rows (sectors).
    """
    by_row: dict[str, dict[str, int]] = {}
    for (first, second), count in people.items():
        by_row.setdefault(first, {})[second] = count
    seconds = sorted({second for _, second in people})
    splits = [[(first, second) for second in row] for first, row in by_row.items()]
    for size in range(1, len(seconds)):
        for chosen in combinations(seconds[1:], size):
            split = []
            for first, row in by_row.items():
                inside = [(first, second) for second in row if second in chosen]
                outside = [(first, second) for second in row if second not in chosen]
                split += min(inside, outside, key=lambda pairs: sum(people[pair] for pair in pairs))
            splits.append(split)
    counted = [(sum(people[pair] for pair in split), split) for split in splits]
    few = [one for one in counted if 0 < one[0] < smallest]
    return min(few)[1] if few else []


def publish(names: Pair, cells: Mapping[Pair, Cell], *, domains: int, smallest: int = SMALLEST_GROUP) -> Sheet:
    """The heat map of one organisation's people, of whom `cells` has each pair of rows that somebody is in.

    The number of people in a row is never hidden: whoever sees the heat map sees a list of their names. Who is
    assessed is told by the rule for all people, a domain by the rule for those counted in it.
    """
    smallest = smallest_group(smallest)
    by_people = withheld({pair: cell.people for pair, cell in cells.items()}, smallest)
    # Most domains count the same people, so most of them share a rule.
    counted = [tuple(cell.tallies[at].people for cell in cells.values()) for at in range(domains)]
    rules = {
        counts: None if by_people is None else withheld(dict(zip(cells, counts, strict=True)), smallest, by_people)
        for counts in set(counted)
    }
    by_domain = [rules[counts] for counts in counted]

    def row(key: str, members: Pairs, told: Pairs | None, counted: Sequence[Pairs | None]) -> Row:
        return Row(
            key,
            people=sum(cells[pair].people for pair in members),
            of=sum(cells[pair].people for pair in told or ()),
            assessed=None if told is None else sum(cells[pair].assessed for pair in told),
            tallies=tuple(
                None if pairs is None else sum((cells[pair].tallies[at] for pair in pairs), Tally())
                for at, pairs in enumerate(counted)
            ),
        )

    everybody = sorted(cells)
    cuts = []
    for side, name in enumerate(names):
        rows = []
        for key in sorted({pair[side] for pair in everybody}):
            members = _among(everybody, side, {key})
            told = [None if rule is None or key in rule[side] else members for rule in (by_people, *by_domain)]
            rows.append(row(key, members, told[0], told[1:]))
        rest = [None if rule is None else _among(everybody, side, rule[side]) for rule in (by_people, *by_domain)]
        cuts.append(Cut(name, tuple(rows), row(REST, rest[0] or (), rest[0], rest[1:])))
    told = [None if rule is None else everybody for rule in (by_people, *by_domain)]
    total = row(REST, everybody, told[0], told[1:])
    return Sheet(total, tuple(cuts))


def _among(pairs: Pairs, side: int, rows: Collection[str]) -> Pairs:
    return [pair for pair in pairs if pair[side] in rows]


def combine(name: str, sheets: Mapping[str, Sheet]) -> Sheet:
    """One heat map of several organisations, computed from what is told of each, with a cut by organisation (`name`).

    Nobody learns more from it, whichever organisations they see together. A row that is not told of an organisation
    counts among the rest there, so its figures are of the organisations where it is told.
    """
    first = next(iter(sheets.values()))
    cuts = [Cut(name, tuple(replace(sheet.total, key=key) for key, sheet in sheets.items()), _nobody(first.total))]
    for at, cut in enumerate(first.cuts):
        rows: dict[str, list[Row]] = {}
        for sheet in sheets.values():
            for row in sheet.cuts[at].rows:
                rows.setdefault(row.key, []).append(row)
        rest = _sum(REST, [sheet.cuts[at].rest for sheet in sheets.values()])
        cuts.append(Cut(cut.name, tuple(_sum(key, rows[key]) for key in sorted(rows)), rest))
    total = _sum(REST, [sheet.total for sheet in sheets.values()])
    return Sheet(total, tuple(cuts))


def _nobody(like: Row) -> Row:
    return Row(REST, 0, 0, 0, (Tally(),) * len(like.tallies))


def _sum(key: str, rows: Sequence[Row]) -> Row:
    told = [row.assessed for row in rows if row.assessed is not None]
    tallies = []
    for column in zip(*(row.tallies for row in rows), strict=True):
        known = [tally for tally in column if tally is not None]
        tallies.append(sum(known, Tally()) if known else None)
    of = sum(row.of for row in rows)
    return Row(key, sum(row.people for row in rows), of, sum(told) if told else None, tuple(tallies))


# --- how exactly it is told ----------------------------------------------------------------------------------------


def share(part: int, whole: int) -> Interval:
    """The range that `part` of `whole` is told as, in per cent: from, and up to but not including, or up to 100.

    At least two numbers of people fit any range of a group of ten or more, so that none says "all" or "none".
    """
    points = POINTS_OF_MANY if whole >= MANY else POINTS
    start = min(100 * part // (whole * points) * points, 100 - points)
    return start, start + points


def mean(total: int, people: int) -> float:
    """A sum of twelfths as a mean level, to a tenth of a level where many are counted, to a half otherwise."""
    steps = 10 if people >= MANY else 2
    return (2 * steps * total + 12 * people) // (24 * people) / steps
