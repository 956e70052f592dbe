"""What a lead has decided about pairs, pinned or ruled out, and whether it can be; with names where it cannot."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from mentoring.models import MentoringRequest, MentorProfile, Round
from registry.accounts.models import User
from registry.kernel.errors import Invalid

# A request and a mentor, by key.
Pair = tuple[int, int]
FIELD = "mentor"


def pairs_of(stored: Iterable[Iterable[int]]) -> frozenset[Pair]:
    """Pairs as a version keeps them."""
    return frozenset((mentee, mentor) for mentee, mentor in stored)


def check(round: Round, pinned: Iterable[Pair], forbidden: Iterable[Pair]) -> None:  # noqa: A002 (the field's word)
    """Raises Invalid, with names, where these pins cannot all be.

    Because of each other, of a forbidden pair, of the mentors' places, or of somebody who does not take part now.
    Whether a rule keeps two apart is found when they are matched.
    """
    pins = sorted(pinned)
    who = _Names(pins)
    for mentee, mentor in sorted(set(pins) & set(forbidden)):
        raise Invalid(
            f"{who.mentee(mentee)} is pinned to {who.mentor(mentor)}, and the pair is ruled out. Lift one of the two.",
            field=FIELD,
        )
    chosen: dict[int, int] = {}
    for mentee, mentor in pins:
        if (other := chosen.setdefault(mentee, mentor)) != mentor:
            names = f"{who.mentor(other)} and to {who.mentor(mentor)}"
            raise Invalid(f"{who.mentee(mentee)} is pinned to {names}. Lift one of the two.", field=FIELD)
    asked = MentoringRequest.objects.in_round(round).filter(pk__in=chosen)
    here: dict[int, int] = dict(asked.values_list("pk", "clinician"))
    offered: Any = MentorProfile.objects.in_round(round).filter(pk__in=chosen.values())
    left: dict[int, int] = dict(offered.values_list("pk", "left"))
    for mentee, mentor in pins:
        if mentee not in here:
            raise Invalid(
                f"{who.mentee(mentee)} does not look for anybody now, and is pinned to {who.mentor(mentor)}. "
                "Lift the pin.",
                field=FIELD,
            )
        if mentor not in left:
            raise Invalid(
                f"{who.mentor(mentor)} cannot take anybody now, and {who.mentee(mentee)} is pinned to them. "
                "Lift the pin.",
                field=FIELD,
            )
    _check_each_once(pins, here, who)
    for mentor, number in sorted(Counter(chosen.values()).items()):
        if number > left[mentor]:
            names = " and ".join(who.mentee(mentee) for mentee, one in pins if one == mentor)
            places = "1 place" if left[mentor] == 1 else f"{left[mentor]} places"
            raise Invalid(f"{who.mentor(mentor)} has {places} left, and {names} are pinned to them.", field=FIELD)


def _check_each_once(pins: Iterable[Pair], person: Mapping[int, int], who: "_Names") -> None:
    """Raises Invalid where somebody is pinned to the same mentor for two things they look for."""
    found: set[Pair] = set()
    for mentee, mentor in pins:
        if (person[mentee], mentor) in found:
            names = f"{who.mentee(mentee)} is pinned to {who.mentor(mentor)}"
            raise Invalid(f"{names} for two things they look for. Lift one of the two.", field=FIELD)
        found.add((person[mentee], mentor))


def require_others(pairs: Iterable[Pair], by: User) -> None:
    """Raises Invalid where a lead would decide about a pair that they are one of."""
    for mentee, mentor in pairs:
        mine = MentoringRequest.objects.filter(pk=mentee, clinician__user=by).exists()
        if mine or MentorProfile.objects.filter(pk=mentor, user=by).exists():
            raise Invalid("You are one of these two, so somebody else decides about them.", field=FIELD)


def names_of(mentee: int, mentor: int) -> tuple[str, str]:
    """The names of the two."""
    who = _Names([(mentee, mentor)])
    return who.mentee(mentee), who.mentor(mentor)


class _Names:
    """The names of everybody in some pairs; two queries."""

    def __init__(self, pairs: list[Pair]) -> None:
        requests = MentoringRequest.objects.filter(pk__in={mentee for mentee, _ in pairs})
        profiles = MentorProfile.objects.filter(pk__in={mentor for _, mentor in pairs})
        self._mentees = {one.pk: str(one.clinician) for one in requests.select_related("clinician")}
        self._mentors = dict(profiles.values_list("pk", "user__name"))

    def mentee(self, key: int) -> str:
        return self._mentees.get(key, "Somebody")

    def mentor(self, key: int) -> str:
        return self._mentors.get(key, "somebody")
