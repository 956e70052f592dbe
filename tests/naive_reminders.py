"""What must be sent, by plain loops over every day, person and rule: what the planner is held to over whole years."""

from collections import Counter, defaultdict
from datetime import date, timedelta

from registry.appraisals.models import Appraisal, QuietPeriod
from registry.appraisals.states import AppraisalState
from registry.notifications.models import Message
from tests.factories.reminders import officers_of

# https://www.gov.uk/bank-holidays, England and Wales.
HOLIDAYS = {
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25),
    date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 3), date(2027, 5, 31),
    date(2027, 8, 30),
}  # fmt: skip
KIND = "appraisal_reminder"
ROLES = ("appraisee", "appraiser", "manager", "responsible", "officers")
# No reminder goes earlier than its day by more than this: longer than quiet days and holidays together.
FAR = timedelta(days=60)


class Case:
    """One appraisal, and what happens to it in the year."""

    def __init__(self, row, *, done=None, postponed=None):
        self.row = Appraisal.objects.select_related("rule__cycle", "appraiser", "clinician__user").get(pk=row.pk)
        self.due, self.done, self.postponed = row.due_on, done, postponed
        self.steps = list(everything_wanted(self.row))

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


def is_open(day, trust, quiet):
    if day.isoweekday() in (6, 7) or day in HOLIDAYS:
        return False
    return not any(first <= day <= last for first, last in quiet[trust])


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
    """[(key, address, user)] of whom a step is for, and whether these are the trust's officers, told instead."""
    person, manager = row.clinician, row.clinician.line_manager
    connection = next((c for c in person.connections.all() if c.ended_on is None), None)
    officer = connection.responsible_officer if connection else None
    user = {
        "appraisee": person.user,
        "appraiser": row.appraiser if _holds(row.appraiser, "appraiser") else None,
        "manager": manager.user if manager else None,
        "responsible": officer if _holds(officer, "responsible", connection) else None,
        "officers": None,
    }[role]
    if user and user.is_active:
        return [(f"u{user.pk}", user.email, user)], False
    for one in {"appraisee": [person], "manager": [manager]}.get(role, []):
        if one and one.email:
            return [(f"c{one.pk}", one.email, None)], False
    return [(f"u{user.pk}", user.email, user) for user in officers_of(person.organisation)], True


def _holds(user, role, connection=None):
    grants = user.role_grants.filter(role=role, revoked_at=None) if user else []
    return any(
        connection is None or grant.level == "national" or grant.organisation_id == connection.designated_body_id
        for grant in grants
    )


def coming(case, day, quiet, told):
    """(step, role, late) of what has come by a day for a case and was not told before; then it counts as told."""
    trust, due = case.row.clinician.organisation_id, case.stands_on(day)
    if due is None or not is_open(day, trust, quiet):
        return
    for after, forwards, name, role in case.steps:
        target = due + timedelta(days=after)
        if target < case.row.reminders_from or target > day + FAR or (case.row.pk, f"{due}:{name}") in told:
            continue
        while not is_open(target, trust, quiet):
            target += timedelta(days=1 if forwards else -1)
        if target <= day:
            told.add((case.row.pk, f"{due}:{name}"))
            yield f"{due}:{name}", role, target < day


def expected(cases, first, last, *, down=()):
    """{day: Counter of (address, channel, steps)}: each message that must go out, by walking through the days.

    What is in the outbox already counts as told; nothing runs on the days that are `down`.
    """
    sent, told = {}, set(Message.objects.filter(kind=KIND).values_list("about_id", "step"))
    people = {(case, role): people_for(case.row, role) for case in cases for role in ROLES}
    quiet = defaultdict(list)
    for period in QuietPeriod.objects.all():
        quiet[period.organisation_id].append((period.first_day, period.last_day))
    day = first - timedelta(days=1)
    while day < last:
        day += timedelta(days=1)
        today = defaultdict(list)
        for case in () if day in down else cases:
            for step, role, late in coming(case, day, quiet, told):
                found, instead = people[case, role]
                for _, address, user in found:
                    by_mail = case.row.rule.cycle.statutory or user is None or user.optional_mail
                    gathered = instead or late or role in ("manager", "responsible") or (user and user.digest)
                    where = address, "email" if by_mail else "inbox", case.row.clinician.organisation_id
                    today[where].append((case.row.pk, step, gathered))
        for (address, channel, _), parts in today.items():
            together = any(gathered for _, _, gathered in parts)
            messages = defaultdict(set)
            for about, step, _ in parts:
                messages[together or about].add((about, step))
            sent.setdefault(day, Counter()).update((address, channel, frozenset(rows)) for rows in messages.values())
    return sent


def addresses_of(cases):
    """The address of everybody who is told of any of these, by recipient key."""
    return {key: address for case in cases for role in ROLES for key, address, _ in people_for(case.row, role)[0]}


def messages_of(day, addresses):
    """What was planned for a day, as `expected` puts it."""
    parts = defaultdict(list)
    for row in Message.objects.filter(kind=KIND, planned_for=day):
        parts[row.head_id or row.pk].append(row)
    return Counter(
        (addresses[rows[0].recipient_key], rows[0].channel, frozenset((row.about_id, row.step) for row in rows))
        for rows in parts.values()
    )
