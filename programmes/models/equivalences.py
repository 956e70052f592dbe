"""The equivalence register: what was learnt elsewhere and counts as a tier of programme."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from programmes.fields import Tier
from programmes.models.applications import ANSWER_LENGTH
from programmes.models.cohorts import REASON_LENGTH, person
from programmes.querysets import EquivalenceQuerySet
from programmes.states import EquivalenceState
from registry.clinicians.models import Clinician
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation


@pghistory.track(exclude=["evidence", "decision_reason"])
class Equivalence(ScopedModel):
    """Something somebody did elsewhere, recognised as a tier of programme until a day, or not, and why."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="equivalences")
    tier = models.PositiveSmallIntegerField("recognised as", choices=Tier)
    title = models.CharField("qualification or experience", max_length=160)
    awarded_by = models.CharField("where", max_length=160, blank=True)
    year = models.PositiveSmallIntegerField("year")
    evidence = models.TextField("what it covered", max_length=ANSWER_LENGTH)
    state = models.CharField(max_length=5, choices=EquivalenceState, default=EquivalenceState.ASKED)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    # Whose leads are asked.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = person()
    decision_reason = models.CharField("reason", max_length=REASON_LENGTH, blank=True)
    # The last day on which it counts; empty: it does not end.
    expires_on = models.DateField("counts until", null=True, blank=True)

    objects = EquivalenceQuerySet.as_manager()

    privacy = Privacy(
        operational="id tier asked_at organisation decided_at",
        personal="clinician title awarded_by year state decided_by expires_on",
        confidential="evidence decision_reason",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=5), name="equivalence_tier_1_to_5"),
            models.CheckConstraint(
                name="equivalence_decided_at_by_and_why",
                condition=Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    Q(state__in=["yes", "no"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decision_reason="")
                ),
            ),
            models.CheckConstraint(condition=Q(year__gte=1950, year__lte=2100), name="equivalence_year_plausible"),
        ]
        triggers = [
            pgtrigger.FSM(name="state_moves", field="state", transitions=[("asked", "yes"), ("asked", "no")]),
        ]

    def __str__(self) -> str:
        return self.title
