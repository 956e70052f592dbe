"""Tables on their way out: as a file at once, or in the background where they are long."""

import datetime
from collections.abc import Callable, Iterator
from functools import partial

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from registry.accounts.models import User
from registry.appraisals.officers.sheets import PERMISSIONS, SHEETS, Sheet
from registry.audit.context import acting
from registry.kernel.permissions import Permission
from registry.nhsuk.downloads import CSV_TYPE, as_csv
from registry.transfers import progress
from registry.transfers.exports import XLSX_TYPE, as_xlsx
from registry.transfers.models import ExportJob, FileKind
from registry.transfers.states import ExportState

# What one must be allowed to see over others for a table that is long enough to be made in the background.
PERMISSION = Permission.APPRAISAL_VIEW
TELL_EVERY = 500
MOST_ATTEMPTS = 3
TYPES = {FileKind.CSV: CSV_TYPE, FileKind.XLSX: XLSX_TYPE}


def as_file(sheet: Sheet, kind: FileKind, on_row: Callable[[int], None] = lambda done: None) -> bytes:
    """The bytes of the file; what a spreadsheet would take for a formula is kept as text."""

    def counted() -> Iterator[list[str]]:
        for done, row in enumerate(sheet.rows()):
            if done % TELL_EVERY == 0:
                on_row(done)
            yield row

    if kind == FileKind.CSV:
        return as_csv(sheet.headings, counted())
    return as_xlsx(sheet.title, sheet.headings, counted())


@transaction.atomic
def ask(*, name: str, kind: FileKind, query: str, total: int, start: Callable[[int], object], by: User) -> ExportJob:
    """Have a long table made in the background; `start` is called with the job's key once all is committed."""
    job = ExportJob(name=name, kind=kind, query=query, total=total, asked_by=by)
    _keep_scope(job)
    job.save()
    transaction.on_commit(partial(start, job.pk))
    return job


def make(job_id: int) -> None:
    """Make the file with what the person may see now; safe to run twice, and twice at once.

    Given up at the fourth attempt: whatever killed the worker three times would kill it again.
    """
    if _begun(job_id):
        _make(job_id)


@transaction.atomic
def _begun(job_id: int) -> bool:
    """Count the attempt, for good, before anything is made: a worker that is killed cannot count it afterwards."""
    job = _waiting(job_id)
    if job is None:
        return False
    if job.attempts >= MOST_ATTEMPTS:
        fail(job_id, "It was begun three times and broke off each time. Narrow the list with its filters.")
        return False
    job.attempts, job.attempted_at = job.attempts + 1, timezone.now()
    job.save(update_fields=["attempts", "attempted_at"])
    return True


def _waiting(job_id: int) -> ExportJob | None:
    """The job, locked, while it waits and nobody else is at it."""
    held = ExportJob.in_background().select_for_update(of=("self",), skip_locked=True)
    found: ExportJob | None = held.select_related("asked_by").filter(pk=job_id, state=ExportState.WAITING).first()
    return found


def _keep_scope(job: ExportJob) -> None:
    """Note whose people the file may hold, so that it is reached only by somebody who may see them all."""
    scope = job.asked_by.scope_for(PERMISSIONS[job.name])
    job.everything, job.organisation_ids = scope.everything, sorted(scope.organisation_ids)


@transaction.atomic
def _make(job_id: int) -> None:
    job = _waiting(job_id)
    if job is None:
        return
    _keep_scope(job)
    with acting(via="task"):
        sheet = SHEETS[job.name](job.asked_by, QueryDict(job.query))
        job.content = as_file(
            sheet, FileKind(job.kind), lambda done: progress.tell(job_id, done, sheet.count, job="export")
        )
        sheet.trace()
    job.state, job.finished_at = ExportState.READY, timezone.now()
    job.save(update_fields=["content", "state", "finished_at", "everything", "organisation_ids"])


def fail(job_id: int, reason: str = "") -> None:
    """Mark an export whose work broke off, with what its asker is told."""
    ExportJob.in_background().filter(pk=job_id, state=ExportState.WAITING).update(
        state=ExportState.FAILED, reason=reason, finished_at=timezone.now()
    )


def remove_old(now: datetime.datetime) -> None:
    """Remove files that have been kept long enough; that they were made stays on record."""
    before = now - datetime.timedelta(days=settings.EXPORT_KEEP_DAYS)
    ExportJob.in_background().to_remove(before).update(state=ExportState.REMOVED, content=None)
