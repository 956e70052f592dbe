"""What actions on the sessions of a pair have in common: one of the two, with the pair locked, in time."""

import datetime

from django.utils import timezone

from mentoring import steps
from mentoring.models import Relationship
from mentoring.sides import side_of
from mentoring.states import RelationshipState
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.errors import WrongState

# After the end of mentoring a session can still be written down for so long.
LATE = datetime.timedelta(days=30)


def of_two(key: int, by: User) -> Relationship:
    """The relationship, locked; raises NotAllowed for anybody but the two."""
    row = steps.locked(key)
    side_of(row, by)
    return row


def can_log(row: Relationship) -> bool:
    """Whether sessions of these two can be written down today."""
    if row.ended_at is not None:
        return today() <= timezone.localdate(row.ended_at) + LATE
    return row.state == RelationshipState.ACTIVE


def to_log(key: int, by: User) -> Relationship:
    """The same where sessions can be written down; raises WrongState otherwise."""
    row = of_two(key, by)
    if not can_log(row):
        raise WrongState(
            f"Sessions can be logged while mentoring is under way, and for {LATE.days} days after its end."
        )
    return row


def to_plan(key: int, by: User) -> Relationship:
    """The same where the next session can be planned; raises WrongState otherwise."""
    row = of_two(key, by)
    if row.state != RelationshipState.ACTIVE:
        raise WrongState("Mentoring is not under way, so there is no next session.")
    return row
