"""Load what comes round (appraisals, renewals) and its rules: from the files that came along, or those named."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.appraisals.cycle_files import SHIPPED
from registry.appraisals.library import load, read_files
from registry.kernel.errors import RegistryError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, help="cycle files, or folders of them")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        try:
            done = load(read_files(paths or [SHIPPED]))
        except RegistryError as refused:
            raise CommandError(f"{refused.message}\nNothing was loaded.") from refused
        if not done:
            raise CommandError("There are no cycle files there.")
        for cycle, what in done:
            self.stdout.write(f"{cycle.code}: {what}")
