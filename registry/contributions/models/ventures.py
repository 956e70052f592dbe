"""A venture and what belongs to it: stages, funding, partners, declarations of interest, consent to be shown."""

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.clinicians.models import Clinician
from registry.contributions.models.changes import LINE_LENGTH, PROSE_LENGTH, TITLE_LENGTH
from registry.contributions.querysets import (
    ConsentQuerySet,
    DeclarationQuerySet,
    OfVentureQuerySet,
    VentureQuerySet,
)
from registry.contributions.states import PartnerKind, Stage
from registry.contributions.triggers import (
    append_only,
    decided_is_final,
    kept,
    only_these_transitions,
    somebody_else_decides,
    stays,
)
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation

REASON_LENGTH = 1000
MOST_POUNDS = 1_000_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2100


@pghistory.track()
class Venture(ScopedModel):
    """A new service, product or business that a clinician builds."""

    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="ventures")
    title = models.CharField("name", max_length=TITLE_LENGTH)
    problem = models.TextField("the problem it solves, and for whom", max_length=PROSE_LENGTH)
    business_model = models.TextField("how it works, and who pays for it", max_length=PROSE_LENGTH)
    stage = models.CharField(max_length=9, choices=Stage, default=Stage.IDEA)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = VentureQuerySet.as_manager()

    privacy = Privacy(operational="id created_at", personal="clinician title problem business_model stage")

    class Meta:
        ordering = ["-id"]
        triggers = [only_these_transitions(), stays("clinician"), kept()]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def showcase(cls) -> Any:
        """Those that everybody signed in may see: cleared, and their owner agrees; both as of this moment."""
        return cls.objects.cleared().shown()


class VentureTransition(ScopedModel):
    """One step of a venture: who, when and why; the first has no stage before it."""

    venture = models.ForeignKey(Venture, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=9, choices=Stage, blank=True, editable=False)
    after = models.CharField(max_length=9, choices=Stage, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = OfVentureQuerySet.as_manager()

    privacy = Privacy(operational="id venture at", personal="before after by reason")

    class Meta:
        ordering = ["venture", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()}, {self.at}"


@pghistory.track()
class Funding(ScopedModel):
    """Money that a venture received or was promised."""

    venture = models.ForeignKey(Venture, models.CASCADE, related_name="funding")
    source = models.CharField("who gave it", max_length=LINE_LENGTH)
    amount = models.PositiveIntegerField("amount in whole pounds")
    year = models.PositiveSmallIntegerField()

    objects = OfVentureQuerySet.as_manager()

    privacy = Privacy(operational="id venture", personal="source amount year")

    class Meta:
        ordering = ["venture", "-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=MOST_POUNDS), name="funding_amount_plausible"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="funding_year_plausible"
            ),
        ]

    def __str__(self) -> str:
        return f"£{self.amount:,} from {self.source}, {self.year}"


@pghistory.track()
class Partner(ScopedModel):
    """Whom a venture works with."""

    venture = models.ForeignKey(Venture, models.CASCADE, related_name="partners")
    name = models.CharField(max_length=LINE_LENGTH)
    kind = models.CharField("kind of partner", max_length=10, choices=PartnerKind)

    objects = OfVentureQuerySet.as_manager()

    privacy = Privacy(operational="id venture", personal="name kind")

    class Meta:
        ordering = ["venture", "name", "id"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Declaration(ScopedModel):
    """What somebody declared to their employer about their interests in a venture, and who decided on it.

    A later one replaces it, and has to be decided on anew.
    """

    venture = models.ForeignKey(Venture, models.PROTECT, related_name="declarations")
    # The employer it was made to: after a move it says nothing about the next one.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    text = models.TextField("what you declare", max_length=PROSE_LENGTH)
    declared_at = models.DateTimeField(db_default=Now(), editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)
    # Empty while nobody has decided.
    cleared = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)

    objects = DeclarationQuerySet.as_manager()

    privacy = Privacy(
        operational="id venture organisation declared_at replaced_at decided_at",
        personal="decided_by",
        confidential="text cleared reason",
    )

    class Meta:
        ordering = ["venture", "-id"]
        indexes = [
            models.Index(
                fields=["organisation", "id"],
                condition=Q(replaced_at__isnull=True, cleared__isnull=True),
                name="declaration_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["venture"], condition=Q(replaced_at__isnull=True), name="declaration_one_current"
            ),
            models.CheckConstraint(
                name="declaration_decided_at_by_and_why",
                condition=Q(cleared__isnull=True, decided_at__isnull=True, decided_by__isnull=True, reason="")
                | (Q(cleared__isnull=False, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
            ),
        ]
        triggers = [
            stays("venture", "organisation", "text", "declared_at"),
            decided_is_final(),
            somebody_else_decides(),
            kept(),
        ]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class ShowcaseConsent(ScopedModel):
    """The owner's consent to have a venture shown to everybody signed in, from `given_at` to `withdrawn_at`."""

    venture = models.ForeignKey(Venture, models.CASCADE, related_name="consents")
    given_at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    privacy = Privacy(operational="id", personal="venture given_at withdrawn_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["venture"], condition=Q(withdrawn_at__isnull=True), name="showcase_consent_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="showcase_consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venture}, {self.given_at}"
