"""Assessments: a clinician's own levels, and the levels agreed with their appraiser."""

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.clinicians.fields import CareerStage
from registry.clinicians.models import Clinician
from registry.competency.models.frameworks import Element, FrameworkVersion
from registry.competency.querysets import AssessmentQuerySet, OfAssessmentQuerySet
from registry.competency.states import Matrix, State
from registry.competency.triggers import (
    agreed_is_final,
    append_only,
    assessed_at_a_stage,
    level_of_open_assessment,
    only_these_transitions,
    starts_on_its_version,
    stays_whose_it_is,
)
from registry.kernel.permissions import Permission
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel

EVIDENCE_LENGTH = 2000
REASON_LENGTH = 1000


@pghistory.track()
class Assessment(ScopedModel):
    """A clinician's levels in one framework version, from their own draft to what their appraiser agreed."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="assessments")
    version = models.ForeignKey(FrameworkVersion, models.PROTECT, related_name="assessments")
    # The version's code, set by trigger: one assessment is open for a framework, whichever its version.
    framework = models.CharField(max_length=20, editable=False)
    appraiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="assessments_to_agree"
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # How far the clinician's leadership reaches, as one of the version's stages; none where it has no stages.
    stage = models.PositiveSmallIntegerField(null=True)
    # As they were when it was submitted; no matrix where the framework has none.
    career_stage = models.CharField(max_length=12, choices=CareerStage, blank=True)
    matrix = models.CharField(max_length=12, choices=Matrix, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AssessmentQuerySet.as_manager()

    privacy = Privacy(
        operational="id version framework state created_at submitted_at agreed_at matrix",
        confidential="stage",
        personal="clinician appraiser career_stage submitted_by agreed_by",
    )

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["appraiser", "state"]),
            models.Index(fields=["clinician", "framework", "-agreed_at"], condition=Q(state="agreed"), name="agreed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "framework"],
                condition=Q(state__in=["draft", "submitted"]),
                name="assessment_one_open_per_framework",
            ),
            models.CheckConstraint(
                name="assessment_submitted_at_and_by",
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_agreed_at_and_by",
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_draft_or_sent",
                condition=Q(state="draft", submitted_at__isnull=True)
                | Q(state="withdrawn")
                | (Q(submitted_at__isnull=False, appraiser__isnull=False) & ~Q(career_stage="")),
            ),
            models.CheckConstraint(
                name="assessment_agreed_when_it_says_so",
                condition=Q(state="agreed", agreed_at__isnull=False, agreed_at__gte=F("submitted_at"))
                | (~Q(state="agreed") & Q(agreed_at__isnull=True)),
            ),
        ]
        triggers = [
            starts_on_its_version(),
            stays_whose_it_is(),
            only_these_transitions(),
            agreed_is_final(),
            assessed_at_a_stage(),
        ]

    def __str__(self) -> str:
        return f"{self.version.name}, {self.clinician}"

    @property
    def stage_name(self) -> str:
        """The stage assessed at, as "Stage 2: Whole service"; empty where none is chosen."""
        name = next((stage["name"] for stage in self.version.stages if stage["number"] == self.stage), "")
        return f"Stage {self.stage}: {name}" if name else ""

    @classmethod
    def was_sent_to(cls, user: Any, pk: int) -> bool:
        """Whether this person was its appraiser, though the clinician may have it back by now."""
        may = user.scope_for(Permission.ASSESSMENT_AGREE).user_id is not None
        return may and cls.objects.filter(pk=pk, appraiser=user).exists()


class AssessmentTransition(ScopedModel):
    """One step of an assessment: who, when and why; the first has no state before it."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=10, choices=State, blank=True, editable=False)
    after = models.CharField(max_length=10, choices=State, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = OfAssessmentQuerySet.as_manager()

    privacy = Privacy(operational="id assessment before after at", personal="by", confidential="reason")

    class Meta:
        ordering = ["assessment", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()} by {self.by}"


@pghistory.track()
class ElementLevel(ScopedModel):
    """The level of one element: the clinician's own with their evidence, and the agreed one with the reason."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="levels")
    element = models.ForeignKey(Element, models.PROTECT, related_name="+")
    self_level = models.PositiveSmallIntegerField(null=True)
    evidence = models.CharField(max_length=EVIDENCE_LENGTH, blank=True)
    agreed_level = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)

    objects = OfAssessmentQuerySet.as_manager()

    privacy = Privacy(operational="id assessment element", confidential="self_level evidence agreed_level reason")

    class Meta:
        ordering = ["assessment", "element"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "element"], name="element_level_one_per_element"),
            models.CheckConstraint(
                name="element_level_on_a_scale",
                condition=(Q(self_level__isnull=True) | Q(self_level__lte=5))
                & (Q(agreed_level__isnull=True) | Q(agreed_level__lte=5)),
            ),
            models.CheckConstraint(
                name="element_level_difference_has_a_reason",
                condition=Q(agreed_level__isnull=True)
                | Q(self_level__isnull=False, agreed_level=F("self_level"))
                | (Q(self_level__isnull=False) & ~Q(reason="")),
            ),
        ]
        triggers = [level_of_open_assessment()]

    def __str__(self) -> str:
        return f"{self.element}: {self.self_level}"
