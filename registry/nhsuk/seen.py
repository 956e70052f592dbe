"""Whether what a page showed is still what is stored, when somebody acts on it."""

import hashlib
from typing import Any

from registry.kernel.errors import WrongState


class Stale(WrongState):
    """What the page showed was changed somewhere else since; nothing was saved over it."""

    def __init__(self, message: str = "This was saved somewhere else since you opened the page.") -> None:
        super().__init__(message)


def mark(*said: Any) -> str:
    """A short mark of what is stored, so that a page can tell whether it changed meanwhile."""
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def check_seen(seen: str | None, *, stored: str) -> None:
    """Raises Stale where the page was opened (`seen`) on something else than what is stored now."""
    if seen is not None and seen != stored:
        raise Stale
