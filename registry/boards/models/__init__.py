"""Vacancies with their person specifications, and shortlists with their decisions."""

from registry.boards.models.shortlists import (
    EntryDecision,
    PublishedEntry,
    Shortlist,
    ShortlistEntry,
    ShortlistTransition,
)
from registry.boards.models.vacancies import (
    DomainRequirement,
    PersonSpecification,
    RegionRequirement,
    Vacancy,
    VacancyTransition,
)

__all__ = [
    "DomainRequirement",
    "EntryDecision",
    "PersonSpecification",
    "PublishedEntry",
    "RegionRequirement",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistTransition",
    "Vacancy",
    "VacancyTransition",
]
