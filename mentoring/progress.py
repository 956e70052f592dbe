"""How far a matching is: kept in Redis, where the page can see it before anything is written."""

from dataclasses import dataclass

from django.core.cache import cache

KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """The stage, its step, and how much can still be gained at most, in hundredths of what is found."""

    stage: str = ""
    turn: int = 0
    gap: float = 0.0


def report(version_id: int, stage: str, turn: int = 0, gap: float = 0.0) -> None:
    """Say how far the matching of this version is."""
    cache.set(_key(version_id), (stage, turn, gap), KEPT_SECONDS)


def read(version_id: int) -> Progress:
    """What was last said."""
    return Progress(*cache.get(_key(version_id), ()))


def nobody(stage: str, turn: int = 0, gap: float = 0.0) -> None:
    """For a matching that nobody watches."""


def _key(version_id: int) -> str:
    return f"mentoring.round.{version_id}"
