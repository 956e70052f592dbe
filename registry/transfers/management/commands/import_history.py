"""`manage.py import_history FILE --organisation ODS --kind lqf-360|external`: load old results, as the pages do."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.competency.history import actions
from registry.competency.models import HistoryImport, HistoryKind
from registry.competency.states import HistoryState
from registry.kernel.errors import Invalid
from registry.transfers import history_files, presenters
from registry.transfers.management.files import organisation_of, read_file


class Command(BaseCommand):
    """Shows the preview; keeps the results with --confirm; otherwise leaves them to be confirmed in the browser."""

    help = "Check a file of old results (CSV or XLSX) and, with --confirm, import the rows without errors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, metavar="ODS", help="the trust's ODS code, like RJ1")
        parser.add_argument("--kind", required=True, choices=HistoryKind.values, help="what the file holds")
        parser.add_argument("--confirm", action="store_true", help="import the rows without errors")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = history_files.upload(
                data=read_file(options["file"]),
                file_name=options["file"].name,
                organisation=organisation_of(options["organisation"]),
                kind=HistoryKind(options["kind"]),
                by=None,
            )
        except Invalid as error:
            raise CommandError(error.message) from error
        self._tell(batch)
        if options["confirm"]:
            if actions.confirm_history(batch=batch, by=None).state != HistoryState.DONE:
                raise CommandError(f"The registry changed meanwhile: look at import {batch.pk} and confirm it there.")
            self.stdout.write(f"Imported as import {batch.pk}: {batch.to_add} added.")
        else:
            self.stdout.write(f"Import {batch.pk} waits to be confirmed under “Imports”, or with --confirm.")
        if batch.errors:
            raise CommandError(f"{batch.errors} rows have errors.")

    def _tell(self, batch: HistoryImport) -> None:
        for row, column, sentence in presenters.history_problems(batch):
            self.stderr.write(f"row {row}, {column}: {sentence}")
        self.stdout.write(
            f"{batch.total} rows: {batch.to_add} to add, {batch.same} already here, {batch.errors} with errors."
        )
