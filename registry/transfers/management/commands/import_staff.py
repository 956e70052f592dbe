"""`manage.py import_staff FILE --organisation ODS`: load a trust's staff file, by the path the pages use."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from registry.clinicians.fields import Sector
from registry.clinicians.intake.rows import Verdict
from registry.kernel.errors import Invalid
from registry.transfers import actions, presenters, processing
from registry.transfers.management.files import organisation_of, read_file
from registry.transfers.models import ImportBatch
from registry.transfers.states import BatchState


class Command(BaseCommand):
    """Shows the preview; writes with --confirm; otherwise leaves the import to be confirmed in the browser."""

    help = "Check a staff file (CSV or XLSX with the columns of an ESR extract) and, with --confirm, import it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, metavar="ODS", help="the trust's ODS code, like RJ1")
        parser.add_argument(
            "--sector",
            choices=Sector.values,
            default=Sector.ACUTE.value,
            help="of people whose row names none (default: acute)",
        )
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--confirm", action="store_true", help="import the rows without errors")
        choice.add_argument("--dry-run", action="store_true", help="only show what would happen; keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        data = read_file(options["file"])
        with transaction.atomic():
            try:
                batch = actions.upload_staff_file(
                    data=data,
                    file_name=options["file"].name,
                    organisation=organisation,
                    sector=Sector(options["sector"]),
                    by=None,
                    start=_not_by_a_worker,
                )
            except Invalid as error:
                raise CommandError(error.message) from error
            processing.check_batch(batch.pk)
            batch.refresh_from_db()
            self._tell(batch)
            transaction.set_rollback(options["dry_run"])
        if options["confirm"]:
            self._confirm(batch)
        elif not options["dry_run"]:
            self.stdout.write(f"Import {batch.pk} waits to be confirmed under “Imports”, or with --confirm.")
        if batch.errors:
            raise CommandError(f"{batch.errors} rows have errors.")

    def _tell(self, batch: ImportBatch) -> None:
        for row in batch.rows.with_remarks().order_by("number"):
            for pair in (*row.problems, *row.notes):
                kind = "error" if pair in row.problems else "note"
                self.stderr.write(f"row {row.number}, {kind}: {presenters.remark(pair)}")
        counts = ", ".join(f"{count} {verdict.label.lower()}" for verdict, count in batch.counts().items())
        self.stdout.write(f"{batch.total} rows: {counts}.")
        if batch.unknown_headings:
            self.stdout.write(f"Columns not used: {', '.join(batch.unknown_headings)}.")

    def _confirm(self, batch: ImportBatch) -> None:
        actions.confirm_import(batch=batch, by=None, start=_not_by_a_worker)
        processing.write_batch(batch.pk)
        batch.refresh_from_db()
        if batch.state != BatchState.DONE:
            raise CommandError(batch.reason)
        verb = {Verdict.ADD: "added", Verdict.CHANGE: "changed"}
        done = ", ".join(f"{batch.counts()[verdict]} {word}" for verdict, word in verb.items())
        self.stdout.write(f"Imported as import {batch.pk}: {done}.")


def _not_by_a_worker(batch_id: int) -> None:
    """The command does the work itself, at once."""
