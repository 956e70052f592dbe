"""The states of an import, and which may follow which, as data."""

from django.db import models


class BatchState(models.TextChoices):
    """Where a file is between being uploaded and being on the registry."""

    CHECKING = "checking", "Being checked"
    READY = "ready", "Ready to confirm"
    WRITING = "writing", "Being imported"
    DONE = "done", "Imported"
    DISCARDED = "discarded", "Discarded"
    EXPIRED = "expired", "Not confirmed in time"
    FAILED = "failed", "Failed"


B = BatchState

# The database holds imports to this table too (pgtrigger.FSM). An import whose registry has changed
# between preview and writing goes back to be checked again.
BATCH_TRANSITIONS: tuple[tuple[BatchState, BatchState], ...] = (
    (B.CHECKING, B.READY),
    (B.CHECKING, B.DISCARDED),
    (B.CHECKING, B.EXPIRED),
    (B.CHECKING, B.FAILED),
    (B.READY, B.WRITING),
    (B.READY, B.DISCARDED),
    (B.READY, B.EXPIRED),
    (B.WRITING, B.DONE),
    (B.WRITING, B.CHECKING),
    (B.WRITING, B.FAILED),
)

AT_WORK = (B.CHECKING, B.WRITING)
UNCONFIRMED = (B.CHECKING, B.READY)


class ExportState(models.TextChoices):
    """Where a long export is; once its file is removed it can be asked for again."""

    WAITING = "waiting", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    REMOVED = "removed", "Removed"
