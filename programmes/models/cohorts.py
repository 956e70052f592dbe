"""A cohort: one running of a version of a programme, with its places, sessions, tutors and assessors."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from programmes.fields import QuotaKind
from programmes.models.catalogue import ProgrammeVersion
from programmes.querysets import AnnouncedOfCohortQuerySet, CohortQuerySet, OfCohortQuerySet
from programmes.states import COHORT_TRANSITIONS, CohortState
from programmes.triggers import append_only, capacity_covers_places, cohort_on_published_version
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation

REASON_LENGTH = 1000


def person(related_name: str = "+", *, null: bool = True) -> models.ForeignKey:
    """A key of somebody who does or did something."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=null, related_name=related_name)


@pghistory.track()
class Cohort(ScopedModel):
    """One running of a programme, on the version that was published when it opened."""

    version = models.ForeignKey(ProgrammeVersion, models.PROTECT, related_name="cohorts")
    # The programme's, kept here so that every row of a cohort is reached without joins over the catalogue.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cohorts", editable=False)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=CohortState, default=CohortState.DRAFT)
    capacity = models.PositiveSmallIntegerField("places")
    opens_on = models.DateField("applications open on")
    # The last day on which somebody can apply.
    closes_on = models.DateField("applications close on")
    starts_on = models.DateField("starts on")
    ends_on = models.DateField("ends on")
    # How long an offered place is kept.
    answer_days = models.PositiveSmallIntegerField("days to accept an offered place", default=14)
    # What assessors see instead of names begins with it.
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Selection statistics are shown to everybody from this moment.
    statistics_published_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CohortQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id version organisation name state capacity opens_on closes_on starts_on ends_on answer_days reference "
            "statistics_published_at created_at"
        )
    )

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["organisation", "state", "-starts_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=2000), name="cohort_capacity_plausible"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on"), starts_on__gte=F("closes_on"), ends_on__gte=F("starts_on")),
                name="cohort_days_in_order",
            ),
            models.CheckConstraint(condition=Q(answer_days__gte=1, answer_days__lte=90), name="cohort_answer_days"),
        ]
        triggers = [
            pgtrigger.FSM(name="state_moves", field="state", transitions=list(COHORT_TRANSITIONS)),
            pgtrigger.ReadOnly(name="stays", fields=["organisation", "reference"]),
            pgtrigger.Protect(
                name="version_fixed_once_open",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state <> 'draft' AND OLD.version_id <> NEW.version_id"),
            ),
            pgtrigger.Protect(
                name="kept_once_open", operation=pgtrigger.Delete, condition=~pgtrigger.Q(old__state="draft")
            ),
            cohort_on_published_version(),
            capacity_covers_places(),
        ]

    def __str__(self) -> str:
        return f"{self.version.programme}: {self.name}"


class CohortTransition(ScopedModel):
    """One step of a cohort: who (nobody for the system), when and why."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=9, choices=CohortState, blank=True, editable=False)
    after = models.CharField(max_length=9, choices=CohortState, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = person()
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = OfCohortQuerySet.as_manager()

    privacy = Privacy(operational="id cohort before after at reason", personal="by")

    class Meta:
        ordering = ["cohort", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()}, {self.at}"


@pghistory.track()
class PlaceLimit(ScopedModel):
    """At most so many of a cohort's places for one region or one profession."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="limits")
    kind = models.CharField(max_length=10, choices=QuotaKind)
    # A region's code or a profession.
    value = models.CharField(max_length=24)
    places = models.PositiveSmallIntegerField("at most so many places")

    objects = AnnouncedOfCohortQuerySet.as_manager()

    privacy = Privacy(operational="id cohort kind value places")

    class Meta:
        ordering = ["cohort", "kind", "value"]
        constraints = [models.UniqueConstraint(fields=["cohort", "kind", "value"], name="place_limit_once")]

    def __str__(self) -> str:
        return f"At most {self.places}: {self.value}"


@pghistory.track()
class CohortAssessor(ScopedModel):
    """Somebody who reads applications or interviews for a cohort."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="assessors")
    user = person("assessing", null=False)
    most = models.PositiveSmallIntegerField("at most so many to read", default=40)

    objects = OfCohortQuerySet.as_manager()

    privacy = Privacy(operational="id cohort most", personal="user")

    class Meta:
        ordering = ["cohort", "user__name"]
        constraints = [models.UniqueConstraint(fields=["cohort", "user"], name="cohort_assessor_once")]

    def __str__(self) -> str:
        return str(self.user)


@pghistory.track()
class CohortTutor(ScopedModel):
    """Somebody who teaches a cohort and notes who was there."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="tutors")
    user = person("tutoring", null=False)

    objects = AnnouncedOfCohortQuerySet.as_manager()

    privacy = Privacy(operational="id cohort", personal="user")

    class Meta:
        ordering = ["cohort", "user__name"]
        constraints = [models.UniqueConstraint(fields=["cohort", "user"], name="cohort_tutor_once")]

    def __str__(self) -> str:
        return str(self.user)


@pghistory.track()
class Session(ScopedModel):
    """A day or hour a cohort meets; in the calendars of whoever takes part."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="sessions")
    title = models.CharField(max_length=120)
    starts_at = models.DateTimeField("starts")
    ends_at = models.DateTimeField("ends")
    place = models.CharField("where", max_length=200, blank=True)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    calendar_uid = models.UUIDField(default=uuid.uuid4, editable=False)
    # Rises with every change that a calendar must learn of.
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = AnnouncedOfCohortQuerySet.as_manager()

    privacy = Privacy(operational="id cohort title starts_at ends_at place cancelled_at calendar_uid calendar_sequence")

    class Meta:
        ordering = ["cohort", "starts_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_later")]

    def __str__(self) -> str:
        return self.title
