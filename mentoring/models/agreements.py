"""What two people agree on, work towards, and say when they look back; theirs alone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from mentoring.models.register import PROSE_LENGTH
from mentoring.models.relationships import Relationship
from mentoring.pair_querysets import BetweenTwoQuerySet
from mentoring.terms import Frequency, GoalState, Medium, Point
from registry.competency.models import Element
from registry.competency.triggers import append_only
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel

GOAL_LENGTH = 500
QUESTION_LENGTH = 200
RATINGS = Q(helpful__range=(1, 5), aims_met__range=(1, 5))


class Agreement(ScopedModel):
    """How two people mean to work together; it holds once both have agreed to the same words.

    Whoever agrees accepts that it is confidential, with the limits of that (`terms.LIMITS`).
    """

    relationship = models.OneToOneField(Relationship, models.CASCADE, related_name="agreement")
    aims = models.TextField("what you want to reach", max_length=PROSE_LENGTH)
    frequency = models.CharField("how often you meet", max_length=2, choices=Frequency)
    medium = models.CharField("how you meet", max_length=6, choices=Medium)
    ground_rules = models.TextField("ground rules", max_length=PROSE_LENGTH, blank=True)
    # Of a clinician and a manager: what both answer when they look back.
    question = models.CharField("question for both", max_length=QUESTION_LENGTH, blank=True)
    ends_on = models.DateField("last day")
    mentor_agreed_at = models.DateTimeField(null=True, editable=False)
    mentee_agreed_at = models.DateTimeField(null=True, editable=False)
    # How often the words were changed: by it pages and letters tell these words from others, and keep none of them.
    changes = models.PositiveIntegerField(default=0, editable=False)

    objects = BetweenTwoQuerySet.as_manager()

    privacy = Privacy(
        operational="id relationship changes",
        personal="mentor_agreed_at mentee_agreed_at",
        confidential="aims frequency medium ground_rules question ends_on",
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Agreement of {self.relationship}"

    @property
    def holds(self) -> bool:
        """Whether both have agreed to it."""
        return self.mentor_agreed_at is not None and self.mentee_agreed_at is not None


class Goal(ScopedModel):
    """What the two work towards, tied to an element of leadership; of a clinician and a manager, a shared objective."""

    relationship = models.ForeignKey(Relationship, models.CASCADE, related_name="goals")
    text = models.TextField("goal", max_length=GOAL_LENGTH)
    element = models.ForeignKey(Element, models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=GoalState, default=GoalState.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = BetweenTwoQuerySet.as_manager()

    privacy = Privacy(operational="id relationship written_at", personal="by", confidential="text element state")

    class Meta:
        ordering = ["relationship", "id"]

    def __str__(self) -> str:
        return self.text


class Evaluation(ScopedModel):
    """What one of the two says halfway or at the end, once.

    Of the ratings only totals are told, to leads; the words are for the other; a joint answer (of a clinician and a
    manager) is shown to both once both have answered.
    """

    relationship = models.ForeignKey(Relationship, models.CASCADE, related_name="evaluations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    point = models.CharField(max_length=8, choices=Point)
    helpful = models.PositiveSmallIntegerField()
    aims_met = models.PositiveSmallIntegerField()
    would_again = models.BooleanField()
    words = models.TextField(max_length=PROSE_LENGTH, blank=True)
    # The question as it was when it was answered.
    question = models.CharField(max_length=QUESTION_LENGTH, blank=True)
    answer = models.PositiveSmallIntegerField(null=True)
    answer_words = models.TextField(max_length=PROSE_LENGTH, blank=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = BetweenTwoQuerySet.as_manager()

    privacy = Privacy(
        operational="id relationship point at",
        personal="by",
        confidential="helpful aims_met would_again words question answer answer_words",
    )

    class Meta:
        ordering = ["relationship", "id"]
        constraints = [
            models.UniqueConstraint(fields=["relationship", "by", "point"], name="mentoring_evaluated_once"),
            models.CheckConstraint(condition=RATINGS, name="mentoring_ratings_1_to_5"),
            models.CheckConstraint(
                condition=Q(question="", answer=None) | Q(~Q(question=""), answer__range=(1, 5)),
                name="mentoring_answer_to_a_question_1_to_5",
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_point_display()}, {self.relationship}"
