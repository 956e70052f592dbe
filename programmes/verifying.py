"""What whoever holds a certificate's code may learn of it."""

import datetime
from dataclasses import dataclass

from programmes.models import Certificate


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
