"""An appraisal and what belongs to it: its steps, checklist, objectives and postponements."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.appraisals.models.cycles import CycleRule, Obligation
from registry.appraisals.querysets import AppraisalQuerySet, OfAppraisalQuerySet
from registry.appraisals.states import AppraisalState, ObjectiveResult, Outcome, PostponementReason
from registry.appraisals.triggers import (
    appraisal_as_decided,
    calendar_counts,
    decided_is_final,
    done_is_final,
    of_an_open_appraisal,
    only_these_transitions,
    stays,
)
from registry.clinicians.models import Clinician
from registry.competency.models import Assessment, DevelopmentPlan, FeedbackRound
from registry.competency.triggers import append_only
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel

PROSE_LENGTH = 4000
REASON_LENGTH = 1000


def person(related_name: str = "+", *, null: bool = True) -> models.ForeignKey:
    """A key of somebody who did something."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=null, related_name=related_name)


@pghistory.track(exclude=["summary"])
class Appraisal(ScopedModel):
    """One appraisal, review, revalidation or renewal of one person: when it is due, with whom, and what came of it."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="appraisals")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="appraisals")
    # The rule its dates were found by: a later rule changes nothing here.
    rule = models.ForeignKey(CycleRule, models.PROTECT, related_name="appraisals")
    appraiser = person("appraisals_to_do")
    state = models.CharField(max_length=9, choices=AppraisalState, default=AppraisalState.PREPARING)
    opens_on = models.DateField("may take place from")
    due_on = models.DateField("due by")
    # Reminders whose day is before this one are not sent: nobody knew of the date yet.
    reminders_from = models.DateField()
    meeting_at = models.DateTimeField("meeting", null=True, blank=True)
    meeting_place = models.CharField("where", max_length=200, blank=True)
    # A calendar takes a new version of the same entry when this number rises.
    calendar_uid = models.UUIDField(default=uuid.uuid4, editable=False)
    calendar_sequence = models.PositiveIntegerField(default=0, editable=False)
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, null=True, blank=True, related_name="appraisals", verbose_name="agreed levels"
    )
    plan = models.ForeignKey(
        DevelopmentPlan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appraisals",
        verbose_name="development plan",
    )
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    summary = models.TextField("what was discussed and agreed", max_length=PROSE_LENGTH, blank=True)
    done_on = models.DateField(null=True, blank=True)
    appraiser_signed_at = models.DateTimeField(null=True)
    appraiser_signed_by = person()
    appraisee_signed_at = models.DateTimeField(null=True)
    appraisee_signed_by = person()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AppraisalQuerySet.as_manager()

    privacy = Privacy(
        operational="id obligation rule reminders_from calendar_uid calendar_sequence created_at",
        personal=(
            "clinician appraiser state opens_on due_on meeting_at meeting_place assessment plan done_on "
            "appraiser_signed_at appraiser_signed_by appraisee_signed_at appraisee_signed_by"
        ),
        confidential="outcome summary",
    )

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(state__in=["preparing", "ready", "signed"]),
                name="appraisal_open_by_due_date",
            ),
            # Planning reads, rule by rule, those that are due by some day.
            models.Index(
                fields=["rule", "due_on"],
                condition=Q(state__in=["preparing", "ready", "signed"]),
                name="appraisal_open_by_rule",
            ),
            models.Index(fields=["appraiser", "state"]),
            models.Index(fields=["clinician", "-due_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"],
                condition=Q(state__in=["preparing", "ready", "signed"]),
                name="appraisal_one_open_per_obligation",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="appraisal_due_after_it_opens"),
            models.CheckConstraint(
                name="appraisal_done_when_it_says_so",
                condition=(Q(state="done", done_on__isnull=False) & ~Q(outcome=""))
                | (~Q(state="done") & Q(done_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="appraisal_appraiser_signed_at_and_by",
                condition=Q(appraiser_signed_at__isnull=True, appraiser_signed_by__isnull=True)
                | Q(appraiser_signed_at__isnull=False, appraiser_signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="appraisal_appraisee_signed_at_and_by",
                condition=Q(appraisee_signed_at__isnull=True, appraisee_signed_by__isnull=True)
                | Q(appraisee_signed_at__isnull=False, appraisee_signed_by__isnull=False),
            ),
        ]
        triggers = [
            only_these_transitions(),
            stays("clinician", "obligation", "rule", "calendar_uid"),
            done_is_final(),
            appraisal_as_decided(),
            calendar_counts(),
        ]

    def __str__(self) -> str:
        return f"{self.rule.cycle}, {self.clinician}"


class AppraisalTransition(ScopedModel):
    """One step of an appraisal: who (nobody for the system), when and why; the first has no state before it."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=9, choices=AppraisalState, blank=True, editable=False)
    after = models.CharField(max_length=9, choices=AppraisalState, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = person()
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = OfAppraisalQuerySet.as_manager()

    privacy = Privacy(operational="id appraisal before after at", personal="by", confidential="reason")

    class Meta:
        ordering = ["appraisal", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()}, {self.at}"


@pghistory.track(exclude=["note"])
class ChecklistEntry(ScopedModel):
    """One thing to bring to an appraisal (`Cycle.checklist`), whether it is there, and where it is."""

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="checklist")
    position = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    hint = models.CharField(max_length=300, blank=True)
    done = models.BooleanField(default=False)
    note = models.CharField("where it is, or what is missing", max_length=REASON_LENGTH, blank=True)
    # Feedback from colleagues that was released can be the evidence; that it happened, never what it says.
    feedback_round = models.ForeignKey(FeedbackRound, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfAppraisalQuerySet.as_manager()

    privacy = Privacy(
        operational="id appraisal position code name hint", personal="done feedback_round", confidential="note"
    )

    class Meta:
        ordering = ["appraisal", "position"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "code"], name="checklist_entry_once_per_appraisal"),
        ]
        triggers = of_an_open_appraisal()

    def __str__(self) -> str:
        return self.name


@pghistory.track(exclude=["text", "measure"])
class AppraisalObjective(ScopedModel):
    """Something agreed at an appraisal for the time until the next, and what became of it."""

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="objectives")
    text = models.CharField("objective", max_length=REASON_LENGTH)
    measure = models.CharField("how you will both know that it is met", max_length=REASON_LENGTH)
    by_date = models.DateField("by when")
    # Decided at the next appraisal, by the next appraiser.
    result = models.CharField(max_length=7, choices=ObjectiveResult, blank=True)

    objects = OfAppraisalQuerySet.as_manager()

    privacy = Privacy(operational="id appraisal", personal="by_date", confidential="text measure result")

    class Meta:
        ordering = ["appraisal", "id"]
        triggers = of_an_open_appraisal("text", "measure", "by_date")

    def __str__(self) -> str:
        return self.text


@pghistory.track(exclude=["words"])
class Postponement(ScopedModel):
    """Somebody's wish to do an appraisal later, with the reason, and who decided on it."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="postponements")
    reason = models.CharField(max_length=9, choices=PostponementReason)
    words = models.CharField("in your own words", max_length=REASON_LENGTH, blank=True)
    from_due_on = models.DateField(editable=False)
    to_due_on = models.DateField("new date")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    asked_by = person(null=False)
    # Empty while nobody has decided.
    approved = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = person()
    decision_reason = models.CharField("reason", max_length=REASON_LENGTH, blank=True)

    objects = OfAppraisalQuerySet.as_manager()

    privacy = Privacy(
        operational="id appraisal from_due_on to_due_on asked_at approved decided_at",
        personal="reason asked_by decided_by",
        confidential="words decision_reason",
    )

    class Meta:
        ordering = ["appraisal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal"], condition=Q(approved__isnull=True), name="postponement_one_undecided"
            ),
            models.CheckConstraint(condition=Q(to_due_on__gt=F("from_due_on")), name="postponement_to_a_later_day"),
            models.CheckConstraint(
                name="postponement_decided_at_and_by",
                condition=Q(approved__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(approved__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="postponement_decided_by_somebody_else",
            ),
        ]
        triggers = [decided_is_final()]

    def __str__(self) -> str:
        return f"{self.from_due_on} to {self.to_due_on}"
