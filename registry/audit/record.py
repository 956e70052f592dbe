"""The ways to leave a trace: `record` (or `record_many`) what an action meant, `read` who saw what."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from registry.audit.context import current
from registry.audit.models import AuditEvent, ReadEvent


def record(
    verb: str,
    subject: models.Model,
    *,
    by: Any,
    organisation_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down that `by` (a user, or None for the system) did `verb` to `subject`.

    Call it inside the action's transaction, so that the trace and the change live or die together.
    """
    AuditEvent.objects.create(verb=verb, detail=detail or {}, **_common(subject, by, organisation_id))


def record_many(
    verb: str,
    subjects: Sequence[models.Model],
    *,
    by: Any,
    organisation_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down the same act for each of many subjects, in sets."""
    events = [
        AuditEvent(verb=verb, detail=detail or {}, **_common(subject, by, organisation_id)) for subject in subjects
    ]
    AuditEvent.objects.bulk_create(events, batch_size=2000)


def read(
    purpose: str,
    subject: models.Model,
    *,
    by: Any,
    organisation_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down that `by` saw `subject` (a profile, an assessment, a shortlist, an export)."""
    ReadEvent.objects.create(purpose=purpose, detail=detail or {}, **_common(subject, by, organisation_id))


def read_many(purpose: str, subjects: Iterable[Any], *, by: Any, detail: dict[str, Any] | None = None) -> None:
    """Write down that `by` saw all of these at once; each names its `organisation_id`."""
    ReadEvent.objects.bulk_create(
        (
            ReadEvent(purpose=purpose, detail=detail or {}, **_common(subject, by, subject.organisation_id))
            for subject in subjects
        ),
        batch_size=1000,
    )


def _common(subject: models.Model, by: Any, organisation_id: int | None) -> dict[str, Any]:
    how = current.get()
    return {
        "actor_id": by.pk if by else None,
        "actor_name": str(by) if by else "the system",
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
        "organisation_id": organisation_id,
        "request_id": how.request_id,
        "address": how.address,
        "via": how.via,
    }
