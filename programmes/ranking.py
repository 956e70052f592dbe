"""The order of those who passed every gate, who of them gets a place, and who waits for one.

Pure: no database, no clock, no chance. Points are whole hundredths, so nothing is ever rounded into a tie.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TIE_RULE = (
    "The mean of the interview counts first, then the mean of the written application. Where both are the same, a lot "
    "that nobody can choose decides: the SHA-256 hash of the cohort’s and the application’s reference, lowest first."
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who passed every gate; points in hundredths, 0 where there is no such gate."""

    key: int
    reference: str
    interview: int = 0
    written: int = 0
    region: str = ""
    profession: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many places for a region or profession (`kind`: "region" or "profession")."""

    kind: str
    value: str
    places: int

    @property
    def counter(self) -> tuple[str, str]:
        """What is counted for it."""
        return (self.kind, self.value)


@dataclass(frozen=True, slots=True)
class Holder:
    """Where somebody who holds a place, or is offered one, counts."""

    region: str = ""
    profession: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Who gets a place and who waits, each in order, by key; and why each of those waits, as data."""

    offered: tuple[int, ...]
    waiting: tuple[int, ...]
    # The limit that holds somebody back, by key; None where the places are simply taken.
    because: Mapping[int, Limit | None]


def lot(cohort_reference: str, application_reference: str) -> str:
    """What decides between equals: the same whenever and by whomever it is drawn."""
    return hashlib.sha256(f"{cohort_reference}\n{application_reference}".encode()).hexdigest()


def order(cohort_reference: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Best first, by the tie rule (`TIE_RULE`)."""
    return sorted(
        candidates,
        key=lambda one: (-one.interview, -one.written, lot(cohort_reference, one.reference), one.reference),
    )


def place(
    ordered: Sequence[Candidate], *, capacity: int, limits: Iterable[Limit] = (), holders: Iterable[Holder] = ()
) -> Placed:
    """Give the places that are free to the first in order who fit; the others wait in the same order.

    Nobody is passed over except through a limit that is reached. More `holders` than there are places, or than a limit
    allows, is no error: then nobody gets one.
    """
    bounds = list(limits)
    held = list(holders)
    free = capacity - len(held)
    taken = Counter(counter for one in held for counter in _counters(one))
    offered, waiting, because = [], [], {}
    for one in ordered:
        mine = _counters(one)
        reached = next(
            (limit for limit in bounds if limit.counter in mine and taken[limit.counter] >= limit.places), None
        )
        if free > 0 and reached is None:
            offered.append(one.key)
            taken.update(mine)
            free -= 1
        else:
            waiting.append(one.key)
            because[one.key] = reached if free > 0 else None
    return Placed(tuple(offered), tuple(waiting), because)


def _counters(one: Candidate | Holder) -> tuple[tuple[str, str], ...]:
    return (("region", one.region), ("profession", one.profession))
