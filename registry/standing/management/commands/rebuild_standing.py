"""Recompute everybody's standing from its sources, or check that it is what they say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.clinicians.models import Clinician
from registry.standing.actions import differences, refresh


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail on any difference")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        ids = list(Clinician.objects.order_by("pk").values_list("pk", flat=True))
        found: list[str] = []
        for start in range(0, len(ids), 1000):
            batch = ids[start : start + 1000]
            if check:
                found += differences(batch)
            else:
                refresh(batch)
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"{len(ids)} clinicians: standing {'is as its sources say' if check else 'rebuilt'}.")
