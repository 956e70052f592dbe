"""The catalogue: programmes, their versions with stages and gates, and the criteria that gates publish."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from programmes.fields import Delivery, GateKind, ProgrammeKind, StageKind, Tier
from programmes.states import VersionState
from programmes.triggers import of_a_draft_version
from registry.clinicians.fields import CareerStage, Profession
from registry.competency.models import Domain
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel
from registry.organisations.models import Organisation, Region

PROSE_LENGTH = 4000
OPEN_BECAUSE = "the catalogue is published, rules and criteria included, so that everybody knows what is asked"


@pghistory.track()
class Programme(ReferenceModel):
    """A leadership programme, and what it is meant to achieve; run by the leads of one organisation."""

    code = models.SlugField("short name for addresses", max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField("kind", max_length=12, choices=ProgrammeKind)
    tier = models.PositiveSmallIntegerField(choices=Tier)
    intended_outcome = models.TextField("what it is meant to achieve", max_length=PROSE_LENGTH)
    description = models.TextField("what it is", max_length=PROSE_LENGTH, blank=True)
    # Whose leads run it.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="programmes")
    provider = models.CharField("provider", max_length=160)
    delivery = models.CharField("how it is delivered", max_length=8, choices=Delivery)
    # Today's region or one of 2013, by whose scheme the money is held; empty: the whole of England.
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="programmes")
    budget_holder = models.CharField("budget holder", max_length=160, blank=True)
    # Empty lists restrict nothing: programmes are for every profession unless they say otherwise.
    professions = ArrayField(models.CharField(max_length=24, choices=Profession), default=list, blank=True)
    career_stages = ArrayField(models.CharField(max_length=12, choices=CareerStage), default=list, blank=True)
    level = models.CharField("level of study", max_length=80, blank=True)
    award = models.CharField(max_length=160, blank=True)
    length_weeks = models.PositiveSmallIntegerField("length in weeks")
    cost_per_place = models.PositiveIntegerField("cost of a place in pounds", default=0)
    domains = models.ManyToManyField(Domain, related_name="+", blank=True, verbose_name="domains it develops")
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    privacy = Privacy(
        operational=(
            "id code name kind tier intended_outcome description organisation provider delivery region budget_holder "
            "professions career_stages level award length_weeks cost_per_place retired_at created_at"
        )
    )
    open_because = OPEN_BECAUSE

    class Meta:
        ordering = ["tier", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(intended_outcome=""), name="programme_says_what_it_is_for"),
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=5), name="programme_tier_1_to_5"),
            models.CheckConstraint(condition=Q(length_weeks__gte=1, length_weeks__lte=520), name="programme_length"),
            models.CheckConstraint(condition=Q(cost_per_place__lte=1_000_000), name="programme_cost_plausible"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ProgrammeVersion(ReferenceModel):
    """The stages and gates of a programme as they were at one time; final once published."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=VersionState, default=VersionState.DRAFT)
    # What whoever takes a place says yes to.
    expectations = models.TextField("what you and we expect of each other", max_length=PROSE_LENGTH, blank=True)
    note = models.CharField("what is new", max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    # No new cohort opens on it: a later one has taken its place, or it was wrong.
    closed_at = models.DateTimeField(null=True, editable=False)

    privacy = Privacy(operational="id programme number state expectations note published_at published_by closed_at")
    open_because = OPEN_BECAUSE

    class Meta:
        ordering = ["programme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="programme_version_number_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state="draft"), name="programme_version_one_draft"
            ),
            models.CheckConstraint(
                name="programme_version_published_at_and_by",
                condition=Q(state="draft", published_at__isnull=True, published_by__isnull=True)
                | Q(state="published", published_at__isnull=False, published_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_moves", field="state", transitions=[("draft", "published")]),
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'published' AND (OLD.programme_id, OLD.number, OLD.state, OLD.expectations, OLD.note,"
                    " OLD.published_at, OLD.published_by_id) IS DISTINCT FROM (NEW.programme_id, NEW.number, NEW.state,"
                    " NEW.expectations, NEW.note, NEW.published_at, NEW.published_by_id)"
                ),
            ),
            pgtrigger.Protect(
                name="published_is_kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__state="published")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, version {self.number}"


@pghistory.track()
class Stage(ReferenceModel):
    """A part of a programme that somebody does, in order; its milestone is that it is done."""

    version = models.ForeignKey(ProgrammeVersion, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=StageKind)
    weeks = models.PositiveSmallIntegerField("length in weeks", default=1)
    # Whoever has a recognised equivalent of the programme's tier need not do it.
    exempt_by_equivalence = models.BooleanField("not needed with recognised earlier learning", default=False)

    privacy = Privacy(operational="id version position name kind weeks exempt_by_equivalence")
    open_because = OPEN_BECAUSE

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="stage_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(weeks__gte=1, weeks__lte=520), name="stage_weeks_plausible"),
        ]
        triggers = [of_a_draft_version("version_id")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Gate(ReferenceModel):
    """What must be passed before the next gate, and before a place; which fields count follows from its kind."""

    version = models.ForeignKey(ProgrammeVersion, models.CASCADE, related_name="gates")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=GateKind)
    # A prerequisite: any programme of this tier or higher completed, or this one; or a recognised equivalent.
    prerequisite_tier = models.PositiveSmallIntegerField(choices=Tier, null=True, blank=True)
    prerequisite = models.ForeignKey(Programme, models.PROTECT, null=True, blank=True, related_name="+")
    # An agreed level of at least this, in this domain (1 to 5).
    domain = models.ForeignKey(Domain, models.PROTECT, null=True, blank=True, related_name="+")
    minimum_level = models.PositiveSmallIntegerField("at least this level", null=True, blank=True)
    career_stages = ArrayField(models.CharField(max_length=12, choices=CareerStage), default=list, blank=True)
    # Of scored gates: how many read each, how far they may differ before one more does, and what is enough.
    assessors = models.PositiveSmallIntegerField("independent assessors", null=True, blank=True)
    spread_limit = models.PositiveSmallIntegerField("points they may differ by", null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField("points needed on average", null=True, blank=True)

    privacy = Privacy(
        operational=(
            "id version position kind prerequisite_tier prerequisite domain minimum_level career_stages assessors "
            "spread_limit pass_mark"
        )
    )
    open_because = OPEN_BECAUSE

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="gate_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["version", "kind"],
                condition=Q(kind__in=["endorsement", "written", "interview", "stage"]),
                name="gate_kind_once",
            ),
            models.CheckConstraint(
                name="gate_prerequisite_names_one",
                condition=~Q(kind="prerequisite")
                | Q(prerequisite_tier__isnull=False, prerequisite__isnull=True)
                | Q(prerequisite_tier__isnull=True, prerequisite__isnull=False),
            ),
            models.CheckConstraint(
                name="gate_level_names_domain_and_minimum",
                condition=~Q(kind="level") | Q(domain__isnull=False, minimum_level__gte=1, minimum_level__lte=5),
            ),
            models.CheckConstraint(
                name="gate_stage_names_stages", condition=~Q(kind="stage") | Q(career_stages__len__gt=0)
            ),
            models.CheckConstraint(
                name="gate_scored_says_how",
                condition=~Q(kind__in=["written", "interview"])
                | Q(assessors__gte=2, assessors__lte=6, spread_limit__isnull=False, pass_mark__isnull=False),
            ),
        ]
        triggers = [of_a_draft_version("version_id")]

    def __str__(self) -> str:
        return self.get_kind_display()


@pghistory.track()
class Criterion(ReferenceModel):
    """What assessors score from 0 to 3 at a scored gate, published before anybody applies."""

    gate = models.ForeignKey(Gate, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    # What the applicant is asked, where the gate is a written application.
    question = models.CharField("what applicants are asked", max_length=500, blank=True)
    full_marks = models.CharField("what earns 3 points", max_length=500, blank=True)
    weight = models.PositiveSmallIntegerField(default=1)

    privacy = Privacy(operational="id gate position name question full_marks weight")
    open_because = OPEN_BECAUSE

    class Meta:
        ordering = ["gate", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["gate", "position"], name="criterion_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=10), name="criterion_weight_1_to_10"),
        ]
        triggers = [of_a_draft_version("gate_id")]

    def __str__(self) -> str:
        return self.name
