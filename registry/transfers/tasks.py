"""Imports and exports in the background: check, write, make, take up what was lost, forget in time."""

import datetime
from collections.abc import Callable

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from registry.competency.history.actions import discard_forgotten
from registry.kernel.errors import Invalid
from registry.transfers import exporting, processing
from registry.transfers.models import ExportJob, ImportBatch
from registry.transfers.states import BatchState

# Longer than a task may run (settings.CELERY_TASK_TIME_LIMIT).
LOST_AFTER = datetime.timedelta(minutes=15)


@shared_task
def check(batch_id: int) -> None:
    """Check an uploaded file."""
    _work(processing.check_batch, batch_id)


@shared_task
def write(batch_id: int) -> None:
    """Write a confirmed import."""
    _work(processing.write_batch, batch_id)


@shared_task
def make_export(job_id: int) -> None:
    """Make the file of a long export."""
    try:
        exporting.make(job_id)
    except Invalid as refused:
        exporting.fail(job_id, refused.message)
    except Exception:
        exporting.fail(job_id)
        raise


@shared_task
def take_up_lost() -> None:
    """Start again what has been at work for longer than a task may run: Redis had lost its task."""
    since = timezone.now() - LOST_AFTER
    for batch in ImportBatch.in_background().held_up(since):
        (check if batch.state == BatchState.CHECKING else write).delay(batch.pk)
    for job in ExportJob.in_background().held_up(since):
        make_export.delay(job.pk)


@shared_task
def forget_old() -> None:
    """Expire and forget what is due today; safe to run twice."""
    processing.forget_old(timezone.now())
    exporting.remove_old(timezone.now())
    discard_forgotten(timezone.now())


def _work(job: Callable[[int], None], batch_id: int) -> None:
    try:
        job(batch_id)
    except SoftTimeLimitExceeded:
        processing.fail_batch(batch_id, "It took too long. Split the file into smaller ones.")
        raise
    except Exception:
        processing.fail_batch(batch_id, "Something went wrong, and nothing was imported. Try again later.")
        raise
