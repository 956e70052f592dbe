"""How far a build is: kept in Redis, where the page can see it while the build's transaction is open."""

from dataclasses import dataclass

from django.core.cache import cache

KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps done of steps in all; (0, 0) before the first word."""

    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def report(shortlist_id: int, done: int, total: int) -> None:
    """Say how far the build of this list is."""
    cache.set(_key(shortlist_id), (done, total), KEPT_SECONDS)


def read(shortlist_id: int) -> Progress:
    """What was last said."""
    return Progress(*cache.get(_key(shortlist_id), (0, 0)))


def nobody(done: int, total: int) -> None:
    """For a build that nobody watches."""


def _key(shortlist_id: int) -> str:
    return f"boards.build.{shortlist_id}"
