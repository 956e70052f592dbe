"""What is different with the workers of the fault suite; none of it touches what is tested.

Every day is a working day, so that the suite runs on Sundays too, and a worker looks more often whether its child is
alive, so that nobody waits for it.
"""

import datetime

import time_machine
from celery.concurrency.asynpool import AsynPool
from django.conf import settings

from registry.appraisals.schedule import Calendar

Calendar.works_on = lambda calendar, day: True
AsynPool.timers = property(lambda pool: {pool.maintain_pool: 0.1})


def be_different(*, clock_off_by_days: int = 0, email_timeout: int = 0) -> None:
    """Have this process's clock wrong by so many days, or wait only so many seconds for the mail server."""
    if clock_off_by_days:
        wrong = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=clock_off_by_days)
        time_machine.travel(wrong, tick=True).start()
    if email_timeout:
        settings.EMAIL_TIMEOUT = email_timeout
