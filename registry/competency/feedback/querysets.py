"""Who reaches which rows of feedback: the door is narrower here than anywhere else."""

import datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q

from registry.competency.feedback.states import OPEN, OUTBOX_KIND, RoundState
from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope
from registry.notifications.models import Message
from registry.notifications.states import MessageState

# When a report exists, and when the person it is about may read it.
REPORTED = (RoundState.CLOSED, RoundState.RELEASED)


def _between_two(user: Any, permission: Permission, prefix: str = "") -> Q:
    """The rounds about this person, or facilitated by them; none without the right."""
    if user.is_authenticated and user.scope_for(permission).user_id is not None:
        if permission == Permission.FEEDBACK_RECEIVE:
            return Q(**{f"{prefix}subject__user_id": user.pk})
        if permission == Permission.FEEDBACK_FACILITATE:
            return Q(**{f"{prefix}facilitator_id": user.pk})
    return Q(pk__in=[])


class FeedbackRoundQuerySet(ScopedQuerySet):
    """Rounds are seen by their subject and their facilitator; that they happened, also by the employer's officers."""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        reach = Q(subject__organisation_id__in=scope.organisation_ids)
        if scope.user_id is not None:
            reach |= Q(subject__user_id=scope.user_id)
        return self.filter(reach)

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """As everywhere for the list of what happened; otherwise between the subject and the facilitator alone."""
        if permission == Permission.FEEDBACK_LIST:
            return super().visible_to(user, permission)
        return self.filter(_between_two(user, permission))

    def still_open(self) -> Self:
        """Those that wait for somebody to answer, propose or launch."""
        return self.filter(state__in=OPEN)

    def due_to_close(self, day: datetime.date) -> Self:
        """Running ones whose last day is over."""
        return self.filter(state=RoundState.RUNNING, closes_on__lt=day)


class OfRoundQuerySet(ScopedQuerySet):
    """What belongs to a round is between its subject and its facilitator; no role over others reaches it."""

    def within(self, scope: Scope) -> Self:
        return self.filter(round__subject__user_id=scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        return self.filter(_between_two(user, permission, "round__"))


class FeedbackRaterQuerySet(OfRoundQuerySet):
    """Raters are seen with their round."""

    def undelivered(self) -> Self:
        """Those that no message ever reached and one was refused for: nobody among them can have answered."""
        messages = Message.objects.filter(kind=OUTBOX_KIND, about_id=OuterRef("pk"))
        failed, sent = (Exists(messages.filter(state=state)) for state in (MessageState.FAILED, MessageState.SENT))
        return self.filter(failed, ~sent)


class FeedbackReplyQuerySet(ScopedQuerySet):
    """What a rater sent is read by nobody: only the report is made of it."""

    def within(self, scope: Scope) -> Self:
        return self.none()


class FeedbackReportQuerySet(ScopedQuerySet):
    """The facilitator reads a report once the round is closed, its subject once it is released; nobody else ever."""

    def within(self, scope: Scope) -> Self:
        if not scope.user_id:
            return self.none()
        return self.filter(round__subject__user_id=scope.user_id, round__state=RoundState.RELEASED)

    def visible_to(self, user: Any, permission: Permission) -> Self:
        states = [RoundState.RELEASED] if permission == Permission.FEEDBACK_RECEIVE else REPORTED
        return self.filter(_between_two(user, permission, "round__"), round__state__in=states)
