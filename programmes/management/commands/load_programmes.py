"""Load programmes and what they ask for: from the files that came along, or those named."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from programmes.catalogue_files import SHIPPED
from programmes.library import load, read_files
from registry.accounts.models import User
from registry.kernel.errors import RegistryError
from registry.organisations.models import Organisation


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, help="programme files, or folders of them")
        parser.add_argument("--organisation", required=True, help="ODS code of the organisation whose leads run them")
        parser.add_argument("--by", required=True, help="e-mail address of a programme lead there, who publishes them")

    def handle(self, *args: Any, paths: list[Path], organisation: str, by: str, **options: Any) -> None:
        place = Organisation.rows().filter(ods_code=organisation.upper()).first()
        lead = User.objects.filter(email__iexact=by, is_active=True).first()
        if place is None:
            raise CommandError(f"There is no organisation {organisation}.")
        if lead is None:
            raise CommandError(f"Nobody signs in as {by}.")
        try:
            done = load(read_files(paths or [SHIPPED]), organisation=place, by=lead)
        except RegistryError as refused:
            raise CommandError(f"{refused.message}\nNothing was loaded.") from refused
        if not done:
            raise CommandError("There are no programme files there.")
        for programme, what in done:
            self.stdout.write(f"{programme.code}: {what}")
