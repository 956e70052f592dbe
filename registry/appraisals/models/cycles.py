"""What comes round: cycles and their dated rules, who is under which, and the days on which nobody is reminded."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.appraisals.querysets import ObligationQuerySet, QuietPeriodQuerySet
from registry.appraisals.states import CycleKind
from registry.appraisals.triggers import rule_in_use_is_final
from registry.clinicians.fields import Register
from registry.clinicians.models import Clinician
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel, ScopedModel
from registry.organisations.models import Organisation

LONGEST_QUIET = 62


class Cycle(ReferenceModel):
    """Something that comes round for some people: medical appraisal, NMC revalidation, and so on."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=CycleKind)
    # Whose members it concerns; empty where it follows from the post and not from the register.
    register = models.CharField(max_length=6, choices=Register, blank=True)
    # Reminders of what the law asks for cannot be switched off.
    statutory = models.BooleanField(default=False)
    # What is to be brought, in order (`cycle_files.Item`): [{"code", "name", "hint", "feedback"}].
    checklist = models.JSONField(default=list)

    privacy = Privacy(operational="id code name kind register statutory checklist")
    open_because = "regulators publish their cycles"

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CycleRule(ReferenceModel):
    """How a cycle's dates are found and when people are reminded, from a day on; the next rule begins a new row."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="rules")
    effective_from = models.DateField()
    # How the due date is found (`cycle_dates.Shape.from_plain`).
    shape = models.JSONField()
    # Days before the due date on which a reminder goes.
    lead_days = ArrayField(models.PositiveSmallIntegerField())
    # Days between reminders once it is overdue.
    overdue_every = models.PositiveSmallIntegerField(default=7)
    # Days after the due date on which somebody else is told; empty where nobody is.
    manager_after = models.PositiveSmallIntegerField(null=True)
    responsible_officer_after = models.PositiveSmallIntegerField(null=True)
    officers_after = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=300)

    privacy = Privacy(
        operational=(
            "id cycle effective_from shape lead_days overdue_every manager_after responsible_officer_after "
            "officers_after source"
        )
    )
    open_because = "regulators publish their rules"

    class Meta:
        ordering = ["cycle", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "effective_from"], name="cycle_rule_one_from_a_day"),
            models.CheckConstraint(condition=Q(overdue_every__gte=1), name="cycle_rule_overdue_comes_again"),
        ]
        triggers = [rule_in_use_is_final()]

    def __str__(self) -> str:
        return f"{self.cycle}, from {self.effective_from}"


@pghistory.track()
class Obligation(ScopedModel):
    """That a clinician is under a cycle, from when to when, and what its dates hang on."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="obligations")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="obligations")
    started_on = models.DateField("under it since")
    ended_on = models.DateField("last day", null=True, blank=True)
    # When it was last done before the registry knew of it, or the date the regulator has set.
    last_done_on = models.DateField("last done on", null=True, blank=True)
    next_due_on = models.DateField("next due on, where the regulator has set the date", null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(
        "month of birth", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ObligationQuerySet.as_manager()

    privacy = Privacy(
        operational="id cycle created_at",
        personal="clinician started_on ended_on last_done_on next_due_on birth_month",
    )

    class Meta:
        ordering = ["clinician", "cycle"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "cycle"], condition=Q(ended_on__isnull=True), name="obligation_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="obligation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__gte=1, birth_month__lte=12),
                name="obligation_birth_month_is_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle}, {self.clinician}"


@pghistory.track()
class QuietPeriod(ScopedModel):
    """Days on which nobody at an organisation is reminded; what falls on them is moved, never dropped."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="quiet_periods")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField("why", max_length=200)

    objects = QuietPeriodQuerySet.as_manager()

    privacy = Privacy(operational="id organisation first_day last_day reason")

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="quiet_period_ends_after_it_starts"),
            # A slip in the year would keep a whole organisation in silence.
            models.CheckConstraint(
                condition=Q(last_day__lt=F("first_day") + LONGEST_QUIET),
                name="quiet_period_of_two_months_at_most",
                violation_error_message=f"Quiet days must be {LONGEST_QUIET} days or fewer",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
