"""Who must not be matched with whom, as the registry knows people: one answer for all its causes.

Nobody is told which of them it was: among them is that one of the two asked not to be paired with the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Lower

from mentoring.models import Exclusion, Relationship
from registry.accounts.models import User
from registry.accounts.ties import ties
from registry.clinicians.models import Clinician

BARRED = (
    "The registry does not match these two: one manages or appraises the other, they select together or one decides "
    "about the other, they were matched before, or one of them asked for it."
)


@dataclass(frozen=True, slots=True)
class Side:
    """Somebody on one of the two sides, by the key of their request or profile."""

    key: int
    user_id: int


def barred(mentees: Iterable[Side], mentors: Iterable[Side]) -> dict[int, set[int]]:
    """Of each mentee that has any, the mentors they must not have; both by key.

    Themself; whoever is above or below them in the same line of management; whoever appraises one of the two;
    whoever one of the two has excluded, by any of their addresses; whoever they were matched with already, either
    way round, whatever came of it; and whoever another room says they are tied to. As many queries as the longest
    line of management has levels, and a few more.
    """
    requests: dict[int, list[int]] = defaultdict(list)
    for one in mentees:
        requests[one.user_id].append(one.key)
    profile = {one.user_id: one.key for one in mentors}
    people = _People(requests.keys() | profile.keys())
    sources = (people.themselves(), people.managed(), people.appraised(), people.excluded(), people.matched())
    apart = ties(people.keys)
    found: dict[int, set[int]] = defaultdict(set)
    for first, second in (pair for source in (*sources, _pairs(apart)) for pair in source):
        for mentee, mentor in ((first, second), (second, first)):
            if mentee in requests and mentor in profile:
                for key in requests[mentee]:
                    found[key].add(profile[mentor])
    return found


def _pairs(apart: Mapping[int, AbstractSet[int]]) -> Iterator[tuple[int, int]]:
    return ((one, other) for one, others in apart.items() for other in others)


class _People:
    """Some accounts, and the pairs among them that each rule keeps apart, in either order."""

    def __init__(self, keys: AbstractSet[int]) -> None:
        self.keys = keys
        rows = Clinician.objects.filter(user__in=keys).order_by()
        self._user: dict[int, int] = {}
        self._manager: dict[int, int | None] = {}
        self._appraiser: dict[int, int | None] = {}
        self._addresses: dict[str, set[int]] = defaultdict(set)
        for key, user, manager, appraiser, email in rows.values_list(
            "pk", "user", "line_manager", "appraiser", Lower("email")
        ):
            self._user[key], self._manager[key], self._appraiser[user] = user, manager, appraiser
            if email:
                self._addresses[email].add(user)
        for user, email in User.objects.filter(pk__in=keys).order_by().values_list("pk", Lower("email")):
            self._addresses[email].add(user)

    def themselves(self) -> Iterator[tuple[int, int]]:
        """Everybody with themself."""
        return ((key, key) for key in self.keys)

    def managed(self) -> Iterator[tuple[int, int]]:
        """Everybody with those above them, level by level; one who is their own manager's manager stops it."""
        missing = {manager for manager in self._manager.values() if manager is not None} - self._manager.keys()
        while missing:
            above = Clinician.objects.filter(pk__in=missing).order_by().values_list("pk", "line_manager")
            self._manager.update(above)
            missing = {manager for _, manager in above if manager is not None} - self._manager.keys()
        for key, user in self._user.items():
            seen, manager = {key}, self._manager[key]
            while manager is not None and manager not in seen:
                seen.add(manager)
                if manager in self._user:
                    yield user, self._user[manager]
                manager = self._manager.get(manager)

    def appraised(self) -> Iterator[tuple[int, int]]:
        """Everybody with their appraiser."""
        return ((user, one) for user, one in self._appraiser.items() if one is not None)

    def excluded(self) -> Iterator[tuple[int, int]]:
        """Everybody with whom they do not want to be paired."""
        rows = Exclusion.objects.filter(user__in=self.keys).order_by().values_list("user", Lower("email"))
        return ((user, other) for user, email in rows for other in self._addresses.get(email, ()))

    def matched(self) -> Any:
        """Everybody with those they were matched with: it failed, has ended, or is under way."""
        rows = Relationship.objects.filter(mentor__user__in=self.keys, clinician__user__in=self.keys)
        return rows.order_by().values_list("mentor__user", "clinician__user")
