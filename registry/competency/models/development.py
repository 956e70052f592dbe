"""Development plans and their objectives, and career conversations."""

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.clinicians.models import Clinician
from registry.competency.development.querysets import (
    ConversationQuerySet,
    ObjectiveQuerySet,
    OfConversationQuerySet,
    OfObjectiveQuerySet,
    PlanQuerySet,
)
from registry.competency.development.states import (
    PLAN_TRANSITIONS,
    PROGRESS_TRANSITIONS,
    TALK_TRANSITIONS,
    Direction,
    Learning,
    PlanState,
    Progress,
    Talk,
)
from registry.competency.development.targets import Target
from registry.competency.development.triggers import (
    closed_is_final,
    element_of_the_plans_framework,
    follows,
    from_an_agreed_assessment,
    kept,
    of_an_open_plan,
    recorded_is_final,
    stays,
)
from registry.competency.models.assessments import Assessment
from registry.competency.models.frameworks import Element, FrameworkVersion
from registry.competency.triggers import append_only
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel

TITLE_LENGTH = 200
PROSE_LENGTH = 2000


def _person(related_name: str = "+", **options: Any) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name=related_name, **options)


def _in_an_open_plan() -> Any:
    return of_an_open_plan("SELECT plan_id FROM competency_objective WHERE id = ROW.objective_id")


@pghistory.track()
class DevelopmentPlan(ScopedModel):
    """What a clinician does about the levels of one agreed assessment, measured against a target kept as it was."""

    # Person and framework are the assessment's, set by trigger.
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="development_plans", editable=False)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="development_plans")
    version = models.ForeignKey(FrameworkVersion, models.PROTECT, related_name="+", editable=False)
    framework = models.CharField(max_length=20, editable=False)
    # `Target.plain()` of the day the plan was started: what the target becomes later changes nothing here.
    wanted = models.JSONField()
    state = models.CharField(max_length=6, choices=PlanState, default=PlanState.OPEN)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = _person(null=True)
    outcome = models.CharField(max_length=PROSE_LENGTH, blank=True)

    objects = PlanQuerySet.as_manager()

    privacy = Privacy(
        operational="id assessment version framework state created_at closed_at",
        personal="clinician closed_by",
        confidential="wanted outcome",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician", "framework"], condition=Q(state="open"), name="plan_one_open_per_framework"
            ),
            models.CheckConstraint(
                name="plan_closed_at_and_by_when_it_says_so",
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | Q(state="closed", closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]
        triggers = [
            from_an_agreed_assessment(),
            stays("clinician", "assessment", "version", "framework", "wanted"),
            follows(PLAN_TRANSITIONS),
            closed_is_final(),
            kept(),
        ]

    def __str__(self) -> str:
        return f"Development plan of {self.clinician}"

    @property
    def target(self) -> Target:
        """What the levels are measured against."""
        return Target.from_plain(self.wanted)


@pghistory.track()
class Objective(ScopedModel):
    """One thing to learn or change, what it would look like, by when, and how it is going."""

    plan = models.ForeignKey(DevelopmentPlan, models.PROTECT, related_name="objectives")
    elements = models.ManyToManyField(Element, through="ObjectiveElement", related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    success = models.CharField(max_length=PROSE_LENGTH)
    learning = models.CharField(max_length=8, choices=Learning)
    due_on = models.DateField()
    # The next review; none once it is achieved or dropped.
    review_on = models.DateField(null=True)
    evidence = models.CharField(max_length=PROSE_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=Progress, default=Progress.PLANNED)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ObjectiveQuerySet.as_manager()

    privacy = Privacy(
        operational="id plan state created_at due_on review_on",
        confidential="title success learning evidence",
    )

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(success=""), name="objective_says_what_and_how_one_knows"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "under_way"]) | Q(review_on__isnull=True),
                name="objective_reviewed_only_while_worked_on",
            ),
        ]
        triggers = [stays("plan"), follows(PROGRESS_TRANSITIONS), of_an_open_plan("ROW.plan_id")]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class ObjectiveElement(ScopedModel):
    """An element that an objective is about."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="ties")
    element = models.ForeignKey(Element, models.PROTECT, related_name="+")

    objects = OfObjectiveQuerySet.as_manager()

    privacy = Privacy(operational="id", confidential="objective element")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["objective", "element"], name="objective_element_once")]
        triggers = [_in_an_open_plan(), element_of_the_plans_framework()]

    def __str__(self) -> str:
        return str(self.element)


class ObjectiveTransition(ScopedModel):
    """One step of an objective: who, when and why; the first has no state before it."""

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=10, choices=Progress, blank=True, editable=False)
    after = models.CharField(max_length=10, choices=Progress, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = _person(editable=False)
    reason = models.CharField(max_length=PROSE_LENGTH, blank=True, editable=False)

    objects = OfObjectiveQuerySet.as_manager()

    privacy = Privacy(operational="id objective before after at", personal="by", confidential="reason")

    class Meta:
        ordering = ["objective", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(after="dropped") | ~Q(reason=""), name="objective_dropped_for_a_reason")
        ]
        triggers = [append_only(), _in_an_open_plan()]

    def __str__(self) -> str:
        return self.get_after_display()


class ObjectiveReview(ScopedModel):
    """A look back at an objective: the day, what changed since, and when to look again."""

    objective = models.ForeignKey(Objective, models.PROTECT, related_name="reviews")
    on = models.DateField(editable=False)
    changed = models.CharField(max_length=PROSE_LENGTH, editable=False)
    next_on = models.DateField(null=True, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = _person(editable=False)

    objects = OfObjectiveQuerySet.as_manager()

    privacy = Privacy(operational="id objective on next_on at", personal="by", confidential="changed")

    class Meta:
        ordering = ["objective", "-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(changed=""), name="review_says_what_changed"),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(next_on__gt=F("on")), name="review_next_comes_later"
            ),
        ]
        triggers = [append_only(), _in_an_open_plan()]

    def __str__(self) -> str:
        return f"Review of {self.objective}"


# Its words are between two people, and one of them may take them back: a history would keep them, so none is kept.
class CareerConversation(ScopedModel):
    """What somebody contributes and wants, talked through with whom they chose, and what came of it."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="career_conversations")
    state = models.CharField(max_length=10, choices=Talk, default=Talk.PREPARING)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    # Prepared by the clinician.
    contribution = models.CharField(max_length=PROSE_LENGTH, blank=True)
    approach = models.CharField(max_length=PROSE_LENGTH, blank=True)
    growth = models.CharField(max_length=PROSE_LENGTH, blank=True)
    direction = models.CharField(max_length=7, choices=Direction, blank=True)
    support = models.CharField(max_length=PROSE_LENGTH, blank=True)
    # Shared with, and what they think.
    partner = _person("career_conversations_shared", null=True)
    shared_at = models.DateTimeField(null=True)
    partner_view = models.CharField(max_length=PROSE_LENGTH, blank=True)
    # What came of it, written by the clinician and confirmed by both.
    held_on = models.DateField(null=True)
    agreed_direction = models.CharField(max_length=7, choices=Direction, blank=True)
    agreed_actions = models.CharField(max_length=PROSE_LENGTH, blank=True)
    next_on = models.DateField(null=True)
    clinician_confirmed_at = models.DateTimeField(null=True)
    partner_confirmed_at = models.DateTimeField(null=True)

    objects = ConversationQuerySet.as_manager()

    privacy = Privacy(
        operational="id state created_at shared_at held_on next_on clinician_confirmed_at partner_confirmed_at",
        personal="clinician partner",
        confidential="contribution approach growth direction support partner_view agreed_direction agreed_actions",
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["partner", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["clinician"],
                condition=Q(state__in=["preparing", "shared"]),
                name="conversation_one_under_way",
            ),
            models.UniqueConstraint(
                fields=["clinician"], condition=Q(state="recorded"), name="conversation_one_is_the_newest"
            ),
            models.CheckConstraint(
                name="conversation_shared_with_somebody",
                condition=Q(state="preparing", shared_at__isnull=True)
                | Q(partner__isnull=False, shared_at__isnull=False) & ~Q(state="preparing"),
            ),
            models.CheckConstraint(
                name="conversation_outcome_whole_or_not_at_all",
                condition=Q(held_on__isnull=True, next_on__isnull=True, agreed_direction="", agreed_actions="")
                | Q(held_on__isnull=False, next_on__gt=F("held_on")) & ~Q(agreed_direction="") & ~Q(agreed_actions=""),
            ),
            models.CheckConstraint(
                name="conversation_confirmed_once_shared_with_an_outcome",
                condition=Q(clinician_confirmed_at__isnull=True, partner_confirmed_at__isnull=True)
                | Q(held_on__isnull=False) & ~Q(state="preparing"),
            ),
            models.CheckConstraint(
                name="conversation_recorded_when_both_confirmed",
                condition=Q(
                    state__in=["recorded", "superseded"],
                    clinician_confirmed_at__isnull=False,
                    partner_confirmed_at__isnull=False,
                )
                | Q(state__in=["preparing", "shared"])
                & (Q(clinician_confirmed_at__isnull=True) | Q(partner_confirmed_at__isnull=True)),
            ),
        ]
        triggers = [stays("clinician"), follows(TALK_TRANSITIONS), recorded_is_final(), kept()]

    def __str__(self) -> str:
        return f"Career conversation of {self.clinician}"

    @classmethod
    def was_shared_with(cls, user: Any, pk: int) -> bool:
        """Whether this person was its partner, though whose it is has taken it back."""
        return cls.objects.filter(pk=pk, partner=user, state=Talk.PREPARING).exists()


class ConversationTransition(ScopedModel):
    """One step of a career conversation: who and when; the first has no state before it."""

    conversation = models.ForeignKey(CareerConversation, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=10, choices=Talk, blank=True, editable=False)
    after = models.CharField(max_length=10, choices=Talk, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = _person(editable=False)

    objects = OfConversationQuerySet.as_manager()

    privacy = Privacy(operational="id conversation before after at", personal="by")

    class Meta:
        ordering = ["conversation", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.get_after_display()
