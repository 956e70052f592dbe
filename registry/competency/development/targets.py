"""What a plan's levels are measured against; the rooms above offer the posts that somebody may aim for."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """The levels wanted of each domain, by its code, in one framework version, and where they come from.

    A domain that is not in `levels` has none; `weights` (0 to 10) says how much a domain counts. `key` tells targets
    apart; `organisation` is empty where it is nobody's in particular.
    """

    key: str
    title: str
    framework: str
    version: str
    source: str
    organisation: str = ""
    levels: dict[str, int] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}" if self.organisation else self.title

    def plain(self) -> dict[str, Any]:
        """Dictionaries, text and whole numbers only, to keep with a plan."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Target":
        """The inverse of `plain`, also after a journey through JSON."""
        return cls(**plain)


# Given (user, clinician), the posts this person may aim for, in any framework.
TargetSource = Callable[[Any, Any], Iterable[Target]]
target_sources: list[TargetSource] = []


def register_targets(source: TargetSource) -> TargetSource:
    """Add a source of posts to aim for; called once, when the room above is ready."""
    target_sources.append(source)
    return source


def posts_for(user: Any, clinician: Any, framework: str, version: str) -> list[Target]:
    """The posts on offer that ask in exactly this framework version: a level is never carried to another scale."""
    offered = (target for source in target_sources for target in source(user, clinician))
    return [target for target in offered if (target.framework, target.version) == (framework, version)]
