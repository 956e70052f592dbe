"""An application for a place, gate by gate: answers, endorsement, scores, results, appeal."""

import secrets

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from programmes.fields import GateOutcome
from programmes.models.catalogue import Criterion, Gate
from programmes.models.cohorts import REASON_LENGTH, Cohort, person
from programmes.selection_querysets import (
    AnswerQuerySet,
    ApplicationQuerySet,
    EndorsementQuerySet,
    OfApplicationQuerySet,
    ReadingQuerySet,
    ScoreQuerySet,
)
from programmes.states import APPLICATION_TRANSITIONS, AppealState, ApplicationState
from programmes.triggers import append_only, every_gate_passed, places_never_overfilled, scores_of_an_open_reading
from registry.clinicians.models import Clinician
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel, ScopedModel

ANSWER_LENGTH = 4000
# Without letters and digits that are mistaken for one another when read aloud.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """What assessors see instead of a name, like `A-7K3QX2MP`."""
    return "A-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))


@pghistory.track(exclude=["feedback", "feedback_by"])
class Application(ScopedModel):
    """One person's application for one cohort."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="applications")
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="applications")
    reference = models.CharField(max_length=10, unique=True, default=new_reference, editable=False)
    state = models.CharField(max_length=9, choices=ApplicationState, default=ApplicationState.DRAFT)
    submitted_at = models.DateTimeField(null=True, editable=False)
    # Its place in the ranking of the cohort; empty before places are offered.
    rank = models.PositiveIntegerField(null=True, editable=False)
    # The last day on which an offered place can be accepted.
    answer_by = models.DateField(null=True, editable=False)
    # What the person is told if not selected; written by the leads.
    feedback = models.TextField(max_length=ANSWER_LENGTH, blank=True)
    # Nobody where it was begun from what the gates said.
    feedback_by = person()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ApplicationQuerySet.as_manager()

    privacy = Privacy(
        operational="id cohort reference created_at",
        personal="clinician state submitted_at answer_by feedback_by",
        confidential="rank feedback",
    )

    class Meta:
        ordering = ["cohort", "id"]
        indexes = [models.Index(fields=["cohort", "state", "rank"]), models.Index(fields=["clinician", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "clinician"], name="application_once_per_cohort"),
            models.CheckConstraint(
                name="application_submitted_when_it_says_so",
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_offer_has_a_last_day", condition=~Q(state="offered") | Q(answer_by__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_moves", field="state", transitions=list(APPLICATION_TRANSITIONS)),
            pgtrigger.ReadOnly(name="stays", fields=["cohort", "clinician", "reference"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            every_gate_passed(),
            places_never_overfilled("offered"),
        ]

    def __str__(self) -> str:
        return self.reference


class ApplicationTransition(ScopedModel):
    """One step of an application: who (nobody for the system), when and why."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=9, choices=ApplicationState, blank=True, editable=False)
    after = models.CharField(max_length=9, choices=ApplicationState, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = person()
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = OfApplicationQuerySet.as_manager()

    privacy = Privacy(operational="id application before after at", personal="by", confidential="reason")

    class Meta:
        ordering = ["application", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()}, {self.at}"


@pghistory.track(exclude=["text"])
class Answer(ScopedModel):
    """What the applicant wrote to one criterion; read by assessors without a name."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    text = models.TextField(max_length=ANSWER_LENGTH, blank=True)

    objects = AnswerQuerySet.as_manager()

    privacy = Privacy(operational="id application criterion", confidential="text")

    class Meta:
        ordering = ["application", "criterion__position"]
        constraints = [models.UniqueConstraint(fields=["application", "criterion"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.application}: {self.criterion}"


@pghistory.track(exclude=["reason"])
class Endorsement(ScopedModel):
    """What an applicant's line manager says: yes with protected time, or no, with a reason."""

    application = models.OneToOneField(Application, models.CASCADE, primary_key=True, related_name="endorsement")
    manager = person("endorsements", null=False)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    # Empty while not answered.
    endorsed = models.BooleanField(null=True)
    protected_time = models.BooleanField("time for it is protected", null=True)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = EndorsementQuerySet.as_manager()

    privacy = Privacy(
        operational="application asked_at answered_at",
        personal="manager endorsed protected_time",
        confidential="reason",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="endorsement_answered_whole",
                condition=Q(endorsed__isnull=True, answered_at__isnull=True, protected_time__isnull=True)
                | Q(endorsed__isnull=False, answered_at__isnull=False, protected_time__isnull=False),
            ),
            # An endorsement without protected time is none.
            models.CheckConstraint(
                name="endorsement_has_protected_time", condition=~Q(endorsed=True) | Q(protected_time=True)
            ),
        ]

    def __str__(self) -> str:
        return f"Endorsement of {self.application}"


@pghistory.track(exclude=["reason"])
class GateResult(ScopedModel):
    """What a gate decided about an application, in words; the gates before it were passed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="results")
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=6, choices=GateOutcome)
    reason = models.CharField(max_length=REASON_LENGTH)
    # Of a scored gate, the mean of the totals in hundredths of a point.
    points = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    # Nobody where the registry found it from what it holds.
    by = person()

    objects = OfApplicationQuerySet.as_manager()

    privacy = Privacy(operational="id application gate at", personal="by", confidential="outcome reason points")

    class Meta:
        ordering = ["application", "gate__position"]
        constraints = [models.UniqueConstraint(fields=["application", "gate"], name="gate_result_once")]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_outcome_display()}"


@pghistory.track(exclude=["conflict_reason"])
class Reading(ScopedModel):
    """One assessor's reading of one application at one scored gate: asked, declared free of conflict, scored."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="readings")
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="+")
    assessor = person("readings", null=False)
    assigned_at = models.DateTimeField(db_default=Now(), editable=False)
    # Nobody where it was assigned in balance by the registry.
    assigned_by = person()
    # Empty before the assessor has said whether there is a conflict; only then does the file open.
    conflict = models.BooleanField(null=True)
    conflict_reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    declared_at = models.DateTimeField(null=True, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    # Taken back by a lead: its scores do not count.
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = ReadingQuerySet.as_manager()

    privacy = Privacy(
        operational="id application gate assigned_at declared_at submitted_at removed_at",
        personal="assessor assigned_by conflict",
        confidential="conflict_reason",
    )

    class Meta:
        ordering = ["application", "gate__position", "id"]
        indexes = [models.Index(fields=["assessor", "submitted_at"])]
        constraints = [
            models.UniqueConstraint(fields=["application", "gate", "assessor"], name="reading_once_per_assessor"),
            models.CheckConstraint(
                name="reading_declared_at_and_whether",
                condition=Q(conflict__isnull=True, declared_at__isnull=True)
                | Q(conflict__isnull=False, declared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reading_submitted_without_conflict", condition=Q(submitted_at__isnull=True) | Q(conflict=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} at {self.gate}"


@pghistory.track(exclude=["comment"])
class Score(ScopedModel):
    """From 0 to 3 for one criterion, by one assessor; shown to nobody else before all have submitted."""

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    comment = models.CharField(max_length=REASON_LENGTH, blank=True)

    objects = ScoreQuerySet.as_manager()

    privacy = Privacy(operational="id reading criterion", confidential="points comment")

    class Meta:
        ordering = ["reading", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(points__lte=3), name="score_0_to_3"),
        ]
        triggers = [scores_of_an_open_reading()]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"


@pghistory.track(exclude=["grounds", "decision_reason"])
class Appeal(ScopedModel):
    """Somebody not selected asks for a second look; a lead who did not decide before decides."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="appeals")
    # The gate it is about; empty: the ranking.
    gate = models.ForeignKey(Gate, models.PROTECT, null=True, blank=True, related_name="+")
    grounds = models.TextField(max_length=ANSWER_LENGTH)
    state = models.CharField(max_length=8, choices=AppealState, default=AppealState.LODGED)
    lodged_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = person()
    decision_reason = models.CharField("reason", max_length=REASON_LENGTH, blank=True)

    objects = OfApplicationQuerySet.as_manager()

    privacy = Privacy(
        operational="id application gate state lodged_at decided_at",
        personal="decided_by",
        confidential="grounds decision_reason",
    )

    class Meta:
        ordering = ["application", "id"]
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=Q(state="lodged"), name="appeal_one_undecided"),
            models.CheckConstraint(
                name="appeal_decided_at_by_and_why",
                condition=Q(state="lodged", decided_at__isnull=True, decided_by__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(state="lodged") & ~Q(decision_reason="")),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_moves", field="state", transitions=[("lodged", "upheld"), ("lodged", "rejected")]
            ),
        ]

    def __str__(self) -> str:
        return f"Appeal of {self.application}"


@pghistory.track()
class SelectionStatistics(ReferenceModel):
    """Who got how far in a cohort's selection, group by group, as it was published: made once and kept."""

    cohort = models.OneToOneField(Cohort, models.PROTECT, primary_key=True, related_name="statistics")
    # What is counted → `equality.suppression.Table.plain`; numbers about a few were never in it.
    tables = models.JSONField()
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    privacy = Privacy(operational="cohort tables made_at")
    open_because = "it is published for everybody, and tells of no group of fewer than ten"

    def __str__(self) -> str:
        return f"Statistics of {self.cohort}"
