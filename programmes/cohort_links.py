"""What the lead's page of a cohort links to: each part of the room registers its own pages once, when it is ready."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from programmes.models import Cohort
from registry.accounts.models import User

# What a part gives for a cohort and whoever looks at it: (text, address, one sentence on what is there).
Source = Callable[[Cohort, User], Sequence[tuple[str, str, str]]]


@dataclass(frozen=True, slots=True)
class CohortLink:
    """One page about a cohort, and what is there."""

    text: str
    href: str
    hint: str


_sources: list[Source] = []


def register_cohort_link(source: Source) -> None:
    """Add a part's pages to the lead's page of a cohort; called once, from `programmes.apps`."""
    _sources.append(source)


def links_of(cohort: Cohort, user: User) -> list[CohortLink]:
    """The pages about this cohort, in the order of registration."""
    return [CohortLink(*link) for source in _sources for link in source(cohort, user)]
