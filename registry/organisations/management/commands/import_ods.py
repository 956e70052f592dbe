"""`manage.py import_ods FILE`: load the ODS trust file."""

import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.organisations import ods
from registry.organisations.actions import import_organisations
from registry.organisations.models import Organisation

LARGEST = 20 * 1024 * 1024


class Command(BaseCommand):
    """Reports every line it could not take, loads the others, and then fails if there was one."""

    help = "Load NHS trusts, their regions and integrated care boards from an ODS trust file (etr.csv)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as-of",
            type=datetime.date.fromisoformat,
            help="the day the file describes, as YYYY-MM-DD; changed links begin on it (default: today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            if path.stat().st_size > LARGEST:
                raise CommandError(f"{path} is larger than {LARGEST // 1024**2} MB; the trust file is far smaller.")
            parsed = ods.read(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except Invalid as error:
            raise CommandError(f"{path}: {error.message}") from error
        outcome = import_organisations(rows=parsed.rows, as_of=options["as_of"] or today())
        problems = sorted((*parsed.problems, *outcome.problems), key=lambda problem: problem.line)
        for problem in problems:
            self.stderr.write(str(problem))
        self.stdout.write(
            f"{outcome.added} added, {outcome.changed} changed, {outcome.unchanged} unchanged; "
            f"{outcome.boards_added} integrated care boards added."
        )
        still_open = Organisation.objects.english_trusts().open_on(today()).count()
        self.stdout.write(f"{still_open} English trusts are open today.")
        if problems:
            raise CommandError(f"{len(problems)} lines of {path} were not taken; the others were.")
