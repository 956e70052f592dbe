"""The derived rows selection reads: one per clinician, and one per clinician and framework."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from registry.clinicians.models import Clinician
from registry.clinicians.querysets import OfClinicianQuerySet
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation

DOMAIN_COLUMNS = tuple(f"d{position}" for position in range(1, 10))


class Standing(ScopedModel):
    """What selection may know now about one clinician; derived, so never edited by hand."""

    clinician = models.OneToOneField(Clinician, models.CASCADE, primary_key=True, related_name="standing")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profession = models.CharField(max_length=24)
    sector = models.CharField(max_length=14)
    career_stage = models.CharField(max_length=12)
    # The best status over the registrations the person's profession needs; empty where none.
    registration = models.CharField(max_length=10, blank=True)
    # Today's most senior open post (see `clinicians.fields.BAND_RANK`); 0 where none.
    band_rank = models.PositiveSmallIntegerField(default=0)
    # Days in leadership roles, overlaps counted once: finished spells, and since when the current one runs.
    leadership_days = models.PositiveIntegerField(default=0)
    leading_since = models.DateField(null=True)
    qualifications = ArrayField(models.CharField(max_length=12), default=list)
    # The programmes completed, by their short names.
    programmes = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    # The consent in force (`accounts.ConsentReach`); empty where none, and then selection sees nothing.
    consent = models.CharField(max_length=8, blank=True)
    changed_at = models.DateTimeField(db_default=Now())

    objects = OfClinicianQuerySet.as_manager()

    privacy = Privacy(
        operational="changed_at",
        personal=(
            "clinician organisation profession sector career_stage registration band_rank "
            "leadership_days leading_since qualifications programmes consent"
        ),
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "clinician"],
                condition=~Q(consent=""),
                name="standing_pool",
            )
        ]


class AgreedLevels(ScopedModel):
    """A clinician's agreed levels in one framework, in twelfths, and the assessment they come from.

    A domain's twelfths are 12 × sum / count over its elements that were observed ("not yet" counts as 0):
    always a whole number from 0 to 60; empty where none was. `d1` is the framework's first domain.
    """

    clinician = models.ForeignKey(Clinician, models.CASCADE, related_name="agreed_levels")
    framework = models.CharField(max_length=20)
    version = models.CharField(max_length=40)
    assessment_id = models.BigIntegerField()
    agreed_at = models.DateTimeField()
    d1 = models.PositiveSmallIntegerField(null=True)
    d2 = models.PositiveSmallIntegerField(null=True)
    d3 = models.PositiveSmallIntegerField(null=True)
    d4 = models.PositiveSmallIntegerField(null=True)
    d5 = models.PositiveSmallIntegerField(null=True)
    d6 = models.PositiveSmallIntegerField(null=True)
    d7 = models.PositiveSmallIntegerField(null=True)
    d8 = models.PositiveSmallIntegerField(null=True)
    d9 = models.PositiveSmallIntegerField(null=True)

    objects = OfClinicianQuerySet.as_manager()

    privacy = Privacy(
        operational="id framework version assessment_id agreed_at",
        personal="clinician",
        confidential=" ".join(DOMAIN_COLUMNS),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinician", "framework"], name="agreed_levels_one_per_framework"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gte": 0, f"{column}__lte": 60}),
                    name=f"agreed_levels_{column}_in_twelfths",
                )
                for column in DOMAIN_COLUMNS
            ),
        ]

    @property
    def twelfths(self) -> tuple[int | None, ...]:
        """The nine columns in order."""
        return tuple(getattr(self, column) for column in DOMAIN_COLUMNS)
