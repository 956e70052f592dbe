"""Load a fictional England of three trusts; only into an empty registry, never in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.transfers.demo import world


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where somebody has an account")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demonstration data is never loaded in production.")
        if not world.is_empty():
            if if_empty:
                return
            raise CommandError("The registry is not empty: demonstration data goes only into an empty one.")
        self.stdout.write(f"{world.load(settings.DEMO_CLINICIANS)} clinicians in three fictional trusts.")
