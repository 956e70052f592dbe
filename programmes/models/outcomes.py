"""What programmes led to: the outcomes ledger, alumni, and learning put to work."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from programmes.fields import OutcomeKind
from programmes.models.applications import ANSWER_LENGTH
from programmes.models.catalogue import Programme
from programmes.models.cohorts import person
from programmes.models.enrolments import Enrolment
from programmes.querysets import AlumnusQuerySet, LearningAtWorkQuerySet, OfEnrolmentQuerySet
from registry.clinicians.models import Clinician
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel


@pghistory.track()
class Outcome(ScopedModel):
    """One line of the ledger: what somebody's programme had led to, so many months after its end."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="outcomes")
    months = models.PositiveSmallIntegerField("months after the end")
    kind = models.CharField(max_length=8, choices=OutcomeKind)
    what = models.CharField("what", max_length=300, blank=True)
    noted_at = models.DateTimeField(db_default=Now(), editable=False)
    noted_by = person(null=False)

    objects = OfEnrolmentQuerySet.as_manager()

    privacy = Privacy(operational="id enrolment months noted_at", personal="kind what noted_by")

    class Meta:
        ordering = ["enrolment", "months", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(months__in=[6, 12, 24]), name="outcome_at_6_12_or_24_months"),
            # Of each kind once at each point, but as many posts and changes as there were, each once.
            models.UniqueConstraint(
                fields=["enrolment", "months"],
                condition=Q(kind__in=["retained", "left"]),
                name="outcome_retention_once",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "months", "kind", "what"],
                condition=Q(kind__in=["post", "change"]),
                name="outcome_told_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} after {self.months} months"


@pghistory.track()
class Alumnus(ScopedModel):
    """Somebody who completed a programme, as they want to be found by those who did too; theirs to switch off."""

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="alumni")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="alumni")
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="alumnus")
    listed = models.BooleanField("show me in the directory", default=False)
    offers_mentoring = models.BooleanField("I would mentor somebody", default=False)
    about = models.CharField("what others may ask you about", max_length=500, blank=True)

    objects = AlumnusQuerySet.as_manager()

    privacy = Privacy(operational="id programme enrolment", personal="clinician listed offers_mentoring about")

    class Meta:
        ordering = ["programme", "clinician__family_name", "id"]

    def __str__(self) -> str:
        return f"{self.clinician}, {self.programme}"

    @classmethod
    def directory_for(cls, user: Any) -> Any:
        """Who may be found by this person: those of the programmes they completed who want to be."""
        return cls.objects.directory_for(user)


@pghistory.track(exclude=["what"])
class LearningAtWork(ScopedModel):
    """What somebody did at work with what they learnt, in their own words."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="learning_at_work")
    on = models.DateField("day")
    what = models.TextField("what you did with it", max_length=ANSWER_LENGTH)
    # Whether the other alumni of the programme may read it.
    shared = models.BooleanField("share it with alumni of this programme", default=False)
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = LearningAtWorkQuerySet.as_manager()

    privacy = Privacy(operational="id enrolment written_at", personal="on what shared")

    class Meta:
        ordering = ["-on", "-id"]

    def __str__(self) -> str:
        return f"{self.on}"

    @classmethod
    def shared_with(cls, user: Any) -> Any:
        """What others share with this person."""
        return cls.objects.shared_with(user)
