"""Every address of the service, an object to open it with, and who may: the expected side of the access matrix.

Whoever is not named gets 404, as if the object did not exist; visitors who are not signed in are sent to sign in.
`args` takes a `Place` of `tests.factories.world` and gives the address's parts for that place's object.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PEOPLE = frozenset(
    {
        "clinician",
        "colleague",
        "mentor",
        "appraiser",
        "other appraiser",
        "HR officer",
        "programme lead",
        "regional lead",
        "national lead",
        "auditor",
        "administrator",
        "API client",
        "HR officer elsewhere",
    }
)
OWN = frozenset({"clinician"})
CLINICIANS = frozenset({"clinician", "colleague"})
APPRAISERS = frozenset({"appraiser", "other appraiser"})
OFFICERS = frozenset({"HR officer", "administrator"})
ALL_OFFICERS = OFFICERS | {"HR officer elsewhere"}
WATCHERS = OFFICERS | {"regional lead", "national lead"}
ADMINISTRATOR = frozenset({"administrator"})


def nothing(place: Any) -> list[Any]:
    """An address without parts."""
    return []


@dataclass(frozen=True)
class Route:
    """One address. `may` open it; `elsewhere`: who may open the same object of the other trust."""

    may: frozenset[str] = PEOPLE
    args: Callable[[Any], list[Any]] = nothing
    public: bool = False
    post: bool = False
    elsewhere: frozenset[str] = field(default=ADMINISTRATOR)
    # An address that is about oneself or about nobody has no other trust's object.
    about_nobody: bool = False


def general(may: frozenset[str] = PEOPLE, **options: Any) -> Route:
    """An address whose rows depend on who asks, not on an object."""
    return Route(may, about_nobody=True, **options)


def of(name: str, may: frozenset[str], **options: Any) -> Route:
    """An address of one object of a place, by its key."""
    return Route(may, lambda place: [getattr(place, name).pk], **options)


NOBODY: frozenset[str] = frozenset()
ENTRY_KINDS = ("registrations", "posts", "roles", "qualifications")
