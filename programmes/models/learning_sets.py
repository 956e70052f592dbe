"""Action-learning sets: small groups of a cohort that meet by themselves, and their private notes."""

import pghistory
from django.db import models
from django.db.models.functions import Now

from programmes.models.applications import ANSWER_LENGTH
from programmes.models.cohorts import Cohort, person
from programmes.models.enrolments import Enrolment
from programmes.querysets import LearningSetQuerySet, OfLearningSetQuerySet, SetNoteQuerySet
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel


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


@pghistory.track()
class SetMeeting(ScopedModel):
    """A meeting of a set; who facilitates goes round."""

    learning_set = models.ForeignKey(LearningSet, models.CASCADE, related_name="meetings")
    held_on = models.DateField("day")
    facilitator = models.ForeignKey(SetMember, models.PROTECT, related_name="+")

    objects = OfLearningSetQuerySet.as_manager()

    privacy = Privacy(operational="id learning_set held_on", personal="facilitator")

    class Meta:
        ordering = ["learning_set", "-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.learning_set}, {self.held_on}"


class SetNote(ScopedModel):
    """What a member wrote for the set; read by its members and nobody else."""

    meeting = models.ForeignKey(SetMeeting, models.CASCADE, related_name="notes")
    author = person(null=False)
    text = models.TextField("note", max_length=ANSWER_LENGTH)
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SetNoteQuerySet.as_manager()

    privacy = Privacy(operational="id meeting written_at", personal="author", confidential="text")

    class Meta:
        ordering = ["meeting", "id"]

    def __str__(self) -> str:
        return f"Note of {self.meeting}"
