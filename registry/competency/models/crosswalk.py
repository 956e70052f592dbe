"""The crosswalk: which element's evidence also speaks to which element, or domain, of another framework."""

from django.db import models
from django.db.models import F, Q

from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel


class Strength(models.IntegerChoices):
    """How much of what the one asks the other asks too."""

    LOOSE = 1, "loose match"
    PART = 2, "part match"
    CLOSE = 3, "close match"


class CrosswalkRow(ReferenceModel):
    """Evidence for the source also says something about the target; by code, whatever the frameworks' versions."""

    source_framework = models.CharField(max_length=20)
    source_code = models.CharField(max_length=20)
    target_framework = models.CharField(max_length=20)
    target_code = models.CharField(max_length=20)
    strength = models.PositiveSmallIntegerField(choices=Strength)
    author = models.CharField(max_length=120)
    date = models.DateField()

    privacy = Privacy(operational="id source_framework source_code target_framework target_code strength author date")
    open_because = "it relates published frameworks to one another"

    class Meta:
        ordering = ["source_framework", "source_code", "-strength", "target_framework", "target_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_framework", "source_code", "target_framework", "target_code"],
                name="crosswalk_row_unique",
            ),
            models.CheckConstraint(condition=Q(strength__gte=1, strength__lte=3), name="crosswalk_strength_1_to_3"),
            models.CheckConstraint(
                condition=~Q(source_framework=F("target_framework")), name="crosswalk_between_two_frameworks"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_framework} {self.source_code} to {self.target_framework} {self.target_code}"
