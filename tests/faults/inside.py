"""What the workers of the fault suite load besides the registry, none of which touches what is tested.

Every day is a working day, so that the suite runs on Sundays too; a worker looks more often whether its child is alive,
so that nobody waits for it; and the clock is wrong where a test asks for that.
"""

import datetime
import os

import time_machine
from celery.concurrency.asynpool import AsynPool

from registry.appraisals.schedule import Calendar

Calendar.works_on = lambda calendar, day: True
AsynPool.timers = property(lambda pool: {pool.maintain_pool: 0.1})

if days := os.environ.get("CLOCK_IS_WRONG_BY_DAYS"):
    wrong = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=int(days))
    time_machine.travel(wrong, tick=True).start()
