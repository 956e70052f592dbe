"""Files on their way: a staff import with its rows and states, and a long export."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from registry.clinicians.fields import Sector
from registry.clinicians.intake.rows import Verdict
from registry.clinicians.models import Clinician
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.kernel.scope import EVERYTHING
from registry.organisations.models import Organisation
from registry.transfers.querysets import ExportJobQuerySet, ImportBatchQuerySet, OfBatchQuerySet
from registry.transfers.states import BATCH_TRANSITIONS, BatchState, ExportState


@pghistory.track()
class ImportBatch(ScopedModel):
    """One uploaded staff file. The file itself is not kept: its rows are, until they are forgotten."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.CHECKING)
    # Of new people whose row names none: the trust file of ODS does not say what a trust is.
    sector = models.CharField("sector where a row names none", max_length=14, choices=Sector)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    unknown_headings = models.JSONField(default=list)
    # Why the state is what it is, where it needs saying.
    reason = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField()
    to_add = models.PositiveIntegerField(default=0)
    to_change = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)
    # Nobody where a command did it.
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())
    forgotten_at = models.DateTimeField(null=True)

    objects = ImportBatchQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id organisation state sector sha256 size unknown_headings reason total to_add to_change same left_out "
            "errors uploaded_at confirmed_at changed_at forgotten_at"
        ),
        personal="file_name uploaded_by confirmed_by",
    )

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=False),
                name="import_confirmed_by_somebody_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[BatchState.WRITING, BatchState.DONE]) | Q(confirmed_at__isnull=False),
                name="import_written_only_when_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[BatchState.READY, BatchState.DONE])
                | Q(total=F("to_add") + F("to_change") + F("same") + F("left_out") + F("errors")),
                name="import_counts_every_row_once",
            ),
        ]
        triggers = [pgtrigger.FSM(name="states", field="state", transitions=list(BATCH_TRANSITIONS))]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def in_background(cls) -> ImportBatchQuerySet:
        """Every import, for tasks, which act for nobody; pages start from `visible_to`."""
        return ImportBatchQuerySet(cls).within(EVERYTHING)

    @property
    def writes(self) -> int:
        """How many rows will change, or have changed, the registry."""
        return self.to_add + self.to_change

    def counts(self) -> dict[Verdict, int]:
        """Rows by verdict, in the order people read them."""
        return {
            Verdict.ERROR: self.errors,
            Verdict.ADD: self.to_add,
            Verdict.CHANGE: self.to_change,
            Verdict.SAME: self.same,
            Verdict.LEFT_OUT: self.left_out,
        }


class OfBatch(ScopedModel):
    """Something that belongs to one import."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE)

    objects = OfBatchQuerySet.as_manager()

    class Meta:
        abstract = True


class ImportRow(OfBatch):
    """One row of the file: what it said, until that is forgotten; what it did, for good."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("row")
    # Cells by column, as text; see `columns.payload_of`.
    payload = models.JSONField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    # Both: pairs of a column (or "" for the whole row) and a sentence.
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    # Triples of what, its words before, and after.
    changes = models.JSONField(default=list)
    clinician = models.ForeignKey(Clinician, models.SET_NULL, null=True, related_name="+")

    privacy = Privacy(operational="id batch number verdict", personal="payload problems notes changes clinician")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_number_unique")]
        indexes = [models.Index(fields=["batch", "verdict", "number"])]

    def __str__(self) -> str:
        return f"Row {self.number}"

    @property
    def name(self) -> str:
        """Whom the row is about, as the file says it; empty once forgotten."""
        cells = (self.payload or {}).get("cells", {})
        return " ".join(cells[key] for key in ("given_name", "family_name") if key in cells)


class BatchTransition(OfBatch):
    """A state an import has been in, since when, through whom and why; append-only."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="transitions")
    state = models.CharField(max_length=10, choices=BatchState)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    privacy = Privacy(operational="id batch state at reason", personal="by")

    class Meta:
        ordering = ["id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at}"


class FileKind(models.TextChoices):
    """What a table can be exported as."""

    CSV = "csv", "CSV file"
    XLSX = "xlsx", "Excel file"


@pghistory.track(exclude=["content"])
class ExportJob(ScopedModel):
    """A table too long to make while somebody waits: what was asked for, and the file until it is removed."""

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=4, choices=FileKind)
    # The filters of the page, as in its address.
    query = models.TextField(blank=True)
    state = models.CharField(max_length=7, choices=ExportState, default=ExportState.WAITING)
    # Why it could not be made, where that needs saying.
    reason = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField()
    # Whose people may be in the file: everybody's, or those of these organisations.
    everything = models.BooleanField(default=False)
    organisation_ids = ArrayField(models.BigIntegerField(), default=list)
    # How often the file was begun, and when last: what kills its worker is not begun for ever.
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)

    objects = ExportJobQuerySet.as_manager()

    privacy = Privacy(
        operational=(
            "id name kind state reason total everything organisation_ids attempts attempted_at asked_at finished_at"
        ),
        personal="query asked_by",
        confidential="content",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ExportState.READY, content__isnull=False, finished_at__isnull=False)
                | (~Q(state=ExportState.READY) & Q(content__isnull=True)),
                name="export_has_its_file_while_it_is_ready",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}.{self.kind}"

    @classmethod
    def in_background(cls) -> ExportJobQuerySet:
        """Every export, for tasks; pages start from `visible_to`."""
        return ExportJobQuerySet(cls)
