"""Taking part: places held, attendance, milestones, fellowships, support and certificates."""

import secrets

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from programmes.fields import Attended, MilestoneResult
from programmes.models.applications import ANSWER_LENGTH, Application
from programmes.models.catalogue import Stage
from programmes.models.cohorts import REASON_LENGTH, Cohort, Session, person
from programmes.querysets import (
    CertificateQuerySet,
    CheckInQuerySet,
    EnrolmentQuerySet,
    ObjectiveQuerySet,
    OfEnrolmentQuerySet,
)
from programmes.states import ENROLMENT_TRANSITIONS, EnrolmentState
from programmes.triggers import append_only, places_never_overfilled
from registry.clinicians.models import Clinician
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation


def new_code() -> str:
    """What a certificate is verified by; cannot be guessed."""
    return secrets.token_urlsafe(16)


@pghistory.track()
class Enrolment(ScopedModel):
    """A place in a cohort, held by one person."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments")
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="enrolments")
    # Empty for somebody who moved here from another cohort.
    application = models.OneToOneField(Application, models.PROTECT, null=True, related_name="enrolment")
    moved_from = models.OneToOneField("self", models.PROTECT, null=True, related_name="moved_to")
    state = models.CharField(max_length=9, choices=EnrolmentState, default=EnrolmentState.ENROLLED)
    # When the person said yes to what is expected of each other.
    expectations_accepted_at = models.DateTimeField(null=True, editable=False)
    # The named person who looks after a fellow; no lead, tutor or officer reads what passes between them.
    supporter = person("supporting")
    host = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="host organisation"
    )
    completed_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = EnrolmentQuerySet.as_manager()

    privacy = Privacy(
        operational="id cohort application moved_from created_at",
        personal="clinician state expectations_accepted_at supporter host completed_on",
    )

    class Meta:
        ordering = ["cohort", "id"]
        indexes = [models.Index(fields=["clinician", "state"]), models.Index(fields=["cohort", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "clinician"], name="enrolment_once_per_cohort"),
            models.CheckConstraint(
                name="enrolment_completed_on_when_it_says_so",
                condition=Q(state="completed", completed_on__isnull=False)
                | (~Q(state="completed") & Q(completed_on__isnull=True)),
            ),
            models.CheckConstraint(
                condition=Q(application__isnull=False) | Q(moved_from__isnull=False),
                name="enrolment_comes_from_somewhere",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_moves", field="state", transitions=list(ENROLMENT_TRANSITIONS)),
            pgtrigger.ReadOnly(name="stays", fields=["cohort", "clinician", "application", "moved_from"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            places_never_overfilled("enrolled"),
        ]

    def __str__(self) -> str:
        return f"{self.clinician}, {self.cohort}"


class EnrolmentTransition(ScopedModel):
    """One step of a place held: who, when and why."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=9, choices=EnrolmentState, blank=True, editable=False)
    after = models.CharField(max_length=9, choices=EnrolmentState, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = person()
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = OfEnrolmentQuerySet.as_manager()

    privacy = Privacy(operational="id enrolment before after at", personal="by", confidential="reason")

    class Meta:
        ordering = ["enrolment", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()}, {self.at}"


@pghistory.track()
class Attendance(ScopedModel):
    """Whether somebody was at a session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="attendances")
    attended = models.CharField(max_length=7, choices=Attended)
    noted_at = models.DateTimeField(db_default=Now())
    noted_by = person(null=False)

    objects = OfEnrolmentQuerySet.as_manager()

    privacy = Privacy(operational="id session enrolment noted_at", personal="attended noted_by")

    class Meta:
        ordering = ["session", "enrolment"]
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="attendance_once")]

    def __str__(self) -> str:
        return self.get_attended_display()


@pghistory.track()
class Milestone(ScopedModel):
    """A part of the programme that somebody has done, or need not do."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="milestones")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    result = models.CharField(max_length=6, choices=MilestoneResult)
    at = models.DateTimeField(db_default=Now(), editable=False)
    # Nobody where a recognised equivalence did.
    by = person()

    objects = OfEnrolmentQuerySet.as_manager()

    privacy = Privacy(operational="id enrolment stage at", personal="result by")

    class Meta:
        ordering = ["enrolment", "stage__position"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "stage"], name="milestone_once")]

    def __str__(self) -> str:
        return f"{self.stage}: {self.get_result_display()}"


@pghistory.track(exclude=["text"])
class FellowshipObjective(ScopedModel):
    """What a fellow sets out to do at the host organisation, and whether it was met."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="objectives")
    text = models.CharField("objective", max_length=REASON_LENGTH)
    by_date = models.DateField("by when")
    met = models.BooleanField(null=True)

    objects = ObjectiveQuerySet.as_manager()

    privacy = Privacy(operational="id enrolment", personal="by_date", confidential="text met")

    class Meta:
        ordering = ["enrolment", "by_date", "id"]

    def __str__(self) -> str:
        return self.text


class CheckIn(ScopedModel):
    """A talk between a fellow and their supporter, planned or held; only the supporter sees note and flag."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="check_ins")
    # Whose it is: a later supporter reads nothing of an earlier one.
    supporter = person("check_ins", null=False)
    planned_on = models.DateField("planned for")
    held_on = models.DateField("took place on", null=True, blank=True)
    note = models.TextField("note for yourself", max_length=ANSWER_LENGTH, blank=True)
    # Isolation and anxiety are known risks of fellowships: a sign to come back to, for the supporter alone.
    worried = models.BooleanField("you are worried about their wellbeing", default=False)

    objects = CheckInQuerySet.as_manager()

    privacy = Privacy(operational="id enrolment", personal="supporter planned_on held_on", confidential="note worried")

    class Meta:
        ordering = ["enrolment", "planned_on", "id"]

    def __str__(self) -> str:
        return f"Check-in on {self.planned_on}"


@pghistory.track()
class Certificate(ScopedModel):
    """That somebody completed a programme; anybody who is shown its code can verify it."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="certificate")
    code = models.CharField(max_length=32, unique=True, default=new_code, editable=False)
    # As on the paper: a later change of name or programme does not change what was certified.
    name = models.CharField(max_length=200)
    programme = models.CharField(max_length=120)
    award = models.CharField(max_length=160, blank=True)
    issued_on = models.DateField()
    issued_by = person(null=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_because = models.CharField(max_length=REASON_LENGTH, blank=True)

    objects = CertificateQuerySet.as_manager()

    privacy = Privacy(
        operational="id enrolment programme award issued_on revoked_at",
        personal="name issued_by",
        confidential="revoked_because",
        secret="code",  # noqa: S106 (a field's name)
    )

    class Meta:
        ordering = ["-issued_on", "-id"]
        triggers = [
            pgtrigger.ReadOnly(name="stays", fields=["enrolment", "code", "name", "programme", "award", "issued_on"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.name}"
