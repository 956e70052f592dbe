"""Ways to ask for imports and their rows."""

import datetime
from typing import Any, Self

from django.db.models import Q
from django.db.models.functions import Coalesce

from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import NOTHING, Scope
from registry.transfers.states import AT_WORK, UNCONFIRMED, BatchState, ExportState


class ImportBatchQuerySet(ScopedQuerySet):
    """Imports are seen by those who import for the organisation."""

    def within(self, scope: Scope) -> Self:
        return self if scope.everything else self.filter(organisation_id__in=scope.organisation_ids)

    def held_up(self, since: datetime.datetime) -> Self:
        """Those that have been at work since before then, so that their task must have been lost."""
        return self.filter(state__in=AT_WORK, changed_at__lt=since)

    def to_expire(self, uploaded_before: datetime.datetime) -> Self:
        """Those nobody has confirmed in time."""
        return self.filter(state__in=UNCONFIRMED, uploaded_at__lt=uploaded_before)

    def to_forget(self, finished_before: datetime.datetime) -> Self:
        """Finished ones whose rows still hold what the file said."""
        return self.filter(forgotten_at__isnull=True).filter(
            Q(state__in=[BatchState.DISCARDED, BatchState.EXPIRED])
            | Q(state__in=[BatchState.DONE, BatchState.FAILED], changed_at__lt=finished_before)
        )


class OfBatchQuerySet(ScopedQuerySet):
    """Rows that belong to an import are seen by whoever sees the import."""

    def within(self, scope: Scope) -> Self:
        return self if scope.everything else self.filter(batch__organisation_id__in=scope.organisation_ids)

    def with_remarks(self) -> Self:
        """Rows that will not be imported as they stand, or of which something was assumed."""
        return self.filter(Q(verdict="error") | ~Q(notes=[]))


class ExportJobQuerySet(ScopedQuerySet):
    """A file belongs to who asked for it, as long as they may still see the rows of everybody whose may be in it."""

    def within(self, scope: Scope) -> Self:
        return self.filter(asked_by=scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        scope = user.scope_for(permission) if user.is_authenticated else NOTHING
        if not scope.over_others:
            return self.none()
        own = self.filter(asked_by=user)
        if scope.everything:
            return own
        return own.filter(everything=False, organisation_ids__contained_by=sorted(scope.organisation_ids))

    def held_up(self, since: datetime.datetime) -> Self:
        """Those nobody has made since then, so that their task must have been lost."""
        begun = Coalesce("attempted_at", "asked_at")
        return self.filter(state=ExportState.WAITING).alias(begun=begun).filter(begun__lt=since)

    def to_remove(self, finished_before: datetime.datetime) -> Self:
        """Those whose file has been kept long enough."""
        return self.filter(state=ExportState.READY, finished_at__lt=finished_before)
