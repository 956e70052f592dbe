"""Who sees plans, objectives and career conversations: the person themself and, once shared, whom they chose."""

import datetime
from typing import Any, Self, cast

from django.db.models import Q

from registry.competency.development.states import ACTIVE, TALK_SEEN_BY_PARTNER, TALK_UNDER_WAY, PlanState, Talk
from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope


class OwnQuerySet(ScopedQuerySet):
    """Rows that only the clinician they are about sees: no reach over others opens them, whoever holds it."""

    clinician = "clinician"

    def within(self, scope: Scope) -> Self:
        if scope.user_id is None:
            return self.none()
        return self.filter(**{f"{self.clinician}__user_id": scope.user_id})

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """One's own, for whoever keeps a development plan; every other permission opens nothing."""
        if permission != Permission.DEVELOPMENT_PLAN:
            return self.none()
        return super().visible_to(user, permission)


class PlanQuerySet(OwnQuerySet):
    """A plan is seen by whose it is."""

    def still_open(self) -> Self:
        """Those still worked on, the oldest first."""
        return self.filter(state=PlanState.OPEN).order_by("pk")

    def with_parts(self) -> Self:
        """With framework, levels and objectives, in the same few queries however many plans there are."""
        return self.select_related("version", "assessment").prefetch_related(
            "version__domains__elements", "assessment__levels", "objectives__elements__domain"
        )


class ObjectiveQuerySet(OwnQuerySet):
    """An objective is seen by whose plan it is in."""

    clinician = "plan__clinician"

    def to_review(self, until: datetime.date) -> Self:
        """Those of open plans, worked on, whose review is due by this day; the first due first."""
        active = self.filter(state__in=ACTIVE, plan__state=PlanState.OPEN, review_on__lte=until)
        return active.order_by("review_on", "pk")


class OfObjectiveQuerySet(OwnQuerySet):
    """What belongs to an objective is seen by whose plan it is in."""

    clinician = "objective__plan__clinician"


def _seen_by(user: Any, permission: Permission) -> Q:
    """Conversations this person may read: their own, and those shared with them as the chosen partner."""
    if permission != Permission.DEVELOPMENT_PLAN or not (user.is_authenticated and user.is_active):
        return Q(pk__in=[])
    shared = Q(partner_id=user.pk, state__in=TALK_SEEN_BY_PARTNER)
    own = user.scope_for(permission).user_id
    return shared if own is None else shared | Q(clinician__user_id=own)


class ConversationQuerySet(OwnQuerySet):
    """A conversation is seen by whose it is and, as long as it is shared, by the partner they chose."""

    def visible_to(self, user: Any, permission: Permission) -> Self:
        return self.filter(_seen_by(user, permission))

    def about(self, user: Any) -> Self:
        """Of the visible ones, one's own, newest first."""
        return self.filter(clinician__user_id=user.pk).order_by("-pk")

    def held_with(self, user: Any) -> Self:
        """Of the visible ones, those somebody else shared with this person, newest first."""
        return self.filter(partner_id=user.pk, state__in=TALK_SEEN_BY_PARTNER).order_by("-shared_at", "-pk")

    def under_way(self) -> Self:
        """Those in preparation or shared."""
        return self.filter(state__in=TALK_UNDER_WAY)

    def waiting_for_partner(self) -> Self:
        """Shared ones to which the partner has not said anything, or whose outcome they have not confirmed."""
        to_confirm = Q(held_on__isnull=False, partner_confirmed_at__isnull=True)
        return self.filter(Q(partner_view="", held_on__isnull=True) | to_confirm, state=Talk.SHARED)


class OfConversationQuerySet(OwnQuerySet):
    """Steps of a conversation are seen by whoever sees the conversation."""

    clinician = "conversation__clinician"

    def visible_to(self, user: Any, permission: Permission) -> Self:
        conversations = cast("Any", self.model)._meta.get_field("conversation").related_model._default_manager
        return self.filter(conversation__in=conversations.visible_to(user, permission))
