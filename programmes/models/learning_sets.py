"""Action-learning sets: small groups of a cohort that meet by themselves, and their private notes."""

import pghistory
from django.db import models

from programmes.models.cohorts import Cohort
from programmes.models.enrolments import Enrolment
from programmes.querysets import LearningSetQuerySet, OfLearningSetQuerySet, SetNoteQuerySet
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.session_log.fields import Medium
from registry.session_log.models import LoggedSession, SealedNote


@pghistory.track()
class LearningSet(ScopedModel):
    """Five to eight people of a cohort, of as many professions as can be."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="sets")
    number = models.PositiveSmallIntegerField()

    objects = LearningSetQuerySet.as_manager()

    privacy = Privacy(operational="id cohort number")

    class Meta:
        ordering = ["cohort", "number"]
        constraints = [models.UniqueConstraint(fields=["cohort", "number"], name="learning_set_number_once")]

    def __str__(self) -> str:
        return f"Set {self.number}"


@pghistory.track()
class SetMember(ScopedModel):
    """Somebody in a set; the order is that of facilitating."""

    learning_set = models.ForeignKey(LearningSet, models.CASCADE, related_name="members")
    # Nobody is in two sets of one cohort, since a place is of one cohort.
    enrolment = models.OneToOneField(Enrolment, models.CASCADE, related_name="set_membership")
    position = models.PositiveSmallIntegerField()

    objects = OfLearningSetQuerySet.as_manager()

    privacy = Privacy(operational="id learning_set position", personal="enrolment")

    class Meta:
        ordering = ["learning_set", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["learning_set", "position"], name="set_position_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return str(self.enrolment)


# As of mentoring, no history of what they talked about.
@pghistory.track(exclude=["themes"])
class SetMeeting(LoggedSession):
    """A meeting of a set, past or to come; who facilitates goes round."""

    learning_set = models.ForeignKey(LearningSet, models.CASCADE, related_name="meetings")
    facilitator = models.ForeignKey(SetMember, models.PROTECT, related_name="+")
    # Not known of a meeting to come, nor of those put down before sets had a log.
    minutes = models.PositiveSmallIntegerField("minutes", null=True)
    medium = models.CharField("how you met", max_length=6, choices=Medium, blank=True)
    # It is the set's, whoever put it down.
    logged_by = logged_at = None

    objects = OfLearningSetQuerySet.as_manager()

    privacy = Privacy(
        operational="id learning_set held_on",
        personal="facilitator minutes medium",
        confidential="themes",
    )

    class Meta(LoggedSession.Meta):
        ordering = ["learning_set", "-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.learning_set}, {self.held_on}"


class SetNote(SealedNote):
    """What a member wrote for the set; read by its members and nobody else."""

    parent = "meeting"

    meeting = models.ForeignKey(SetMeeting, models.CASCADE, related_name="notes")

    objects = SetNoteQuerySet.as_manager()

    privacy = Privacy(
        operational="id meeting written_at",
        personal="author",
        secret="sealed",  # noqa: S106 (a field's name)
    )

    class Meta:
        ordering = ["meeting", "id"]

    def __str__(self) -> str:
        return f"Note of {self.meeting}"
