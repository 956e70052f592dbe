"""A matching round: whose, each version of its matching with what it was asked, and whom it gives to whom, with why."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from mentoring.fields import Kind
from mentoring.models.register import MentoringRequest, MentorProfile
from mentoring.round_querysets import OfRoundQuerySet, PairQuerySet, RoundQuerySet, VersionQuerySet
from mentoring.states import ROUND_TRANSITIONS, UNFINISHED, VERSION_TRANSITIONS, RoundState, VersionStatus
from registry.clinicians.fields import Profession
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation

LINE_LENGTH = 120
MOST_DAYS = 60
MOST_POINTS = 500


def _person(*, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=null, related_name="+", editable=False)


@pghistory.track()
class Round(ScopedModel):
    """Everybody who looks at some organisations, matched at once with those who offer there."""

    name = models.CharField(max_length=LINE_LENGTH)
    kinds = ArrayField(models.CharField(max_length=8, choices=Kind))
    # Of those who look; empty for all.
    professions = ArrayField(models.CharField(max_length=24, choices=Profession), default=list, blank=True)
    answer_days = models.PositiveSmallIntegerField("days to answer", default=14)
    state = models.CharField(max_length=9, choices=RoundState, default=RoundState.PREPARING)
    # The version that is published if nothing else is kept.
    current = models.ForeignKey("RoundVersion", models.PROTECT, null=True, related_name="+", editable=False)
    opened_by = _person()
    opened_at = models.DateTimeField(db_default=Now(), editable=False)
    # When it was published or cancelled, and who did it.
    ended_by = _person(null=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = RoundQuerySet.as_manager()

    privacy = Privacy(
        operational="id name kinds professions answer_days state current opened_at ended_at",
        personal="opened_by ended_by",
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=MOST_DAYS), name="round_answer_days"
            ),
            models.CheckConstraint(condition=Q(kinds__len__gte=1), name="round_of_some_kind"),
            models.CheckConstraint(
                name="round_ended_at_and_by",
                condition=Q(state="preparing", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state="preparing") & Q(ended_at__isnull=False, ended_by__isnull=False)),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(current__isnull=False), name="round_published_with_a_version"
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_moves", field="state", transitions=list(ROUND_TRANSITIONS)),
            pgtrigger.ReadOnly(name="stays", fields=["kinds", "professions", "opened_by"]),
            pgtrigger.Protect(
                name="version_fixed_once_ended",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'preparing' AND OLD.current_id IS DISTINCT FROM NEW.current_id"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_labels(self) -> list[str]:
        """What it matches, as pages name it."""
        return [Kind(kind).label for kind in self.kinds]


@pghistory.track()
class RoundOrganisation(ScopedModel):
    """An organisation whose people a round matches, as chosen when it was opened."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="places")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    objects = OfRoundQuerySet.as_manager()

    privacy = Privacy(operational="id round organisation")

    class Meta:
        ordering = ["round", "organisation__name"]
        constraints = [models.UniqueConstraint(fields=["round", "organisation"], name="round_organisation_once")]
        triggers = [pgtrigger.ReadOnly(name="stays", fields=["round", "organisation"])]

    def __str__(self) -> str:
        return str(self.organisation)


@pghistory.track()
class RoundVersion(ScopedModel):
    """One matching of a round: what was asked of it, and what came of it, proved to be the best there is.

    `pinned` and `forbidden` are lists of [request, mentor], by key. All versions are kept.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=7, choices=VersionStatus, default=VersionStatus.WAITING)
    # Points for each part (see points.Weights).
    weights = models.JSONField()
    minimum = models.PositiveSmallIntegerField("fewest points of a pair", default=0)
    pinned = models.JSONField(default=list)
    forbidden = models.JSONField(default=list)
    # What a person changed, and looks at the cost of before it is kept.
    based_on = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    asked_by = _person()
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    # When a worker last took it.
    started_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=600, blank=True)
    # Filled when it is matched.
    mentees = models.PositiveIntegerField(default=0)
    mentors = models.PositiveIntegerField(default=0)
    spaces = models.PositiveIntegerField("places", default=0)
    matched = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # How many pairs of `based_on` could still be, and what they would score here.
    before_matched = models.PositiveIntegerField(null=True)
    before_total = models.PositiveIntegerField(null=True)
    # The verifier, which shares nothing with the solver, found that nothing better can be.
    proved = models.BooleanField(default=False)
    solved_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = VersionQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id round number status weights minimum based_on asked_at started_at attempts mentees mentors spaces "
            " matched total before_matched before_total proved solved_at sha256"
        ),
        # A failure names the people of a pin that cannot be.
        personal="asked_by pinned forbidden failure",
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="round_version_number_once"),
            models.UniqueConstraint(
                fields=["round"], condition=Q(status__in=UNFINISHED), name="round_one_version_being_matched"
            ),
            models.CheckConstraint(
                name="round_version_ready_only_proved",
                condition=(Q(status="ready", proved=True, solved_at__isnull=False) & ~Q(sha256=""))
                | (~Q(status="ready") & Q(proved=False, solved_at__isnull=True, sha256="")),
            ),
            models.CheckConstraint(
                condition=Q(matched__lte=F("mentees")) & Q(matched__lte=F("spaces")), name="round_version_matched"
            ),
            models.CheckConstraint(condition=Q(minimum__lte=MOST_POINTS), name="round_version_minimum"),
        ]
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=list(VERSION_TRANSITIONS)),
            pgtrigger.ReadOnly(
                name="inputs_fixed",
                fields=["round", "number", "weights", "minimum", "pinned", "forbidden", "based_on", "asked_by"],
            ),
            pgtrigger.Protect(
                name="answer_fixed", operation=pgtrigger.Update, condition=pgtrigger.Q(old__status="ready")
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class RoundPair(ScopedModel):
    """What a version says of one person who looks: whom they have and what the pair earns points for, or nobody.

    `why` and `choices` are plain data (see `answering`); they tell of no rule that somebody else asked for.
    """

    version = models.ForeignKey(RoundVersion, models.CASCADE, related_name="pairs")
    wanted = models.ForeignKey(MentoringRequest, models.CASCADE, related_name="+")
    mentor = models.ForeignKey(MentorProfile, models.CASCADE, null=True, related_name="+")
    score = models.PositiveSmallIntegerField(null=True)
    # Points by part (see points.Part); together they are the score.
    reasons = models.JSONField(default=dict)
    why = models.JSONField(default=dict)
    # Of what was known of the two when they were matched (see people.fingerprint); empty without a mentor.
    facts = models.CharField(max_length=16, blank=True)
    # Their best mentors in this round, as [mentor, score].
    choices = models.JSONField(default=list)

    objects = PairQuerySet.as_manager()

    privacy = Privacy(operational="id version", personal="wanted mentor score reasons why facts choices")

    class Meta:
        ordering = ["version", "id"]
        indexes = [models.Index(fields=["version", "mentor"])]
        constraints = [
            models.UniqueConstraint(fields=["version", "wanted"], name="round_pair_once"),
            models.CheckConstraint(
                name="round_pair_scored",
                condition=Q(mentor__isnull=True, score__isnull=True, facts="")
                | (Q(mentor__isnull=False, score__isnull=False) & ~Q(facts="")),
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.wanted.clinician}"
