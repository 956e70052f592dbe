"""Frameworks as loaded, and assessments against them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel


class FrameworkVersion(ReferenceModel):
    """One version of a leadership framework, as its file said when it was loaded."""

    code = models.CharField(max_length=20)
    version = models.CharField(max_length=120)
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
    # As in the file: [{code, name, values: [{value, label, meaning}], not_observed}] and [{number, name, meaning}].
    scales = models.JSONField()
    stages = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(db_default=Now(), editable=False)

    privacy = Privacy(
        operational=(
            "id code version name publisher audience professions effective_from effective_to closed_to_new "
            "is_default source copyright default_scale scales stages digest loaded_at"
        )
    )
    open_because = "frameworks are published"

    class Meta:
        ordering = ["code", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="framework_version_unique"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True, effective_to__isnull=True),
                name="framework_one_default_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


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
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=9), name="domain_position_has_a_column"
            ),
        ]

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

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
