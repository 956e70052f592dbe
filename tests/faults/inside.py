"""What the workers of the fault suite load besides the registry: a clock that is wrong, where the test asks for one."""

import datetime
import os

import time_machine
from celery import shared_task
from django.db import transaction

from registry.appraisals import planning
from registry.notifications import outbox
from registry.notifications.kinds import KINDS, Kind, Words, register_kind

if shift := os.environ.get("CLOCK_IS_WRONG_BY_DAYS"):
    time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=int(shift)), tick=True).start()


@shared_task(name="registry.appraisals.tasks.plan_reminders")
def plan_reminders(day=None):
    with transaction.atomic():
        planning.plan(datetime.date.fromisoformat(day))
        outbox.ring()


def compose(batch):
    from registry.accounts.models import User
    from registry.clinicians.models import Clinician

    words = {}
    for outgoing in batch:
        key = outgoing.head.recipient_key
        model = User if key[0] == "u" else Clinician
        email = model.objects.get(pk=int(key[1:])).email
        words[outgoing.head.pk] = Words(to=email, subject="Reminder", text="Text")
    return words


if planning.KIND not in KINDS:
    register_kind(Kind(planning.KIND, "Appraisal reminders", compose))
