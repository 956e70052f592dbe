"""Results from before the registry, or from outside it: what was imported, by whom, and the levels themselves."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from registry.clinicians.models import Clinician
from registry.clinicians.querysets import OfClinicianQuerySet
from registry.competency.models.frameworks import Element
from registry.competency.querysets import HistoryImportQuerySet
from registry.competency.states import HISTORY_TRANSITIONS, HistoryState
from registry.competency.triggers import history_goes_whole, history_never_changes
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation


class HistoryKind(models.TextChoices):
    """What a file of results holds."""

    LQF_360 = "lqf-360", "LQF 360 results"
    EXTERNAL = "external", "Results of other assessments"


@pghistory.track(exclude=["rows", "problems", "preview"])
class HistoryImport(ScopedModel):
    """One uploaded file of results. Its rows are kept only until somebody confirms or discards it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=HistoryKind)
    state = models.CharField(max_length=10, choices=HistoryState, default=HistoryState.READY)
    file_name = models.CharField(max_length=200)
    total = models.PositiveIntegerField()
    to_add = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    # As the file says them (`history.rows.Row`), and what is wrong: [number, column or "", sentence].
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    # What the person who confirms was shown: a digest of every level to add, and the first of them
    # ([row, clinician, element, date, instrument, provider, level, how the number was read]).
    digest = models.CharField(max_length=64, blank=True)
    preview = models.JSONField(default=list)
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)
    # Nobody where a command did it.
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = HistoryImportQuerySet.as_manager()

    privacy = Privacy(
        operational="id organisation kind state total to_add same errors digest uploaded_at closed_at",
        personal="file_name problems uploaded_by closed_by",
        confidential="rows preview",
    )

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=HistoryState.READY, closed_at__isnull=True)
                | (~Q(state=HistoryState.READY) & Q(closed_at__isnull=False, rows=[], preview=[])),
                name="history_import_rows_only_until_closed",
            ),
        ]
        triggers = [pgtrigger.FSM(name="states", field="state", transitions=list(HISTORY_TRANSITIONS))]

    def __str__(self) -> str:
        return self.file_name


class HistoricLevel(ScopedModel):
    """One element's level on one day, from one source outside the registry; never edited, never part of `standing`."""

    batch = models.ForeignKey(HistoryImport, models.PROTECT, related_name="levels", editable=False)
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="historic_levels", editable=False)
    element = models.ForeignKey(Element, models.PROTECT, related_name="+", editable=False)
    taken_on = models.DateField(editable=False)
    instrument = models.CharField(max_length=120, editable=False)
    provider = models.CharField(max_length=120, blank=True, editable=False)
    level = models.PositiveSmallIntegerField(editable=False)

    objects = OfClinicianQuerySet.as_manager()

    privacy = Privacy(
        operational="id batch element", personal="clinician taken_on instrument provider", confidential="level"
    )

    class Meta:
        ordering = ["-taken_on", "instrument", "provider", "element"]
        constraints = [
            models.UniqueConstraint(
                "clinician",
                "element",
                "taken_on",
                Lower("instrument"),
                Lower("provider"),
                name="historic_level_once_per_source_and_day",
            ),
            models.CheckConstraint(condition=Q(level__lte=5), name="historic_level_on_a_scale"),
        ]
        triggers = [history_never_changes(), history_goes_whole()]

    def __str__(self) -> str:
        return f"{self.element}: {self.level}"
