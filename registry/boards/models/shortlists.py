"""A shortlist: what it was built from, everybody considered, what was decided, and what was published."""

import uuid

import pgtrigger
from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from registry.boards.fields import Outcome
from registry.boards.models.triggers import changed
from registry.boards.models.vacancies import Transition, Vacancy
from registry.boards.querysets import EntryQuerySet, OfEntryQuerySet, OfShortlistQuerySet, ShortlistQuerySet
from registry.boards.states import SHORTLIST_TRANSITIONS, ShortlistStatus
from registry.clinicians.models import Clinician
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel

REASON_MIN = 10


class Shortlist(ScopedModel):
    """One build of a vacancy's list, with everything needed to build the same bytes again.

    A newer build replaces one that is not published; replaced lists are kept. A published list never
    changes: its header is stored as canonical JSON, and `sha256` is the list's (see `boards.freezing`).
    """

    reference = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    vacancy = models.ForeignKey(Vacancy, models.PROTECT, related_name="shortlists")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=ShortlistStatus, default=ShortlistStatus.WAITING)
    # The specification as `specification.Specification.plain()`.
    inputs = models.JSONField()
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    # Filled by the build.
    scorer_version = models.CharField(max_length=10, blank=True)
    as_of = models.DateField(null=True)
    built_at = models.DateTimeField(null=True)
    built_sha256 = models.CharField(max_length=64, blank=True)
    considered = models.PositiveIntegerField(default=0)
    eligible = models.PositiveIntegerField(default=0)
    # Filled by publication.
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    header = models.TextField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ShortlistQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id reference vacancy number status inputs requested_at requested_by attempts failure scorer_version "
            "as_of built_at built_sha256 considered eligible published_at published_by header sha256"
        )
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["vacancy", "number"], name="shortlist_number_unique_in_vacancy"),
            models.UniqueConstraint(
                fields=["vacancy"],
                condition=Q(status__in=["waiting", "building"]),
                name="shortlist_one_being_built_per_vacancy",
            ),
            models.UniqueConstraint(
                fields=["vacancy"],
                condition=Q(status__in=["built", "published"]),
                name="shortlist_one_current_per_vacancy",
            ),
            models.CheckConstraint(
                name="shortlist_built_whole",
                condition=Q(status__in=["waiting", "building", "failed"], built_at__isnull=True, as_of__isnull=True)
                | (
                    Q(status__in=["built", "published", "replaced"], built_at__isnull=False, as_of__isnull=False)
                    & ~Q(built_sha256="")
                    & ~Q(scorer_version="")
                ),
            ),
            models.CheckConstraint(
                name="shortlist_published_whole",
                condition=(
                    ~Q(status="published")
                    & Q(published_at__isnull=True, published_by__isnull=True, header__isnull=True, sha256="")
                )
                | (
                    Q(status="published", published_at__isnull=False, published_by__isnull=False)
                    & Q(header__isnull=False)
                    & ~Q(sha256="")
                ),
            ),
            models.CheckConstraint(condition=Q(eligible__lte=F("considered")), name="shortlist_eligible_considered"),
        ]
        triggers = [
            pgtrigger.FSM(name="status_moves", field="status", transitions=list(SHORTLIST_TRANSITIONS)),
            pgtrigger.ReadOnly(
                name="inputs_fixed",
                fields=["reference", "vacancy", "number", "inputs", "requested_at", "requested_by"],
            ),
            pgtrigger.Protect(
                name="build_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__built_at__isnull=False)
                & changed("scorer_version", "as_of", "built_at", "built_sha256", "considered", "eligible"),
            ),
            pgtrigger.Protect(
                name="published_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"List {self.number} for {self.vacancy}"

    @property
    def is_published(self) -> bool:
        return self.status == ShortlistStatus.PUBLISHED


class ShortlistTransition(Transition):
    """A shortlist's steps."""

    shortlist = models.ForeignKey(Shortlist, models.PROTECT, related_name="transitions", editable=False)

    objects = OfShortlistQuerySet.as_manager()

    privacy = Privacy(operational="id shortlist from_status to_status at by reason")

    class Meta(Transition.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.from_status} to {self.to_status}"


# What is known about a person goes with the person: when the clinician is erased, the entry keeps its
# place, its outcome for the counts and (if published) its SHA-256, and loses everything else.
_FORGET = """
    IF OLD.clinician_id IS NOT NULL AND NEW.clinician_id IS NULL THEN
        UPDATE boards_entrydecision SET reason = '' WHERE entry_id = OLD.id;
        UPDATE boards_publishedentry SET content = NULL WHERE entry_id = OLD.id;
        NEW := OLD;
        NEW.clinician_id := NULL;
        NEW.facts := '{}'::jsonb;
        NEW.contributions := '[]'::jsonb;
        NEW.failures := '[]'::jsonb;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the entries of a shortlist never change';
"""


class ShortlistEntry(ScopedModel):
    """One person of the pool: their place and contributions, or the criteria they did not meet.

    `reference` is the candidate's name towards the outside: random, new in each list. `position` is the
    place in the list, `rank` the same for equal totals.
    """

    shortlist = models.ForeignKey(Shortlist, models.CASCADE, related_name="entries")
    clinician = models.ForeignKey(Clinician, models.SET_NULL, null=True, related_name="+")
    reference = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    position = models.PositiveIntegerField(null=True)
    rank = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    # `specification.Facts.plain()`; [{criterion, title, weight, figure, full, points, words}];
    # [{criterion, title, needed, found}].
    facts = models.JSONField()
    contributions = models.JSONField(default=list)
    failures = models.JSONField(default=list)
    first_failed = models.CharField(max_length=20, blank=True)

    objects = EntryQuerySet.as_manager()

    privacy = Privacy(
        operational="id shortlist reference",
        personal="clinician",
        confidential="position rank total facts contributions failures first_failed",
    )

    class Meta:
        verbose_name_plural = "shortlist entries"
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "clinician"], name="entry_person_once_in_shortlist"),
            models.UniqueConstraint(fields=["shortlist", "position"], name="entry_position_once_in_shortlist"),
            models.CheckConstraint(
                name="entry_placed_or_not_eligible",
                condition=Q(position__isnull=False, rank__isnull=False, total__isnull=False, first_failed="")
                | (Q(position__isnull=True, rank__isnull=True, total__isnull=True) & ~Q(first_failed="")),
            ),
            models.CheckConstraint(condition=Q(rank__isnull=True) | Q(rank__lte=F("position")), name="entry_rank"),
        ]
        indexes = [
            models.Index(fields=["shortlist", "first_failed", "id"]),
            models.Index(fields=["shortlist", "rank"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="never_changed_only_forgotten", operation=pgtrigger.Update, when=pgtrigger.Before, func=_FORGET
            )
        ]

    def __str__(self) -> str:
        return str(self.clinician) if self.clinician_id else "Somebody no longer in the registry"


class EntryDecision(ScopedModel):
    """A named person's decision about a candidate, with the reason; a change of mind is a new row."""

    entry = models.ForeignKey(ShortlistEntry, models.CASCADE, related_name="decisions", editable=False)
    outcome = models.CharField(max_length=7, choices=Outcome)
    reason = models.CharField(max_length=1000, validators=[MinLengthValidator(REASON_MIN)])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OfEntryQuerySet.as_manager()

    privacy = Privacy(operational="id entry by at", confidential="outcome reason")

    class Meta:
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(
                name="never_changed_only_forgotten",
                operation=pgtrigger.Update,
                condition=changed("entry", "outcome", "by", "at") | ~pgtrigger.Q(new__reason=""),
            ),
            pgtrigger.Trigger(
                name="only_on_a_built_list",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    PERFORM 1 FROM boards_shortlistentry e JOIN boards_shortlist s ON s.id = e.shortlist_id
                        WHERE e.id = NEW.entry_id AND e.position IS NOT NULL AND s.status = 'built'
                        FOR SHARE OF s;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'only candidates of a list that is built and not published are decided about';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class PublishedEntry(ScopedModel):
    """An included candidate as published: canonical JSON and its SHA-256, which the database checks.

    Never changed; only emptied, leaving the SHA-256, when the person is erased from the registry.
    """

    shortlist = models.ForeignKey(Shortlist, models.PROTECT, related_name="published_entries", editable=False)
    entry = models.OneToOneField(ShortlistEntry, models.PROTECT, related_name="published", editable=False)
    position = models.PositiveIntegerField(editable=False)
    content = models.TextField(null=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    objects = OfShortlistQuerySet.as_manager()

    privacy = Privacy(operational="id shortlist entry position sha256", confidential="content")

    class Meta:
        ordering = ["shortlist", "position"]
        constraints = [
            models.UniqueConstraint(fields=["shortlist", "position"], name="published_entry_position_once"),
            models.CheckConstraint(
                name="published_entry_sha256_of_content",
                condition=Q(content__isnull=True)
                | Q(
                    sha256=Func(
                        Func(
                            Func(F("content"), Value("UTF8"), function="convert_to"),
                            function="sha256",
                        ),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="never_changed_only_forgotten",
                operation=pgtrigger.Update,
                condition=changed("shortlist", "entry", "position", "sha256") | pgtrigger.Q(new__content__isnull=False),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Position {self.position}"
