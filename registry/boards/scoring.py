"""How eligible people are put in order: whole-number contributions, their sum, and the rule for ties."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from registry.boards.specification import (
    Facts,
    Specification,
    either,
    level_in_words,
    years_in_words,
)
from registry.competency.twelfths import TWELFTHS

# Raise it with every change that could move a total or an order; it is stored with each list.
SCORER_VERSION = "1"

TIE_RULE = (
    "People with the same total share a rank. Their order within it is drawn by lot: by the SHA-256 of the "
    "vacancy's reference, a colon and the person's number in the registry, lowest first."
)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one desirable criterion adds: points = weight × figure, the figure being twelfths out of `full`."""

    criterion: str
    title: str
    weight: int
    figure: int
    full: int
    words: str

    @property
    def points(self) -> int:
        return self.weight * self.figure


@dataclass(frozen=True, slots=True)
class Score:
    """A person's contributions; the total is their sum and nothing else."""

    key: int
    contributions: tuple[Contribution, ...]

    @property
    def total(self) -> int:
        return sum(contribution.points for contribution in self.contributions)


@dataclass(frozen=True, slots=True)
class Placed:
    """A person's place: `position` is theirs alone, `rank` is shared by equal totals (1, 2, 2, 4)."""

    position: int
    rank: int
    score: Score


def score(facts: Facts, asked: Specification) -> Score:
    """The contributions of every desirable criterion with a weight, in the order of the specification.

    Each figure is in whole twelfths: an agreed level as it is (0 where none is agreed), experience scaled
    so that what is fully met counts as much as the top level. Divisions round down, for everybody alike.
    """
    return Score(facts.key, tuple(_contributions(facts, asked)))


def in_order(scores: Iterable[Score], reference: str) -> list[Placed]:
    """Highest total first; equal totals share a rank, in the order drawn by lot (`TIE_RULE`).

    The lot depends on nothing about the person that anybody chose, and differs from vacancy to vacancy,
    so it favours nobody over many lists; and it is the same every time this list is built.
    """
    ordered = sorted(scores, key=lambda item: (-item.total, lot(reference, item.key)))
    placed: list[Placed] = []
    for position, item in enumerate(ordered, start=1):
        tied = placed and placed[-1].score.total == item.total
        placed.append(Placed(position, placed[-1].rank if tied else position, item))
    return placed


def lot(reference: str, key: int) -> bytes:
    """The lot a person draws for a vacancy."""
    return hashlib.sha256(f"{reference}:{key}".encode()).digest()


def _contributions(facts: Facts, asked: Specification) -> Iterator[Contribution]:
    for domain in asked.domains:
        if domain.weight:
            held = facts.levels[domain.position - 1]
            level = level_in_words(held, domain.top)
            words = level if held is None else f"Agreed level {level}"
            code = f"domain-{domain.position}"
            yield Contribution(code, domain.name, domain.weight, held or 0, TWELFTHS * domain.top, words)
    full = asked.full
    if asked.years_weight:
        # A year is 365¼ days: cap × 1461 quarter-days are fully met.
        figure = min(full, full * facts.leadership_days * 4 // (asked.years_cap * 1461))
        words = f"{years_in_words(facts.leadership_days)}; counts up to {asked.years_cap} years"
        yield Contribution("years", "Years in leadership", asked.years_weight, figure, full, words)
    if asked.leading_weight:
        words = "In a leadership role now" if facts.leading else "Not in a leadership role now"
        figure = full if facts.leading else 0
        yield Contribution("leading", "Leading now", asked.leading_weight, figure, full, words)
    if asked.qualification_weight:
        held_ones = tuple(item for item in asked.qualifications if item.code in facts.qualifications)
        words = ", ".join(item.label for item in held_ones) or f"No {either(asked.qualifications)}"
        figure = full if held_ones else 0
        yield Contribution("qualification", "Qualification", asked.qualification_weight, figure, full, words)
    if asked.band_weight:
        figure = min(full, full * facts.band_rank // asked.band_top)
        yield Contribution("band", "Band or grade", asked.band_weight, figure, full, facts.band.label)
    if asked.sector_weight:
        figure = full if facts.sector in asked.desirable_sectors else 0
        yield Contribution("sector", "Sector", asked.sector_weight, figure, full, facts.sector.label)
