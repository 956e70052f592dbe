"""The one door out of the store: how many people of each group reached each stage, as far as it may be told."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from registry.equality.characteristics import CHARACTERISTICS, PREFER_NOT, UNKNOWN
from registry.equality.models import EqualityAnswers
from registry.equality.pseudonyms import pseudonym_of
from registry.equality.suppression import SMALLEST_GROUP, Table, suppress

# So many pseudonyms are looked up at once.
BATCH = 10_000


def totals_by(
    user_ids_by_stage: Mapping[str, Collection[int]], characteristic: str, *, minimum: int = SMALLEST_GROUP
) -> Table:
    """For each stage, in order, how many people of each group reached it; whoever is in a stage is in all before it.

    Who gave no answer, has no answers at all or prefers not to say counts in the group `UNKNOWN`. `minimum` can be more
    than ten, and below it counts as ten. Raises ValueError for stages that are not each part of the one before, and
    KeyError for an unknown characteristic.

    Two tables made at different times differ by whoever changed their answers in between. So whoever publishes totals
    makes them once, when the last stage closes, and keeps them (`Table.plain`); a table is never made while somebody
    looks. One table of a set of people and another of a part of them can be subtracted: make the part a stage.
    """
    asked = CHARACTERISTICS[characteristic]
    stages = {name: frozenset(user_ids) for name, user_ids in user_ids_by_stage.items()}
    reached = list(stages.values())
    if any(not later <= earlier for earlier, later in pairwise(reached)):
        raise ValueError("Each stage must be part of the one before it.")
    group_of = _groups(reached[0] if reached else (), characteristic)
    counts = {name: Counter(group_of.get(key, UNKNOWN) for key in user_ids) for name, user_ids in stages.items()}
    # With these two told, all groups but the reference are known together, also where some of them are hidden.
    keep = {asked.reference, UNKNOWN} if asked.together else ()
    return suppress(counts, asked.groups, minimum=max(minimum, SMALLEST_GROUP), keep=keep)


def _groups(user_ids: Iterable[int], characteristic: str) -> dict[int, str]:
    """The group of each of these people whose answer is known; for counting alone."""
    by_pseudonym = {pseudonym_of(key): key for key in user_ids}
    pseudonyms = list(by_pseudonym)
    found: dict[int, str] = {}
    for start in range(0, len(pseudonyms), BATCH):
        rows = EqualityAnswers.objects.filter(pk__in=pseudonyms[start : start + BATCH])
        known = rows.exclude(**{f"{characteristic}__in": ["", PREFER_NOT]})
        found |= {by_pseudonym[pk]: value for pk, value in known.values_list("pk", characteristic)}
    return found
