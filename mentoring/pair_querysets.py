"""What two people matched with each other wrote: who reaches it."""

from typing import Any, Self

from django.db.models import Q

from mentoring.querysets import OfMentorQuerySet, OfRelationshipQuerySet
from registry.kernel.permissions import Permission as P
from registry.kernel.scope import Scope


class BetweenTwoQuerySet(OfRelationshipQuerySet):
    """What two people wrote for each other is seen by the two and by nobody else, administrators included."""

    def within(self, scope: Scope) -> Self:
        return super().within(Scope(user_id=scope.user_id)) if scope.user_id is not None else self.none()

    def visible_to(self, user: Any, permission: P) -> Self:
        return super().visible_to(user, permission) if permission == P.MENTORING_OFFER else self.none()


class StepQuerySet(OfRelationshipQuerySet):
    """Who said no and why is read by leads, and of a match of their own not even by them."""

    def visible_to(self, user: Any, permission: P) -> Self:
        if permission != P.MENTORING_MANAGE:
            return self.none()
        own = Q(relationship__mentor__user=user) | Q(relationship__clinician__user=user)
        return super().visible_to(user, permission).exclude(own) if user.is_authenticated else self.none()


class SupervisionQuerySet(OfMentorQuerySet):
    """A mentor's supervision is seen by the mentor alone; leads see only whether it is up to date."""

    def within(self, scope: Scope) -> Self:
        return super().within(Scope(user_id=scope.user_id)) if scope.user_id is not None else self.none()

    def visible_to(self, user: Any, permission: P) -> Self:
        return super().visible_to(user, permission) if permission == P.MENTORING_OFFER else self.none()
