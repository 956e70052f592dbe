"""Tables on their way out: as a file at once, or in the background where they are long."""

import datetime
from collections.abc import Callable, Iterator
from functools import partial

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from registry.accounts.models import User
from registry.appraisals.officers.sheets import SHEETS, Sheet
from registry.audit.context import acting
from registry.kernel.permissions import Permission
from registry.nhsuk.downloads import CSV_TYPE, as_csv
from registry.transfers import progress
from registry.transfers.exports import XLSX_TYPE, as_xlsx
from registry.transfers.models import ExportJob, FileKind
from registry.transfers.states import ExportState

# What one must be allowed to see over others for any of the tables.
PERMISSION = Permission.APPRAISAL_VIEW
TELL_EVERY = 500
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
    job.save()
    transaction.on_commit(partial(start, job.pk))
    return job


@transaction.atomic
def make(job_id: int) -> None:
    """Make the file with what the person may see now; safe to run twice, and twice at once."""
    held = ExportJob.in_background().select_for_update(of=("self",), skip_locked=True)
    job = held.select_related("asked_by").filter(pk=job_id, state=ExportState.WAITING).first()
    if job is None:
        return
    with acting(via="task"):
        sheet = SHEETS[job.name](job.asked_by, QueryDict(job.query))
        job.content = as_file(
            sheet, FileKind(job.kind), lambda done: progress.tell(job_id, done, sheet.count, job="export")
        )
        sheet.trace()
    job.state, job.finished_at = ExportState.READY, timezone.now()
    job.save(update_fields=["content", "state", "finished_at"])


def fail(job_id: int) -> None:
    """Mark an export whose work broke off."""
    ExportJob.in_background().filter(pk=job_id, state=ExportState.WAITING).update(
        state=ExportState.FAILED, finished_at=timezone.now()
    )


def remove_old(now: datetime.datetime) -> None:
    """Remove files that have been kept long enough; that they were made stays on record."""
    before = now - datetime.timedelta(days=settings.EXPORT_KEEP_DAYS)
    ExportJob.in_background().to_remove(before).update(state=ExportState.REMOVED, content=None)
