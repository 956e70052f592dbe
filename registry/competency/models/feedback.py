"""Rounds of feedback from colleagues: who is asked, what was sent, and the one report."""

import secrets
import uuid
from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from registry.clinicians.models import Clinician
from registry.competency.aggregation import LEAST
from registry.competency.feedback.querysets import (
    FeedbackRaterQuerySet,
    FeedbackReplyQuerySet,
    FeedbackReportQuerySet,
    FeedbackRoundQuerySet,
    OfRoundQuerySet,
)
from registry.competency.feedback.questionnaire import Questionnaire
from registry.competency.feedback.states import RaterGroup, RaterState, RoundState
from registry.competency.feedback.triggers import (
    groups_fixed_at_launch,
    messages_go_with_their_raters,
    minimum_only_rises,
    only_these_transitions,
    questions_stay_as_asked,
    replies_while_running,
    report_is_final,
    stays_whose_it_is,
)
from registry.competency.models.assessments import REASON_LENGTH
from registry.competency.models.frameworks import FrameworkVersion
from registry.competency.triggers import append_only
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel


@pghistory.track(exclude=["questionnaire"])
class FeedbackRound(ScopedModel):
    """Feedback to one clinician against one framework version, led by a facilitator."""

    subject = models.ForeignKey(Clinician, models.PROTECT, related_name="feedback_rounds")
    facilitator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="rounds_facilitated")
    version = models.ForeignKey(FrameworkVersion, models.PROTECT, related_name="feedback_rounds")
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PREPARING)
    # The fewest replies a group is shown by.
    minimum = models.PositiveSmallIntegerField(default=LEAST)
    # The last day on which anybody may answer.
    closes_on = models.DateField(null=True)
    # What is asked (`feedback.questionnaire.Questionnaire`), as it was at the launch.
    questionnaire = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    launched_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    # The day of the conversation in which the facilitator talked the report through.
    conversation_on = models.DateField(null=True)
    # The day on which the answers and the comments were removed.
    forgotten_on = models.DateField(null=True)

    objects = FeedbackRoundQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id version state minimum closes_on questionnaire created_at launched_at closed_at released_at "
            "conversation_on forgotten_on"
        ),
        personal="subject facilitator",
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["facilitator", "state"]), models.Index(fields=["state", "closes_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=["preparing", "proposed", "running"]),
                name="feedback_round_one_open_per_person",
            ),
            models.CheckConstraint(condition=Q(minimum__gte=LEAST), name="feedback_round_minimum_protects"),
            models.CheckConstraint(
                name="feedback_round_launched_when_it_says_so",
                condition=Q(state__in=["preparing", "proposed"], launched_at__isnull=True)
                | Q(state="cancelled")
                | Q(state__in=["running", "closed", "released"], launched_at__isnull=False, closes_on__isnull=False),
            ),
            models.CheckConstraint(
                name="feedback_round_closed_when_it_says_so",
                condition=Q(state__in=["closed", "released"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "released"]) & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="feedback_round_released_after_a_conversation",
                condition=Q(state="released", released_at__isnull=False, conversation_on__isnull=False)
                | (~Q(state="released") & Q(released_at__isnull=True, conversation_on__isnull=True)),
            ),
        ]
        triggers = [only_these_transitions(), stays_whose_it_is(), minimum_only_rises(), questions_stay_as_asked()]

    def __str__(self) -> str:
        return f"Feedback to {self.subject}, {self.version.name}"

    @property
    def asks(self) -> Questionnaire:
        """What is asked; nothing before the launch."""
        return Questionnaire.from_plain(self.questionnaire)


class FeedbackTransition(ScopedModel):
    """One step of a round: who (nobody for the system), when and why; the first has no state before it."""

    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=10, choices=RoundState, blank=True, editable=False)
    after = models.CharField(max_length=10, choices=RoundState, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = OfRoundQuerySet.as_manager()

    privacy = Privacy(operational="id round before after at", personal="by", confidential="reason")

    class Meta:
        ordering = ["round", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()}, {self.at}"


def _new_key() -> str:
    return secrets.token_hex(16)


class FeedbackRater(ScopedModel):
    """Somebody asked for feedback, and what they have answered so far; the person themself is one, without a link.

    No time is kept of what they do, and no history: who answered when could tell who said what. They are forgotten
    when the round closes.
    """

    round = models.ForeignKey(FeedbackRound, models.CASCADE, related_name="raters")
    group = models.CharField("how they know the person", max_length=8, choices=RaterGroup)
    name = models.CharField(max_length=200)
    email = models.EmailField("e-mail address", max_length=254, blank=True)
    # The link is signed from these two and the server's key; of the link itself only the hash is kept.
    key = models.CharField(max_length=32, unique=True, default=_new_key, editable=False)
    link_number = models.PositiveSmallIntegerField(default=1)
    link_hash = models.CharField(max_length=64, unique=True, null=True)
    link_revoked = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=RaterState, default=RaterState.WAITING)
    # What was saved and not sent yet (`feedback.questionnaire.Answers`).
    draft = models.JSONField(default=dict)

    objects = FeedbackRaterQuerySet.as_manager()

    privacy = Privacy(
        operational="id round link_number link_revoked",
        personal="group name email",
        confidential="state draft",
        secret="key link_hash",  # noqa: S106 (names of fields)
    )

    class Meta:
        ordering = ["round", "group", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                "round", Lower("email"), condition=~Q(email=""), name="feedback_rater_asked_once_per_address"
            ),
            models.UniqueConstraint(
                fields=["round", "group"],
                condition=Q(group__in=["self", "manager"]),
                name="feedback_rater_one_self_and_one_manager",
            ),
            models.CheckConstraint(
                condition=Q(group="self", email="") | (~Q(group="self") & ~Q(email="")),
                name="feedback_rater_has_an_address",
            ),
        ]
        triggers = [groups_fixed_at_launch(), messages_go_with_their_raters()]

    def __str__(self) -> str:
        return self.name

    @property
    def may_answer(self) -> bool:
        """Whether their answers would still be taken, as far as they themselves are concerned."""
        return self.state == RaterState.WAITING and not self.link_revoked

    @classmethod
    def behind(cls, link_hash: str) -> Any:
        """The rater whose link this is: for somebody without an account the link is the door."""
        rows = cls.objects.select_related("round__subject", "round__version", "round__facilitator")
        return rows.filter(link_hash=link_hash).first()


class FeedbackReply(ScopedModel):
    """What somebody sent, under their group alone: no name, no time, a random key, so that no order tells."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="replies")
    group = models.CharField(max_length=8, choices=RaterGroup)
    answers = models.JSONField()

    objects = FeedbackReplyQuerySet.as_manager()

    privacy = Privacy(operational="id round", confidential="group answers")

    class Meta:
        triggers = [replies_while_running()]


class FeedbackReport(ScopedModel):
    """The report of a closed round, written once: figures and comments as `feedback.reporting` stores them."""

    round = models.OneToOneField(FeedbackRound, models.PROTECT, primary_key=True, related_name="report")
    figures = models.JSONField()
    comments = models.JSONField()
    built_on = models.DateField()

    objects = FeedbackReportQuerySet.as_manager()

    privacy = Privacy(operational="round built_on", confidential="figures comments")

    class Meta:
        triggers = [report_is_final()]
