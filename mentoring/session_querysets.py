"""Who reaches the sessions of a pair and their notes: the two, and nobody else with any right."""

from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from mentoring.states import RelationshipState
from registry.kernel.permissions import Permission as P
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import NOTHING, Scope


class OfPairQuerySet(ScopedQuerySet):
    """What belongs to a pair is seen by the two; leads are told totals."""

    relationship = "relationship__"

    def within(self, scope: Scope) -> Self:
        if scope.user_id is None:
            return self.none()
        one = self.relationship
        return self.filter(
            Q(**{f"{one}mentor__user_id": scope.user_id}) | Q(**{f"{one}clinician__user_id": scope.user_id})
        )

    def visible_to(self, user: Any, permission: P) -> Self:
        """Whoever may look for somebody may offer as well, so this one right is that of both."""
        if not user.is_authenticated or permission != P.MENTORING_OFFER:
            return self.within(NOTHING)
        return self.within(Scope(user_id=user.scope_for(permission).user_id))

    def to_come(self) -> Self:
        """Of planned sessions those that are not over, of pairs under way."""
        return self.filter(is_next=True, starts_at__gte=timezone.now(), relationship__state=RelationshipState.ACTIVE)

    def with_people(self) -> Self:
        """With both people."""
        one = self.relationship
        return self.select_related(f"{one}mentor__user", f"{one}clinician__user")


class NoteQuerySet(OfPairQuerySet):
    """A note is read by whoever wrote it, and by the other one where it is shared."""

    relationship = "session__relationship__"

    def within(self, scope: Scope) -> Self:
        return super().within(scope).filter(Q(author_id=scope.user_id) | Q(shared=True))
