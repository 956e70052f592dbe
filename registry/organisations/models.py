"""Organisations and the regions and boards they belonged to, from when to when."""

import datetime

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q

from registry.kernel.privacy import Privacy
from registry.kernel.rows import ReferenceModel
from registry.organisations.querysets import OrganisationQuerySet

ods_code_validator = RegexValidator(
    r"^[A-Z0-9]{3,6}$", "Enter an ODS code: 3 to 6 capital letters and digits, like RJ1."
)


class RegionScheme(models.TextChoices):
    """Which map of England a region belongs to."""

    NHS_ENGLAND = "NHSE", "NHS England regions"
    COMMISSIONING_2013 = "2013", "Commissioning regions of 2013"


class Kind(models.TextChoices):
    """What an organisation is."""

    TRUST = "trust", "NHS trust"
    WELSH_BOARD = "welsh", "Welsh health board or trust"
    ICB = "icb", "Integrated care board"


class Region(ReferenceModel):
    """A region of one scheme; the regions of 2013 are kept beside today's."""

    scheme = models.CharField(max_length=4, choices=RegionScheme)
    code = models.CharField(max_length=6)
    name = models.CharField(max_length=60)
    # The 2013 region that today's region lies in; today's regions only.
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")

    privacy = Privacy(operational="id scheme code name part_of")
    open_because = "the regions of England are public"

    class Meta:
        ordering = ["scheme", "name"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="region_code_unique_in_scheme")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Organisation(ReferenceModel):
    """A trust, board or integrated care board; closed ones are kept."""

    ods_code = models.CharField(max_length=6, unique=True, validators=[ods_code_validator])
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=5, choices=Kind)
    foundation_trust = models.BooleanField(default=False)
    address = models.CharField(max_length=400, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    # The day of the ODS file that last changed this row; an older file never overrules it.
    as_of = models.DateField(null=True, blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    privacy = Privacy(
        operational="id ods_code name kind foundation_trust address postcode phone opened_on closed_on as_of"
    )
    open_because = "ODS publishes every organisation"

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(ods_code__regex=r"^[A-Z0-9]{3,6}$"), name="organisation_ods_code_form"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="organisation_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, on: datetime.date) -> bool:
        """Whether it existed on this day; the closing date is its last day."""
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or on <= self.closed_on)


class DatedLink(ReferenceModel):
    """A link that holds during `period` (lower bound included, upper bound not)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE)
    period = DateRangeField()

    privacy = Privacy(operational="id organisation period")
    open_because = "ODS publishes every link"

    class Meta:
        abstract = True

    @property
    def last_day(self) -> datetime.date | None:
        """The last day it holds, as people write periods; None while it holds."""
        return self.period.upper - datetime.timedelta(days=1) if self.period.upper else None


def no_overlap(name: str) -> ExclusionConstraint:
    """One organisation has at most one such link on any day.

    A multirange index would need btree_gist, which is outside core PostgreSQL; the organisation's
    key is therefore compared as a range of its own.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[
            (
                Func(F("organisation"), F("organisation"), models.Value("[]"), function="int8range"),
                RangeOperators.OVERLAPS,
            ),
            ("period", RangeOperators.OVERLAPS),
        ],
    )


class RegionLink(DatedLink):
    """The NHS England region an organisation lay in."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="region_links")
    region = models.ForeignKey(Region, models.PROTECT, related_name="links")

    privacy = Privacy(operational="id organisation region period")

    class Meta:
        constraints = [no_overlap("region_link_one_at_a_time")]


class BoardLink(DatedLink):
    """The integrated care board an organisation lay under."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="board_links")
    board = models.ForeignKey(Organisation, models.PROTECT, related_name="member_links")

    privacy = Privacy(operational="id organisation board period")

    class Meta:
        constraints = [no_overlap("board_link_one_at_a_time")]
