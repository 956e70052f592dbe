"""Keeping standing true: recompute it in the transaction that changed its sources."""

from collections.abc import Collection
from typing import Any

from django.db import models, transaction

from registry.clinicians.models import Clinician
from registry.standing import sources
from registry.standing.models import AgreedLevels, Standing


@transaction.atomic
def refresh(clinician_ids: Collection[int]) -> None:
    """Recompute these clinicians' standing from its sources.

    The clinicians are locked first, in the order of their keys: of two people who change one
    clinician at once, the second waits and then reads what the first wrote.
    """
    locked = Clinician.objects.filter(pk__in=clinician_ids).order_by("pk").select_for_update(no_key=True)
    found = list(locked.values_list("pk", flat=True))
    _replace(Standing, sources.standings(found), unique=["clinician"])
    levels = sources.levels(found)
    kept = {(row.clinician_id, row.framework) for row in levels}
    stale = [
        row.pk
        for row in AgreedLevels.objects.filter(clinician__in=found)
        if (row.clinician_id, row.framework) not in kept
    ]
    AgreedLevels.objects.filter(pk__in=stale).delete()
    _replace(AgreedLevels, levels, unique=["clinician", "framework"])


def differences(clinician_ids: Collection[int]) -> list[str]:
    """What `rebuild_standing --check` reports: each row that is not what its sources say."""
    found = []
    for model, wanted in (
        (Standing, sources.standings(clinician_ids)),
        (AgreedLevels, sources.levels(clinician_ids)),
    ):
        expected = {_key(row): _facts(row) for row in wanted}
        actual = {_key(row): _facts(row) for row in model.objects.filter(clinician__in=clinician_ids)}
        found += [
            f"{model.__name__} {key}: is {actual.get(key)}, should be {expected.get(key)}"
            for key in sorted(expected.keys() | actual.keys())
            if expected.get(key) != actual.get(key)
        ]
    return found


def _replace(model: type[models.Model], rows: list[Any], *, unique: list[str]) -> None:
    changing = [field.name for field in model._meta.concrete_fields if field.name not in {*unique, "id", "changed_at"}]
    model._default_manager.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=unique, update_fields=changing
    )


def _key(row: Any) -> tuple:
    return (row.clinician_id, getattr(row, "framework", ""))


def _facts(row: Any) -> dict[str, Any]:
    ignored = {"id", "changed_at"}
    return {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in ignored
    }
