"""Frameworks as their files said when they were loaded, and how an organisation reads them."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from registry.clinicians.fields import CareerStage
from registry.competency.framework_files import Scale, ScaleValue
from registry.competency.querysets import FrameworkVersionQuerySet
from registry.competency.states import Matrix
from registry.competency.triggers import frozen_once_assessed
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel
from registry.organisations.models import Organisation


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
