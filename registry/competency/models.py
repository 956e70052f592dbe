"""Frameworks as loaded, and assessments against them."""

from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.clinicians.fields import CareerStage
from registry.clinicians.models import Clinician
from registry.competency.framework_files import Scale, ScaleValue
from registry.competency.querysets import AssessmentQuerySet, FrameworkVersionQuerySet, OfAssessmentQuerySet
from registry.competency.states import Matrix, State
from registry.competency.triggers import (
    agreed_is_final,
    append_only,
    frozen_once_assessed,
    level_of_open_assessment,
    only_these_transitions,
    starts_on_its_version,
    stays_whose_it_is,
)
from registry.kernel.permissions import Permission
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel, ScopedModel
from registry.organisations.models import Organisation

EVIDENCE_LENGTH = 2000
REASON_LENGTH = 1000


class Grade(models.TextChoices):
    """What a career stage is expected to show of a domain."""

    NONE = "none", "Nothing expected yet"
    AWARE = "aware", "Aware"
    EMERGING = "emerging", "Emerging"
    EXPECTED = "expected", "Expected"
    LEADING = "leading", "Leading"


class FrameworkVersion(ReferenceModel):
    """One version of a leadership framework, as its file said when it was loaded."""

    code = models.CharField(max_length=20)
    version = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    publisher = models.CharField(max_length=120)
    audience = models.CharField(max_length=120)
    professions = models.CharField(max_length=20)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    closed_to_new = models.BooleanField()
    is_default = models.BooleanField(default=False)
    source = models.TextField()
    copyright = models.TextField()
    default_scale = models.CharField(max_length=20)
    # As in the file: [{code, name, values: [{value, label, meaning}], not_observed}], [{number, name, meaning}] and
    # [{code, name, source, stages: {career stage: the framework's own name for it}}].
    scales = models.JSONField()
    stages = models.JSONField(default=list)
    matrices = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=Now(), editable=False)

    privacy = Privacy(
        operational=(
            "id code version name publisher audience professions effective_from effective_to closed_to_new "
            "is_default source copyright default_scale scales stages matrices digest loaded_at"
        )
    )
    open_because = "frameworks are published"

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-effective_from", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="framework_version_unique"),
            models.UniqueConstraint(fields=["code", "effective_from"], name="framework_one_version_from_a_day"),
        ]
        triggers = [frozen_once_assessed("ROW.id", insert=False)]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    def scale(self, code: str) -> Scale:
        """The scale of this code."""
        found = next(scale for scale in self.scales if scale["code"] == code)
        return Scale(**found | {"values": tuple(ScaleValue(**value) for value in found["values"])})

    @property
    def top_level(self) -> int:
        """The highest level of any of its scales."""
        return max(value["value"] for scale in self.scales for value in scale["values"])

    def matrix_or_only(self, wanted: str) -> str:
        """The wanted matrix where the framework has it, else the one it has; empty where it has none."""
        codes = [matrix["code"] for matrix in self.matrices]
        return wanted if wanted in codes else next(iter(codes), "")


class Domain(ReferenceModel):
    """A group of elements with one level; `position` is its column in `standing.AgreedLevels`."""

    version = models.ForeignKey(FrameworkVersion, models.CASCADE, related_name="domains")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    summary = models.TextField()
    staged = models.BooleanField()
    scale = models.CharField(max_length=20)

    privacy = Privacy(operational="id version position code name summary staged scale")
    open_because = "frameworks are published"

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="domain_position_unique"),
            models.UniqueConstraint(fields=["version", "code"], name="domain_code_unique"),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=9), name="domain_position_has_a_column"),
        ]
        triggers = [frozen_once_assessed("ROW.version_id")]

    def __str__(self) -> str:
        return self.name


class Element(ReferenceModel):
    """What is assessed: one element of a domain."""

    domain = models.ForeignKey(Domain, models.CASCADE, related_name="elements")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    prompt = models.TextField()
    max_level = models.PositiveSmallIntegerField(null=True)
    emotional_intelligence = ArrayField(models.CharField(max_length=24), default=list)

    privacy = Privacy(operational="id domain position code name prompt max_level emotional_intelligence")
    open_because = "frameworks are published"

    class Meta:
        ordering = ["domain", "position"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "position"], name="element_position_unique"),
            models.UniqueConstraint(fields=["domain", "code"], name="element_code_unique"),
        ]
        triggers = [frozen_once_assessed("SELECT version_id FROM competency_domain WHERE id = ROW.domain_id")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def answers(self, scale: Scale) -> list[ScaleValue]:
        """What may be answered: the scale's values up to the element's own top."""
        return [value for value in scale.values if self.max_level is None or value.value <= self.max_level]


class Expectation(ReferenceModel):
    """What one career stage expects of one domain, in one of the framework's matrices."""

    domain = models.ForeignKey(Domain, models.CASCADE, related_name="expectations")
    matrix = models.CharField(max_length=12, choices=Matrix)
    career_stage = models.CharField(max_length=12, choices=CareerStage)
    expectation = models.CharField(max_length=12, choices=Grade)
    minimum_level = models.PositiveSmallIntegerField()

    privacy = Privacy(operational="id domain matrix career_stage expectation minimum_level")
    open_because = "frameworks are published"

    class Meta:
        ordering = ["domain", "matrix", "career_stage"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "matrix", "career_stage"], name="expectation_one_per_cell"),
            models.CheckConstraint(
                condition=~Q(expectation="none") | Q(minimum_level=0), name="expectation_of_nothing_needs_no_level"
            ),
        ]
        triggers = [
            frozen_once_assessed("SELECT version_id FROM competency_domain WHERE id = ROW.domain_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_expectation_display()} of {self.domain}"


@pghistory.track()
class ExpectationChoice(ReferenceModel):
    """Which matrix an organisation reads its people's levels by; without a row, the cumulative one."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="expectation_choice")
    matrix = models.CharField("what each career stage is expected to show", max_length=12, choices=Matrix)

    privacy = Privacy(operational="id organisation matrix")
    open_because = "it is how an organisation reads a published framework, and says nothing about a person"

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_matrix_display()}"


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
        triggers = [starts_on_its_version(), stays_whose_it_is(), only_these_transitions(), agreed_is_final()]

    def __str__(self) -> str:
        return f"{self.version.name}, {self.clinician}"

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
