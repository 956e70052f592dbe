"""Whether a person meets everything that is essential, and if not, exactly what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from registry.boards.specification import (
    Facts,
    Specification,
    either,
    level_in_words,
    whole_years,
    years_in_words,
)
from registry.competency.twelfths import TWELFTHS

# Which statuses satisfy what the vacancy asks of a registration; `none` asks for nothing.
ACCEPTED_REGISTRATIONS = {
    "registered": frozenset({"registered"}),
    "conditions": frozenset({"registered", "conditions"}),
}
NEEDED_REGISTRATION = {
    "registered": "Registered, without conditions",
    "conditions": "Registered, with or without conditions",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A criterion not met: its code (stable, for counting), its name, what it needs and what the person has."""

    criterion: str
    title: str
    needed: str
    found: str

    @property
    def words(self) -> str:
        """`Years in leadership. Needs: At least 5 years. Has: 3 years 2 months.`"""
        return f"{self.title}. Needs: {self.needed}. Has: {self.found}."


@dataclass(frozen=True, slots=True)
class Assessed:
    """The answer: every criterion not met, in the order of the specification; none means eligible."""

    failures: tuple[Failure, ...]

    @property
    def eligible(self) -> bool:
        return not self.failures

    @property
    def first(self) -> Failure | None:
        """The criterion the list names for this person."""
        return self.failures[0] if self.failures else None


def assess(facts: Facts, asked: Specification) -> Assessed:
    """Check one person of the pool against the essential criteria.

    Levels are compared in twelfths and years in days at 365¼ a year, so nothing is rounded in anybody's
    favour or against them. Somebody without an agreed level does not meet a minimum level.
    """
    return Assessed(tuple(_failures(facts, asked)))


def _failures(facts: Facts, asked: Specification) -> Iterator[Failure]:
    accepted = ACCEPTED_REGISTRATIONS.get(asked.registration)
    if accepted is not None and facts.registration.code not in accepted:
        needed = NEEDED_REGISTRATION[asked.registration]
        yield Failure("registration", "Registration", needed, facts.registration.label)
    if asked.professions and facts.profession not in asked.professions:
        yield Failure("profession", "Profession", either(asked.professions), facts.profession.label)
    if asked.band is not None and facts.band_rank < asked.band_rank:
        yield Failure("band", "Band or grade", f"{asked.band.label} or above", facts.band.label)
    if whole_years(facts.leadership_days) < asked.leadership_years:
        needed = f"At least {asked.leadership_years} {'year' if asked.leadership_years == 1 else 'years'}"
        yield Failure("years", "Years in leadership", needed, years_in_words(facts.leadership_days))
    if asked.sectors and facts.sector not in asked.sectors:
        yield Failure("sector", "Sector", either(asked.sectors), facts.sector.label)
    if asked.regions and facts.region not in asked.regions:
        yield Failure("region", "Region", either(asked.regions), facts.region.label)
    for domain in asked.domains:
        held = facts.levels[domain.position - 1]
        if domain.minimum and (held is None or held < TWELFTHS * domain.minimum):
            needed = f"At least level {domain.minimum}"
            yield Failure(f"domain-{domain.position}", domain.name, needed, level_in_words(held, domain.top))
