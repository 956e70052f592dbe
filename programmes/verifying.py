"""What whoever holds a certificate's code may learn of it."""

import datetime
from dataclasses import dataclass

from django.core.cache import cache

from programmes.models import Certificate

# So many certificates are checked in a minute from one address: a room of people who apply for posts, and no machine.
MOST, SECONDS = 60, 60


@dataclass(frozen=True, slots=True)
class Verified:
    """As on the paper, and whether it still holds."""

    name: str
    programme: str
    issued_on: datetime.date
    revoked: bool


def verified(code: str) -> Verified | None:
    """The certificate of this code; None where there is none. One that was revoked says so, and not why."""
    if "\x00" in code:
        return None
    row = Certificate.objects.filter(code=code).first()
    if row is None:
        return None
    return Verified(row.name, row.programme, row.issued_on, revoked=row.revoked_at is not None)


def within_limit(address: str) -> bool:
    """Count a check from this address; False where there were too many in the last minute."""
    key = f"certificate-checks:{address}"
    cache.add(key, 0, SECONDS)
    try:
        return bool(cache.incr(key) <= MOST)
    except ValueError:  # the minute ended between the two
        return True
