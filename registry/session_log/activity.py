"""What leads are told of the session log: totals, and nothing in which a pair or a set can be found."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from registry.kernel.scope import Scope
from registry.session_log.fields import Theme

# Of fewer pairs or sets than this nothing is told; themes are told in steps of it.
FEWEST_GROUPS = 5


class Logged(NamedTuple):
    """One session: of which pair or set (its key), for how long, about what."""

    group: int
    minutes: int
    themes: Collection[str]


# A room's sessions of these organisations, from the first to the last day.
Source = Callable[[Scope, datetime.date, datetime.date], Iterable[Logged]]
_sources: dict[str, Source] = {}


@dataclass(frozen=True, slots=True)
class Activity:
    """What one room's people did: None where there are too few of them."""

    name: str
    groups: int | None
    sessions: int | None
    minutes: int | None
    # About what at least so many groups spoke, in steps of `FEWEST_GROUPS`; what fewer spoke about is left out.
    themes: Mapping[Theme, int]


def register_activity(name: str, source: Source) -> None:
    """Add a room's sessions to what leads are told; called once, when the room is ready."""
    _sources[name] = source


def activity(scope: Scope, *, year: int, month: int, months: int = 1) -> list[Activity]:
    """What each room's people did in whole months from this one on.

    Whole months, because of two periods that differ in a day one could tell what the session of that day was about.
    """
    first = datetime.date(year, month, 1)
    after = year * 12 + month - 1 + months
    last = datetime.date(after // 12, after % 12 + 1, 1) - datetime.timedelta(days=1)
    return [summed(name, source(scope, first, last)) for name, source in _sources.items()]


def summed(name: str, sessions: Iterable[Logged]) -> Activity:
    """The totals of these sessions.

    How many groups spoke about a theme is rounded down, and to less than all: nobody can tell that a group did.
    """
    groups: set[int] = set()
    by_theme: dict[str, set[int]] = defaultdict(set)
    count = minutes = 0
    for session in sessions:
        groups.add(session.group)
        count, minutes = count + 1, minutes + session.minutes
        for theme in session.themes:
            by_theme[theme].add(session.group)
    if len(groups) < FEWEST_GROUPS:
        return Activity(name, None, None, None, {})
    told = {theme: min(len(by_theme[theme]), len(groups) - 1) // FEWEST_GROUPS * FEWEST_GROUPS for theme in Theme}
    return Activity(name, len(groups), count, minutes, {theme: number for theme, number in told.items() if number})
