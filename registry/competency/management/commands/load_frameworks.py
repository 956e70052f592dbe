"""Load leadership frameworks from their files: the ones that came with the registry, or those named."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.competency.framework_files import SHIPPED
from registry.competency.library import load, read_files
from registry.kernel.errors import RegistryError

SHOWN = 20


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, help="framework files, or folders of them")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        try:
            done = load(read_files(paths or [SHIPPED]).values())
        except RegistryError as refused:
            lines = refused.message.splitlines()
            shown = lines[:SHOWN]
            if len(lines) > SHOWN:
                shown.append(f"… and {len(lines) - SHOWN} more")
            count = f"{len(lines)} problem{'s' if len(lines) > 1 else ''}; nothing was loaded."
            raise CommandError("\n".join([*shown, count])) from refused
        if not done:
            raise CommandError("There are no framework files there.")
        for version, what in done:
            self.stdout.write(f"{version.code} {version.version}: {what}")
