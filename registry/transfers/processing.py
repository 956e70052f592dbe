"""The work behind an import, done by a task or a command: check every row, then write what was confirmed."""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pghistory
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.audit.context import acting
from registry.clinicians.fields import Sector
from registry.clinicians.intake.actions import STEPS, take_in
from registry.clinicians.intake.planning import plan
from registry.clinicians.intake.rows import Planned, StaffRow, Verdict
from registry.kernel.clock import today
from registry.kernel.errors import NotAllowed, WrongState
from registry.transfers import progress
from registry.transfers.models import ImportBatch, ImportRow
from registry.transfers.staff_rows import Reading, find_repeats, read_row
from registry.transfers.states import BatchState

CHUNK = 500
RESULTS = ["verdict", "problems", "notes", "changes", "clinician"]


def move(batch: ImportBatch, state: BatchState, *, by: Any = None, reason: str = "") -> None:
    """Bring a locked batch into a state and note since when, through whom and why."""
    batch.state, batch.reason, batch.changed_at = state, reason, timezone.now()
    batch.save()
    batch.transitions.create(state=state, by=by, reason=reason)


@transaction.atomic
def check_batch(batch_id: int) -> None:
    """Read every row, compare it with the registry, and store what it would do; nothing else is written.

    Safe to run twice, and twice at once: whoever comes second finds the batch held, or no longer waiting.
    """
    batch = _held(batch_id, BatchState.CHECKING)
    if batch is None:
        return
    with acting(via="task"), pghistory.context(batch=batch_id):
        rows = list(batch.rows.order_by("number"))
        readings = _read(batch, rows)
        planned = {item.row.number: item for item in _plan(batch, readings)}
        for row, reading in zip(rows, readings, strict=True):
            _store(row, reading, planned.get(row.number))
        _save_results(batch, rows, lambda done: progress.tell(batch_id, len(rows) + done, 2 * len(rows)))
        counts = Counter(row.verdict for row in rows)
        batch.errors, batch.left_out = counts[Verdict.ERROR], counts[Verdict.LEFT_OUT]
        batch.to_add, batch.to_change, batch.same = (
            counts[Verdict.ADD],
            counts[Verdict.CHANGE],
            counts[Verdict.SAME],
        )
        move(batch, BatchState.READY, reason=batch.reason)
    progress.tell(batch_id, 1, 1)


def write_batch(batch_id: int) -> None:
    """Write what was confirmed, all of it or nothing; safe to run twice.

    Where the registry has changed since the preview, so that a row would now do something else, nothing is
    written and the batch is checked again, for somebody to look at and confirm again.
    """
    try:
        with transaction.atomic():
            batch = _held(batch_id, BatchState.WRITING)
            if batch is not None:
                with acting(via="task"), pghistory.context(user=batch.confirmed_by_id, batch=batch_id):
                    _write(batch)
    except (WrongState, IntegrityError):
        check_again(batch_id)
    except NotAllowed as error:
        fail_batch(batch_id, error.message)


@transaction.atomic
def check_again(batch_id: int) -> None:
    """Send a batch that could not be written as confirmed back to be checked, and check it."""
    batch = _held(batch_id, BatchState.WRITING)
    if batch is not None:
        batch.confirmed_at = batch.confirmed_by = None
        move(
            batch,
            BatchState.CHECKING,
            reason="The registry changed after this file was checked, so nothing was imported. "
            "It has been checked again: look at it, and confirm it again.",
        )
        check_batch(batch_id)


@transaction.atomic
def fail_batch(batch_id: int, reason: str) -> None:
    """Mark a batch whose work broke off; nothing of it was written."""
    batch = ImportBatch.in_background().select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is not None and batch.state in {BatchState.CHECKING, BatchState.WRITING}:
        move(batch, BatchState.FAILED, reason=reason)


@transaction.atomic
def forget(batch: ImportBatch) -> None:
    """Remove what the file said; which row did what stays, and so do the counts."""
    batch.rows.update(payload=None, problems=[], notes=[], changes=[])
    batch.forgotten_at = timezone.now()
    batch.save(update_fields=["forgotten_at"])


def forget_old(now: datetime.datetime) -> None:
    """Expire what nobody confirmed in time, and forget the rows of what is finished long enough (see settings)."""
    in_time = now - datetime.timedelta(days=settings.IMPORT_UNCONFIRMED_DAYS)
    for pk in ImportBatch.in_background().to_expire(in_time).values_list("pk", flat=True):
        with transaction.atomic():
            held = ImportBatch.in_background().select_for_update(of=("self",), skip_locked=True)
            batch = held.to_expire(in_time).filter(pk=pk).first()
            if batch is not None:
                move(batch, BatchState.EXPIRED, reason="Nobody confirmed it in time.")
                forget(batch)
    long_enough = now - datetime.timedelta(days=settings.IMPORT_DETAILS_DAYS)
    for batch in ImportBatch.in_background().to_forget(long_enough):
        forget(batch)


def _held(batch_id: int, state: BatchState) -> ImportBatch | None:
    held = ImportBatch.in_background().select_for_update(of=("self",), skip_locked=True)
    return held.select_related("organisation", "confirmed_by").filter(pk=batch_id, state=state).first()


def _read(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[Reading]:
    readings = []
    # Reading is about half of the work; comparing and storing come after.
    for done, row in enumerate(rows):
        if done % CHUNK == 0:
            progress.tell(batch.pk, done, 2 * len(rows))
        readings.append(read_row(row.number, row.payload or {}, today()))
    find_repeats(readings)
    return readings


def _plan(batch: ImportBatch, readings: Sequence[Reading]) -> list[Planned]:
    return plan(rows=_staff(readings), organisation=batch.organisation, sector=Sector(batch.sector))


def _staff(readings: Sequence[Reading]) -> list[StaffRow]:
    return [reading.row for reading in readings if reading.row is not None]


def _store(row: ImportRow, reading: Reading, item: Planned | None) -> None:
    row.problems = [*reading.problems, *(item.problems if item else [])]
    row.notes = [*reading.notes, *(item.notes if item else [])]
    row.verdict, row.changes = _result(item) if item else (Verdict.ERROR.value, [])


def _save_results(batch: ImportBatch, rows: Sequence[ImportRow], on_row: Callable[[int], None]) -> None:
    for start in range(0, len(rows), CHUNK * 4):
        on_row(start)
        batch.rows.bulk_create(
            rows[start : start + CHUNK * 4], update_conflicts=True, unique_fields=["id"], update_fields=RESULTS
        )


def _write(batch: ImportBatch) -> None:
    rows = {row.number: row for row in batch.rows.order_by("number")}

    def as_previewed(planned: Sequence[Planned]) -> bool:
        now: dict[int, tuple[str, list]] = {number: (Verdict.ERROR.value, []) for number in rows}
        now |= {item.row.number: _result(item) for item in planned}
        return all(now[number] == (row.verdict, row.changes) for number, row in rows.items())

    planned = take_in(
        rows=_staff([*_read(batch, list(rows.values()))]),
        organisation=batch.organisation,
        sector=Sector(batch.sector),
        expected=as_previewed,
        by=batch.confirmed_by,
        # Reading was the first half; one step more is for the results.
        on_step=lambda step: progress.tell(batch.pk, STEPS + 1 + step, 2 * (STEPS + 1)),
    )
    for item in planned:
        if item.verdict != Verdict.ERROR and item.clinician is not None:
            rows[item.row.number].clinician_id = item.clinician.pk
    _save_results(batch, list(rows.values()), lambda done: None)
    progress.tell(batch.pk, 1, 1)
    move(batch, BatchState.DONE, by=batch.confirmed_by)


def _result(item: Planned) -> tuple[str, list[list[str]]]:
    """Verdict and changes in the form the database gives back."""
    changes = [list(change) for change in item.changes] if item.verdict == Verdict.CHANGE else []
    return item.verdict.value, changes
