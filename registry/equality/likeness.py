"""Who asks to be matched with somebody who answers as they do, and is: told without what anybody answered."""

import hashlib
import secrets
from collections.abc import Collection

from registry.equality.characteristics import SHARED, shares
from registry.equality.models import EqualityAnswers
from registry.equality.pseudonyms import pseudonym_of

# So many pseudonyms are looked up at once.
BATCH = 10_000


def alike(user_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """For each of these people who asked for it, words: two people who have a word in common asked, and answer, alike.

    The words are made anew at each call, with a key that is then forgotten, and mean nothing by themselves: neither
    which question it was nor what was answered leaves the store.
    """
    key = secrets.token_bytes(32)
    people = {pseudonym_of(user_id): user_id for user_id in user_ids}
    names = list(people)
    found = {}
    for first in range(0, len(names), BATCH):
        rows = EqualityAnswers.objects.filter(pk__in=names[first : first + BATCH]).exclude(alike=[])
        for row in rows:
            given = [(name, getattr(row, name)) for name in SHARED if name in row.alike]
            words = frozenset(_word(key, *one) for one in given if shares(*one))
            if words:
                found[people[row.pk]] = words
    return found


def _word(key: bytes, name: str, answer: str) -> str:
    return hashlib.blake2b(f"{name}\n{answer}".encode(), key=key, digest_size=16).hexdigest()
