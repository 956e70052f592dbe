"""Load leadership frameworks from their files (those that came along, or those named), or official wording of one."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.competency.framework_files import SHIPPED
from registry.competency.library import load, load_crosswalk, load_text, read_files, remove_text
from registry.kernel.errors import RegistryError

SHOWN = 20


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, help="framework files, or folders of them")
        parser.add_argument(
            "--text", type=Path, metavar="FILE", help="load this file's official wording over our own, and nothing else"
        )
        parser.add_argument(
            "--remove-text", nargs=2, metavar=("FRAMEWORK", "VERSION"), help="take its official wording away again"
        )
        parser.add_argument("--organisation", metavar="ODS", help="with --remove-text: only what is loaded for it")

    def handle(self, *args: Any, paths: list[Path], text: Path | None, **options: Any) -> None:
        removes, ods_code = options["remove_text"], options["organisation"]
        if text and paths:
            raise CommandError("Name framework files, or one file of wording with --text; not both.")
        if (removes and (text or paths)) or (ods_code and not removes):
            raise CommandError("Use --remove-text, with --organisation or without, and nothing else.")
        if removes:
            self._remove_text(removes[0], removes[1], ods_code)
            return
        try:
            done = self._text(text) if text else self._frameworks(paths)
        except RegistryError as refused:
            lines = refused.message.splitlines()
            shown = lines[:SHOWN]
            if len(lines) > SHOWN:
                shown.append(f"… and {len(lines) - SHOWN} more")
            count = f"{len(lines)} problem{'s' if len(lines) > 1 else ''}; nothing was loaded."
            raise CommandError("\n".join([*shown, count])) from refused
        for line in done:
            self.stdout.write(line)

    def _remove_text(self, code: str, version: str, ods_code: str | None) -> None:
        try:
            remove_text(code, version, ods_code=ods_code)
        except RegistryError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"Wording of {code} {version} for {ods_code or 'everybody'}: removed")

    def _frameworks(self, paths: list[Path]) -> list[str]:
        done = load(read_files(paths or [SHIPPED]).values())
        if not done:
            raise CommandError("There are no framework files there.")
        lines = [f"{version.code} {version.version}: {what}" for version, what in done]
        # The crosswalk that came along names the frameworks that came along.
        return lines if paths else [*lines, f"Crosswalk: {load_crosswalk()}"]

    def _text(self, path: Path) -> list[str]:
        text, what = load_text(path)
        whom = text.organisation or "everybody"
        return [f"Wording of {text.version.code} {text.version.version} for {whom}: {what}"]
