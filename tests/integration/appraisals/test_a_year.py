"""A year of two trusts, day by day, through the planner, the outbox and a mail server: exactly what loops over every
day, person and rule say must come, and nothing else."""

import datetime
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command

from registry.accounts.roles import Role
from registry.appraisals.models import Appraisal, Connection, CycleRule, QuietPeriod
from registry.appraisals.planning import plan
from registry.appraisals.states import AppraisalState
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from tests.factories.appraisals import appraisal
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, UserFactory, clinician_user, user_with
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
# https://www.gov.uk/bank-holidays, England and Wales.
HOLIDAYS = {
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25),
    date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29),
}  # fmt: skip
QUIET = (date(2026, 7, 20), date(2026, 8, 14))
ROLES = ("appraisee", "appraiser", "manager", "responsible", "officers")
DOWN = {date(2026, 10, 5) + timedelta(days=n) for n in range(7)}


class Case:
    """One appraisal, and what happens to it in the year."""

    def __init__(self, row, *, done=None, postponed=None):
        self.row = Appraisal.objects.select_related("rule__cycle", "appraiser", "clinician__user").get(pk=row.pk)
        self.due, self.done, self.postponed = row.due_on, done, postponed

    def happen(self, day):
        rows = Appraisal.objects.filter(pk=self.row.pk)
        if day == self.done:
            rows.update(state=AppraisalState.DONE, done_on=day, outcome="completed")
        if self.postponed and day == self.postponed[0]:
            rows.update(due_on=self.postponed[1])

    def stands_on(self, day):
        """By when it is due as of this day; None once it is done."""
        if self.done and day >= self.done:
            return None
        return self.postponed[1] if self.postponed and day >= self.postponed[0] else self.due


@pytest.fixture
def year():
    """Somebody under each shipped rule at two trusts, one with quiet weeks; some want a digest, some lack somebody."""
    call_command("load_cycles", verbosity=0)
    first, second = OrganisationFactory(), OrganisationFactory()
    for trust in (first, second):
        user_with(Role.HR_OFFICER, trust)
    user_with(Role.HR_OFFICER, second, digest=True)
    QuietPeriod.objects.create(organisation=second, first_day=QUIET[0], last_day=QUIET[1], reason="Summer")
    appraiser, responsible = UserFactory(optional_mail=False), UserFactory()
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
        done = due + timedelta(days=(-10, 16, 50, None)[number % 4]) if number % 4 != 3 else None
        postponed = (due - timedelta(days=5), due + timedelta(days=61)) if number % 5 == 3 else None
        cases.append(Case(row, done=done if not postponed else None, postponed=postponed))
    # Two of one person that fall due on one day.
    other = next(rule for rule in latest.values() if rule.cycle.code == "gmc-revalidation")
    whose = next(case for case in cases if case.row.rule.cycle.code == "afc-appraisal").row
    cases.append(Case(appraisal(whose.clinician, rule=other, due_on=whose.due_on, reminders_from=date(2026, 3, 20))))
    return cases


def is_open(day, trust, quiet_trusts):
    if day.isoweekday() in (6, 7) or day in HOLIDAYS:
        return False
    return not (trust in quiet_trusts and QUIET[0] <= day <= QUIET[1])


def everything_wanted(row):
    """(days after the due date, moves forwards, name, role) of every step, written out from the rule."""
    rule, signed = row.rule, row.rule.cycle.kind in ("appraisal", "review")
    for days in rule.lead_days:
        yield -days, False, f"lead:{days}", "appraisee"
        if signed and days in (28, 7):
            yield -days, False, f"lead:{days}:appraiser", "appraiser"
    for week in range(1, 53):
        yield week * rule.overdue_every, True, f"overdue:{week}", "appraisee"
        if signed:
            yield week * rule.overdue_every, True, f"overdue:{week}:appraiser", "appraiser"
    for days, name in (
        (rule.manager_after, "manager"), (rule.responsible_officer_after, "responsible"),
        (rule.officers_after, "officers"),
    ):  # fmt: skip
        if days is not None:
            yield days, True, name, name


def people_for(row, role):
    """[(key, address, user)] of whom a step is for; the trust's officers where nobody is."""
    person = row.clinician
    user = {
        "appraisee": person.user,
        "appraiser": row.appraiser,
        "manager": person.line_manager.user if person.line_manager else None,
        "responsible": next((c.responsible_officer for c in person.connections.all()), None),
        "officers": None,
    }[role]
    if user:
        return [(f"u{user.pk}", user.email, user)], False
    if role == "appraisee" and person.email:
        return [(f"c{person.pk}", person.email, None)], False
    grants = person.organisation.rolegrant_set.filter(role="hr_officer").select_related("user")
    return [(f"u{grant.user_id}", grant.user.email, grant.user) for grant in grants], True


def coming(case, day, quiet_trusts, told):
    """(step, role, late) of what has come by a day for a case and was not told before; then it counts as told."""
    trust, due = case.row.clinician.organisation_id, case.stands_on(day)
    if due is None or not is_open(day, trust, quiet_trusts):
        return
    for after, forwards, name, role in everything_wanted(case.row):
        target = due + timedelta(days=after)
        if target < case.row.reminders_from or (case, due, name) in told:
            continue
        while not is_open(target, trust, quiet_trusts):
            target += timedelta(days=1 if forwards else -1)
        if target <= day:
            told.add((case, due, name))
            yield f"{due}:{name}", role, target < day


def expected(cases, quiet_trusts):
    """{day: Counter of (address, channel, steps)}: each message that must go out, by walking through the days."""
    sent, told = {}, set()
    people = {(case, role): people_for(case.row, role) for case in cases for role in ROLES}
    day = FIRST - timedelta(days=1)
    while day < LAST:
        day += timedelta(days=1)
        today = defaultdict(list)
        for case in () if day in DOWN else cases:
            for step, role, late in coming(case, day, quiet_trusts, told):
                found, instead = people[case, role]
                for _, address, user in found:
                    by_mail = case.row.rule.cycle.statutory or user is None or user.optional_mail
                    gathered = instead or late or role in ("manager", "responsible") or (user and user.digest)
                    today[address, "email" if by_mail else "inbox"].append((case.row.pk, step, gathered))
        for (address, channel), parts in today.items():
            together = any(gathered for _, _, gathered in parts)
            messages = defaultdict(set)
            for about, step, _ in parts:
                messages[together or about].add((about, step))
            sent.setdefault(day, Counter()).update((address, channel, frozenset(rows)) for rows in messages.values())
    return sent


def test_a_year_sends_exactly_what_every_days_loop_says(year, settings):
    addresses = {}
    for case in year:
        for role in ROLES:
            addresses |= {key: address for key, address, _ in people_for(case.row, role)[0]}
    wanted = expected(year, set(QuietPeriod.objects.values_list("organisation_id", flat=True)))
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


def messages_of(day, addresses):
    """What was planned for a day, as `expected` puts it."""
    parts = defaultdict(list)
    for row in Message.objects.filter(planned_for=day):
        parts[row.head_id or row.pk].append(row)
    return Counter(
        (addresses[rows[0].recipient_key], rows[0].channel, frozenset((row.about_id, row.step) for row in rows))
        for rows in parts.values()
    )
