"""What people do with a staff import: upload it, confirm it, discard it."""

import hashlib
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.fields import Sector
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.organisations.models import Kind, Organisation
from registry.transfers import processing, tables, tasks
from registry.transfers.columns import payload_of
from registry.transfers.models import ImportBatch, ImportRow
from registry.transfers.staff_columns import known, understand
from registry.transfers.states import BatchState


def upload_staff_file(
    *,
    data: bytes,
    file_name: str,
    organisation: Organisation,
    sector: Sector,
    by: User | None,
    start: Callable[[int], object] = tasks.check.delay,
) -> ImportBatch:
    """Keep the rows of a staff file and have them checked in the background.

    Raises NotAllowed where `by` does not import for the organisation, and Invalid, with the field, for a
    closed organisation or a file that cannot be read as a staff list at all. The file itself is not kept.
    `start` is called with the key once all is committed. `by` is None for a command.
    """
    _require(organisation, by)
    if organisation.kind != Kind.TRUST:
        raise Invalid(f"{organisation} is not an NHS trust of England.", field="organisation")
    if not organisation.is_open(today()):
        raise Invalid(f"{organisation} ({organisation.ods_code}) is closed.", field="organisation")
    tables.check_size(data, settings.UPLOAD_MAX_BYTES)
    try:
        table = tables.read(data, knows=known)
        headings = understand(table.headings)
    except Invalid as error:
        raise Invalid(error.message, field="file") from error
    with transaction.atomic():
        batch = ImportBatch(
            organisation=organisation,
            sector=sector,
            file_name=tables.NOT_TEXT.sub("", file_name)[:200] or "staff file",
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            unknown_headings=list(headings.unknown),
            total=len(table.rows),
            uploaded_by=by,
        )
        batch.save()
        batch.rows.bulk_create(
            [ImportRow(batch=batch, number=row.number, payload=payload_of(row, headings)) for row in table.rows],
            batch_size=5000,
        )
        batch.transitions.create(state=batch.state, by=by)
        _record("import.uploaded", batch, by)
        transaction.on_commit(partial(start, batch.pk))
    return batch


@transaction.atomic
def confirm_import(*, batch: ImportBatch, by: User | None, start: Callable[[int], object] = tasks.write.delay) -> None:
    """Have an import written as its preview shows it.

    Of two people who confirm at once, one wins: WrongState for the other, and for an import that is not ready.
    """
    batch = _locked(batch, by)
    if batch.state != BatchState.READY:
        raise WrongState(_refusal(batch))
    batch.confirmed_at, batch.confirmed_by = timezone.now(), by
    processing.move(batch, BatchState.WRITING, by=by)
    _record("import.confirmed", batch, by)
    transaction.on_commit(partial(start, batch.pk))


@transaction.atomic
def discard_import(*, batch: ImportBatch, by: User | None) -> None:
    """Throw an import away that is not confirmed; what its file said is forgotten at once."""
    batch = _locked(batch, by)
    if batch.state not in {BatchState.CHECKING, BatchState.READY}:
        raise WrongState(_refusal(batch))
    processing.move(batch, BatchState.DISCARDED, by=by)
    processing.forget(batch)
    _record("import.discarded", batch, by)


def _require(organisation: Organisation, by: User | None) -> None:
    if by is not None and not by.scope_for(Permission.PEOPLE_IMPORT).covers(frozenset({organisation.pk})):
        raise NotAllowed("You do not import people for this organisation.")


def _locked(batch: ImportBatch, by: User | None) -> ImportBatch:
    held = ImportBatch.in_background().select_for_update(of=("self",)).select_related("organisation", "confirmed_by")
    batch = held.get(pk=batch.pk)
    _require(batch.organisation, by)
    return batch


def _refusal(batch: ImportBatch) -> str:
    if batch.state in {BatchState.WRITING, BatchState.DONE}:
        who = f" by {batch.confirmed_by}" if batch.confirmed_by else ""
        return f"This import has already been confirmed{who}."
    return f"This import is not waiting to be confirmed: {batch.get_state_display().lower()}."


def _record(verb: str, batch: ImportBatch, by: User | None) -> None:
    record(
        verb,
        batch,
        by=by,
        organisation_id=batch.organisation_id,
        detail={"file": batch.file_name, "sha256": batch.sha256, "rows": batch.total, "errors": batch.errors},
    )
