"""A doctor's connection to a designated body, and what its responsible officer recommended to the GMC."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.appraisals.querysets import ConnectionQuerySet, RecommendationQuerySet
from registry.appraisals.states import ConnectionKind, RecommendationKind
from registry.clinicians.models import Clinician
from registry.competency.triggers import append_only
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation


@pghistory.track()
class Connection(ScopedModel):
    """The designated body a doctor is connected to, and its responsible officer, from when to when."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="connections")
    designated_body = models.ForeignKey(Organisation, models.PROTECT, related_name="connections")
    responsible_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="connections"
    )
    kind = models.CharField(max_length=8, choices=ConnectionKind, default=ConnectionKind.STANDARD)
    started_on = models.DateField("connected since")
    ended_on = models.DateField("last day", null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    privacy = Privacy(
        operational="id", personal="clinician designated_body responsible_officer kind started_on ended_on"
    )

    class Meta:
        ordering = [F("ended_on").desc(nulls_first=True), "-started_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician"], condition=Q(ended_on__isnull=True), name="connection_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="connection_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clinician}, {self.designated_body}"


class Recommendation(ScopedModel):
    """What a responsible officer recommended to the GMC about a doctor; a later one corrects an earlier."""

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="recommendations")
    kind = models.CharField("recommendation", max_length=14, choices=RecommendationKind)
    # The revalidation date it was made for, and, of a deferral, until when.
    due_on = models.DateField()
    deferred_to = models.DateField("defer until", null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    made_on = models.DateField("sent to the GMC on")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RecommendationQuerySet.as_manager()

    privacy = Privacy(
        operational="id connection due_on recorded_at",
        personal="made_by made_on",
        confidential="kind deferred_to reason",
    )

    class Meta:
        ordering = ["-made_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="recommendation_defers_to_a_later_day",
                condition=Q(kind="defer", deferred_to__gt=F("due_on"))
                | (~Q(kind="defer") & Q(deferred_to__isnull=True)),
            ),
            models.CheckConstraint(
                name="recommendation_gives_its_reason", condition=Q(kind="revalidate") | ~Q(reason="")
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.get_kind_display()
