"""Who reaches which messages."""

from typing import Any, Self

from django.db.models import Q

from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope
from registry.notifications.states import TOLD, MessageState


class MessageQuerySet(ScopedQuerySet):
    """A message is its recipient's; officers reach those of their organisation only to see what was not delivered."""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self.filter(organisation__isnull=False, state=MessageState.FAILED)
        reach = Q(organisation_id__in=scope.organisation_ids, state=MessageState.FAILED)
        if scope.user_id is not None:
            reach |= Q(recipient_id=scope.user_id)
        return self.filter(reach)

    def told(self) -> Self:
        """Those that have reached their recipient, at least here."""
        return self.filter(state__in=TOLD)

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """The failed ones for whoever may send them again, one's own for everybody, and nothing by any other right."""
        if not user.is_authenticated:
            return self.none()
        if permission == Permission.MESSAGE_READ:
            return self.filter(recipient_id=user.pk)
        if permission == Permission.MESSAGE_RETRY:
            return self.within(user.scope_for(permission))
        return self.none()
