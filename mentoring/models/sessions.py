"""The session log of a pair: sessions they had, their private notes, and when they meet next."""

import uuid

import pghistory
from django.db import models
from django.db.models import Q

from mentoring.models.relationships import Relationship
from mentoring.session_querysets import NoteQuerySet, OfPairQuerySet
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.session_log.fields import FEWEST_MINUTES, MOST_MINUTES, Medium
from registry.session_log.models import LoggedSession, SealedNote, place_of

PLACE_LENGTH = 200


# No history of what they talked about, in however few words.
@pghistory.track(exclude=["themes"])
class MentoringSession(LoggedSession):
    """A session of a pair, written down by either of them."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="sessions")
    # Of the page it was logged on, so that two taps on the button log it once.
    token = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = OfPairQuerySet.as_manager()

    privacy = Privacy(
        operational="id token logged_at",
        personal="relationship held_on minutes medium logged_by",
        confidential="themes",
    )

    class Meta(LoggedSession.Meta):
        ordering = ["relationship", "-held_on"]
        constraints = [
            *LoggedSession.Meta.constraints,
            # The other one cannot log the same session once more.
            models.UniqueConstraint(fields=["relationship", "held_on"], name="mentoring_session_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.relationship}, {self.held_on}"


class SessionNote(SealedNote):
    """What one of the two wrote about a session: for themself, or for both."""

    parent = "session"

    session = models.ForeignKey(MentoringSession, models.CASCADE, related_name="notes")
    shared = models.BooleanField(default=False)

    objects = NoteQuerySet.as_manager()

    privacy = Privacy(
        operational="id session written_at",
        personal="author",
        confidential="shared",
        secret="sealed",  # noqa: S106 (a field's name)
    )

    class Meta:
        ordering = ["session", "id"]

    def __str__(self) -> str:
        return f"Note of {self.session}"

    @property
    def place(self) -> str:
        """Whether it is shared is sealed with it: nobody shares it by a hand in the database."""
        return place_of(self._meta.label_lower, self.author_id, self.session_id, "shared" if self.shared else "private")


@pghistory.track()
class PlannedSession(ScopedModel):
    """When a pair meets next, and when they were to meet before."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="planned")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    medium = models.CharField(max_length=6, choices=Medium)
    place = models.CharField(max_length=PLACE_LENGTH, blank=True)
    calendar_uid = models.UUIDField(default=uuid.uuid4, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    # The one that is to come, until it is cancelled or, once it is over, another is planned.
    is_next = models.BooleanField(default=True, editable=False)

    objects = OfPairQuerySet.as_manager()

    privacy = Privacy(
        operational="id calendar_uid calendar_sequence is_next",
        personal="relationship starts_at minutes medium place cancelled_at",
    )

    class Meta:
        ordering = ["relationship", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"], condition=Q(is_next=True), name="mentoring_one_next_session"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(is_next=False), name="mentoring_cancelled_is_not_next"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=FEWEST_MINUTES, minutes__lte=MOST_MINUTES), name="mentoring_planned_minutes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship}, {self.starts_at}"
