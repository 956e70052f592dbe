"""A year of two trusts, day by day, through the planner, the outbox and a mail server: exactly what loops over every
day, person and rule say must come, and nothing else."""

import datetime
from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command

from registry.accounts.roles import Role
from registry.appraisals.models import Connection, CycleRule, QuietPeriod
from registry.appraisals.planning import plan
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from tests.factories.appraisals import appraisal
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, clinician_user, user_with
from tests.fakes.smtp import smtp_server
from tests.naive_reminders import Case, addresses_of, expected, messages_of

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
QUIET = (date(2026, 7, 20), date(2026, 8, 14))
DOWN = {date(2026, 10, 5) + timedelta(days=n) for n in range(7)}


@pytest.fixture
def year():
    """Somebody under each shipped rule at two trusts, one with quiet weeks; some want a digest, some lack somebody."""
    call_command("load_cycles", verbosity=0)
    first, second = OrganisationFactory(), OrganisationFactory()
    for trust in (first, second):
        user_with(Role.HR_OFFICER, trust)
    user_with(Role.HR_OFFICER, second, digest=True)
    QuietPeriod.objects.create(organisation=second, first_day=QUIET[0], last_day=QUIET[1], reason="Summer")
    appraiser, responsible = user_with(Role.APPRAISER, optional_mail=False), user_with(Role.RESPONSIBLE_OFFICER, first)
    managers = {trust: clinician_user(trust) for trust in (first, second)}
    latest = {rule.cycle_id: rule for rule in CycleRule.objects.select_related("cycle").order_by("effective_from")}
    cases = []
    for number, rule in enumerate(sorted(latest.values(), key=lambda rule: rule.cycle.code)):
        trust = (first, second)[number % 2]
        manager = managers[trust] if number % 5 else None
        if number % 6 == 1:
            person = ClinicianFactory(organisation=trust, line_manager=manager, email=f"work{number}@trust.example")
        elif number % 6 == 2:
            person = ClinicianFactory(organisation=trust, line_manager=manager)  # nobody can reach them
        else:
            person = clinician_user(trust, line_manager=manager)
            type(person.user).objects.filter(pk=person.user_id).update(
                digest=number % 4 == 0, optional_mail=number % 3 != 0
            )
        if number % 3:
            Connection.objects.create(
                clinician=person, designated_body=trust, responsible_officer=responsible, started_on=date(2020, 1, 1)
            )
        due = FIRST + timedelta(days=20 + number * 23)
        row = appraisal(
            person, rule=rule, due_on=due, reminders_from=date(2026, 3, 20), appraiser=appraiser if number % 4 else None
        )
        done = due + timedelta(days=(-10, 16, 50, 75)[number % 4])
        postponed = (due - timedelta(days=5), due + timedelta(days=61)) if number % 5 == 3 else None
        cases.append(Case(row, done=done if not postponed else None, postponed=postponed))
    # Two of one person that fall due on one day.
    other = next(rule for rule in latest.values() if rule.cycle.code == "gmc-revalidation")
    whose = next(case for case in cases if case.row.rule.cycle.code == "afc-appraisal").row
    cases.append(Case(appraisal(whose.clinician, rule=other, due_on=whose.due_on, reminders_from=date(2026, 3, 20))))
    return cases


def test_a_year_sends_exactly_what_every_days_loop_says(year, settings):
    addresses = addresses_of(year)
    wanted = expected(year, FIRST, LAST, down=DOWN)
    found, arrived = {}, {}
    day = FIRST
    with smtp_server(settings) as post, time_machine.travel(FIRST, tick=False) as clock:
        while day <= LAST:
            clock.move_to(datetime.datetime.combine(day, datetime.time(8), datetime.UTC))
            for case in year:
                case.happen(day)
            if day not in DOWN and plan(day):
                assert day.day != 1 or plan(day) == 0  # it runs every hour
                post.messages.clear()
                drain()
                arrived[day] = Counter(message["To"] for message in post.messages)
                found[day] = messages_of(day, addresses)
            day += timedelta(days=1)
    assert found == wanted
    assert arrived == {
        day: Counter(address for (address, channel, _), n in sent.items() for _ in range(n) if channel == "email")
        for day, sent in wanted.items()
    }
    assert set(Message.objects.values_list("state", flat=True)) == {"sent", "folded"}
    # The year has all that it is meant to have.
    steps = {step[11:].split(":")[0] for step in Message.objects.values_list("step", flat=True)}
    assert steps == {"lead", "overdue", "manager", "responsible", "officers"}
    assert {channel for sent in wanted.values() for _, channel, _ in sent} == {"email", "inbox"}
