"""The reference of `remind`: one Celery task for each person, which looks, looks again and writes."""

import datetime

from registry.config.celery import app


@app.task
def remind_one(clinician_id: int, day: str) -> None:
    """Three statements: the person's open appraisal, whether the message is there, and the message."""
    from registry.appraisals.models import Appraisal
    from registry.notifications.models import Message

    appraisal = Appraisal.objects.select_related("clinician__user").get(clinician=clinician_id, state="preparing")
    left = (appraisal.due_on - datetime.date.fromisoformat(day)).days
    written = {
        "kind": "appraisal_reminder",
        "about_id": appraisal.pk,
        "step": f"{appraisal.due_on}:lead:{left}",
        "recipient_key": f"u{appraisal.clinician.user_id}",
    }
    if not Message.objects.filter(**written).exists():
        Message.objects.create(
            **written,
            recipient_id=appraisal.clinician.user_id,
            organisation_id=appraisal.clinician.organisation_id,
            planned_for=day,
        )
