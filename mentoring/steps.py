"""What actions on relationships have in common: the lock, and a step with its row."""

from mentoring.models import Relationship, RelationshipTransition
from mentoring.states import RelationshipState
from registry.accounts.models import User


def locked(key: int) -> Relationship:
    """The relationship, locked until the transaction ends, with both people."""
    rows = Relationship.objects.select_for_update(of=("self",), no_key=True)
    found: Relationship = rows.select_related("mentor__user", "clinician__user", "wanted").get(pk=key)
    return found


def move(
    relationship: Relationship,
    to: RelationshipState,
    *,
    by: User | None,
    because: str = "",
    reason: str = "",
    also: tuple[str, ...] = (),
) -> None:
    """Take a step and write it down (nobody for the system); `also` are other fields to save with it."""
    before, relationship.state = relationship.state, to
    relationship.save(update_fields=["state", *also])
    RelationshipTransition.objects.create(
        relationship=relationship, before=before, after=to, by=by, because=because, reason=reason
    )
