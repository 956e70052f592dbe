"""What is offered to clinicians who change services or build ventures."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q

from registry.clinicians.fields import CareerStage, Profession
from registry.contributions.eligibility import Asks
from registry.contributions.models.changes import LINE_LENGTH, PROSE_LENGTH, TITLE_LENGTH
from registry.contributions.querysets import OpportunityQuerySet
from registry.contributions.states import OpportunityKind
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel
from registry.organisations.models import Organisation

LINK_LENGTH = 300


@pghistory.track()
class Opportunity(ReferenceModel):
    """A call, a pilot or a course: who may apply, from when to when, and where."""

    # Whose programme leads keep it; none where it is kept for all of England.
    keeper = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="opportunities")
    title = models.CharField(max_length=TITLE_LENGTH)
    kind = models.CharField("kind of opportunity", max_length=11, choices=OpportunityKind)
    offered_by = models.CharField(max_length=LINE_LENGTH)
    gives = models.TextField("what it gives", max_length=PROSE_LENGTH)
    opens_on = models.DateField("opens on")
    closes_on = models.DateField("last day to apply")
    professions = ArrayField(models.CharField(max_length=24, choices=Profession), default=list, blank=True)
    career_stages = ArrayField(models.CharField(max_length=12, choices=CareerStage), default=list, blank=True)
    needs_cleared_venture = models.BooleanField(default=False)
    link = models.URLField(max_length=LINK_LENGTH, validators=[URLValidator(schemes=["https"])])

    objects = OpportunityQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id keeper title kind offered_by gives opens_on closes_on professions career_stages "
            "needs_cleared_venture link"
        )
    )

    open_because = "it says nothing about a person, and is there to be found"

    class Meta:
        ordering = ["closes_on", "id"]
        verbose_name_plural = "opportunities"
        indexes = [models.Index(fields=["opens_on", "id"]), models.Index(fields=["closes_on", "id"])]
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="opportunity_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(link__startswith="https://"), name="opportunity_link_is_https"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asks(self) -> Asks:
        """What it asks of whoever applies."""
        return Asks(
            professions={code: Profession(code).label for code in self.professions},
            stages={code: CareerStage(code).label for code in self.career_stages},
            cleared_venture=self.needs_cleared_venture,
        )
