"""Which of the two somebody is, and who the other is."""

from enum import StrEnum

from mentoring.models import Relationship
from registry.accounts.models import User
from registry.kernel.errors import NotAllowed
from registry.kernel.permissions import Permission as P


class Side(StrEnum):
    """One of the two."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def other(self) -> "Side":
        """The other of the two."""
        return Side.MENTEE if self is Side.MENTOR else Side.MENTOR


def user_id_of(relationship: Relationship, side: Side) -> int | None:
    """The account of one of the two; a clinician's can be gone."""
    return relationship.mentor.user_id if side is Side.MENTOR else relationship.clinician.user_id


def name_of(relationship: Relationship, side: Side) -> str:
    """One of the two, as the other reads of them."""
    return str(relationship.mentor.user.name if side is Side.MENTOR else relationship.clinician.name)


def side_of(relationship: Relationship, user: User) -> Side:
    """Which of the two `user` is; NotAllowed for anybody else, and for whoever may not take part any more."""
    for side in Side:
        if user_id_of(relationship, side) == user.pk and user.scope_for(P.MENTORING_OFFER).user_id is not None:
            return side
    raise NotAllowed("Only the two can do this.")


def other_of(relationship: Relationship, user: User) -> str:
    """The name of the other one, as one of the two reads of them."""
    return name_of(relationship, Side.MENTEE if relationship.mentor.user_id == user.pk else Side.MENTOR)
