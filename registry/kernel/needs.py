"""What waits for a person: each room's `presenters.needs_now(user)` lists these, and the home page shows them."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do now: a sentence, where to do it, how many there are and by when.

    `role` is the value of the role it concerns (`accounts.roles.Role`), so that somebody with several
    roles sees their needs grouped; left empty it counts to the role the room mostly serves.
    """

    text: str
    href: str
    count: int | None = None
    due: datetime.date | None = None
    role: str = ""
