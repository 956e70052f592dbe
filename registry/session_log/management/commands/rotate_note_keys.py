"""`manage.py rotate_note_keys`: every private note sealed anew under the first key of NOTES_KEYS."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from registry.session_log.models import SealedNote
from registry.session_log.sealing import CannotOpen, seal_anew

BATCH = 500


class Command(BaseCommand):
    """Seals notes anew, some at a time; safe to run twice, and beside people who write."""

    help = "Seal every private note under the first key of NOTES_KEYS; then the other keys can be dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        anew = already = shut = 0
        for model in apps.get_models():
            if not issubclass(model, SealedNote):
                continue
            after = 0
            while rows := self._batch(model, after):
                after = rows[-1][0]
                anew += sum(outcome == "anew" for _, outcome in rows)
                already += sum(outcome == "already" for _, outcome in rows)
                shut += sum(outcome == "shut" for _, outcome in rows)
        self.stdout.write(f"{anew} notes sealed anew, {already} were already.")
        if shut:
            raise CommandError(f"{shut} notes open with none of these keys, and stay as they are. Keep the other keys.")

    @transaction.atomic
    def _batch(self, model: Any, after: int) -> list[tuple[int, str]]:
        """The next notes after this key, and what became of each."""
        rows = model.objects.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:BATCH]
        return [(row.pk, self._outcome(row)) for row in rows]

    def _outcome(self, row: Any) -> str:
        try:
            sealed = seal_anew(row.sealed)
        except CannotOpen:
            return "shut"
        if sealed is None:
            return "already"
        row.sealed = sealed
        row.save(update_fields=["sealed"])
        return "anew"
