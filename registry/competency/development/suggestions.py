"""What may help with a gap, such as a programme or a mentor; the rooms above know, and this room only asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from registry.competency.development.gaps import Gap


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that may help: its kind in a word or two ("Programme"), what it is, and where it is."""

    kind: str
    text: str
    href: str


# Given (user, clinician, gap), what may help; a gap of a whole domain has no element.
SuggestionSource = Callable[[Any, Any, Gap], Iterable[Suggestion]]
suggestion_sources: list[SuggestionSource] = []


def register_suggestions(source: SuggestionSource) -> SuggestionSource:
    """Add a source of suggestions to the pages of gaps; called once, when the room above is ready."""
    suggestion_sources.append(source)
    return source


def suggestions_for(user: Any, clinician: Any, gaps: Iterable[Gap]) -> list[Suggestion]:
    """What may help with any of these gaps, each thing once, in the order in which it was named."""
    named = (one for gap in gaps for source in suggestion_sources for one in source(user, clinician, gap))
    return list(dict.fromkeys(named))
