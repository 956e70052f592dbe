"""A year of the demonstration's trusts, day by day: the planner puts down what loops over every day and rule say."""

import datetime
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from registry.appraisals.models import Appraisal
from registry.appraisals.planning import plan
from registry.appraisals.states import OPEN, AppraisalState
from registry.transfers.demo import world
from tests.naive_reminders import Case, addresses_of, expected, messages_of

pytestmark = pytest.mark.django_db

FIRST, LAST = world.DAY + timedelta(days=1), world.DAY + timedelta(days=365)
# When somebody does it, in days after the date: in time, or so late that others are told first.
DONE_AFTER = (-5, 20, 45, 80)


def case_of(number, row):
    """One of the demonstration's appraisals; those that the appraiser has stay open for the whole year."""
    done = row.due_on + timedelta(days=DONE_AFTER[number % len(DONE_AFTER)])
    return Case(row, done=done if row.state != AppraisalState.READY and done >= FIRST else None)


def test_a_year_of_the_demonstration_is_what_every_days_loop_says(settings):
    settings.DEMO_CLINICIANS = 60
    with time_machine.travel(datetime.datetime.combine(world.DAY, datetime.time(8), datetime.UTC), tick=False):
        call_command("load_frameworks", stdout=StringIO())
        call_command("load_demo", stdout=StringIO())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as PostgreSQL does by itself, but not within one transaction
        rows = Appraisal.objects.filter(state__in=OPEN).order_by("pk")
        cases = [case_of(number, row) for number, row in enumerate(rows)]
        wanted = expected(cases, FIRST, LAST)
    addresses, found, day = addresses_of(cases), {}, FIRST
    while day <= LAST:
        for case in cases:
            case.happen(day)
        if plan(day):
            found[day] = messages_of(day, addresses)
        day += timedelta(days=1)
    assert found == wanted
    assert sum(sum(sent.values()) for sent in wanted.values()) > 100
