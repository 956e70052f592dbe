"""Who sits on a panel with whom, or decides about them: each room says so, and nobody is matched across such a tie."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

# Each room's pairs of accounts among the given ones, in either order.
Source = Callable[[Collection[int]], Iterable[tuple[int, int]]]
_sources: list[Source] = []


def register_ties(source: Source) -> None:
    """Add a room's ties; called once, when the room is ready."""
    _sources.append(source)


def ties(user_ids: Collection[int]) -> dict[int, set[int]]:
    """To each of these accounts that has any, those of the others it is tied to now."""
    wanted = set(user_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for source in _sources:
        for one, other in source(wanted):
            if one != other and one in wanted and other in wanted:
                found[one].add(other)
                found[other].add(one)
    return found
