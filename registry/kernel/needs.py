"""What waits for a person: each room lists it and registers the list, and the home page shows them all."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do now: a sentence, where to do it, how many there are and by when.

    `role` is the value of the role it concerns (`accounts.roles.Role`), so that somebody with several
    roles sees their needs grouped; left empty it counts to the role its room registered it for.
    """

    text: str
    href: str
    count: int | None = None
    due: datetime.date | None = None
    role: str = ""
    # `due` is the day itself, of an appointment, and not the last day for it.
    on: bool = False


# Each room's `presenters.needs_now(user)`, and the role its needs count to where they name none.
needs_sources: list[tuple[Callable[[Any], list[Need]], str]] = []


def register_needs(source: Callable[[Any], list[Need]], *, role: str) -> None:
    """Add a room's list to the home page; called once, when the room is ready."""
    needs_sources.append((source, role))
