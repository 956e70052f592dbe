"""When reminders are due: the definition, free of the database; `planning` does the same in sets and is held to it.

All days are days in Europe/London, so neither change of the clocks matters here.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import holidays

A_DAY = datetime.timedelta(days=1)

# An overdue appraisal is reminded of this often at most: for a year, where it comes weekly.
MOST_OVERDUE = 52
# Of these lead times the appraiser is told as well.
APPRAISER_LEADS = (28, 7)


class Role(StrEnum):
    """Who a step is for."""

    APPRAISEE = "appraisee"
    APPRAISER = "appraiser"
    MANAGER = "manager"
    RESPONSIBLE = "responsible"
    OFFICERS = "officers"


# Told because others did not act; these never get a message for each.
ESCALATIONS = (Role.MANAGER, Role.RESPONSIBLE, Role.OFFICERS)


def role_of(step: str) -> Role:
    """Who a step of the outbox (`Step.text`) is for."""
    name = step.partition(":")[2]
    if name in ESCALATIONS:
        return Role(name)
    return Role.APPRAISER if name.endswith(":appraiser") else Role.APPRAISEE


@lru_cache
def bank_holidays(year: int) -> frozenset[datetime.date]:
    """The bank holidays of England in this year."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days an organisation's people are reminded: not on weekends, bank holidays and its quiet days."""

    # First and last day of each quiet period.
    quiet: tuple[tuple[datetime.date, datetime.date], ...] = ()

    def works_on(self, day: datetime.date) -> bool:
        """Whether people are reminded on this day."""
        if day.weekday() >= 5 or day in bank_holidays(day.year):
            return False
        return not any(first <= day <= last for first, last in self.quiet)

    def working_day(self, day: datetime.date, step: datetime.timedelta) -> datetime.date:
        """The first day from this one on, in steps of a day either way, on which people are reminded."""
        while not self.works_on(day):
            day += step
        return day


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder of an appraisal: its name in the outbox, who it is for, and when."""

    name: str
    role: Role
    # From the due date to the step's nominal day; negative before.
    days: int
    # Whether a nominal day on which nobody is reminded moves to the working day before: people hear early, not late.
    ahead: bool = False

    def day(self, due: datetime.date, calendar: Calendar) -> datetime.date:
        """The day on which the reminder goes, for an appraisal due on this day."""
        return calendar.working_day(self.nominal_day(due), -A_DAY if self.ahead else A_DAY)

    def nominal_day(self, due: datetime.date) -> datetime.date:
        """The day on which it would go if people were reminded on every day."""
        return due + datetime.timedelta(days=self.days)

    def text(self, due: datetime.date) -> str:
        """How the step stands in the outbox: with the due date, so that a new due date has a schedule of its own."""
        return f"{due.isoformat()}:{self.name}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a cycle's rule says about reminders."""

    statutory: bool
    # Whether two people do it together, so that an appraiser has to know of it.
    signed: bool
    lead_days: tuple[int, ...]
    overdue_every: int
    manager_after: int | None = None
    responsible_officer_after: int | None = None
    officers_after: int | None = None


def steps_of(rule: Rule) -> tuple[Step, ...]:
    """Every step of an appraisal under this rule, each once."""
    steps = []

    def add(name: str, days: int, *, ahead: bool, appraiser: bool) -> None:
        steps.append(Step(name, Role.APPRAISEE, days, ahead))
        if appraiser:
            steps.append(Step(f"{name}:appraiser", Role.APPRAISER, days, ahead))

    for days in sorted(set(rule.lead_days), reverse=True):
        add(f"lead:{days}", -days, ahead=True, appraiser=rule.signed and days in APPRAISER_LEADS)
    for number in range(1, MOST_OVERDUE + 1):
        add(f"overdue:{number}", number * rule.overdue_every, ahead=False, appraiser=rule.signed)
    after = (rule.manager_after, rule.responsible_officer_after, rule.officers_after)
    steps += [Step(role.value, role, days) for role, days in zip(ESCALATIONS, after, strict=True) if days is not None]
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Window:
    """What has come on a working day: the latest nominal days whose moved day is that day or before it."""

    ahead_until: datetime.date
    after_until: datetime.date
    # The same for what should have gone on an earlier day.
    ahead_late_until: datetime.date
    after_late_until: datetime.date

    def latest_due(self, step: Step) -> datetime.date:
        """The latest due date for which this step has come."""
        return (self.ahead_until if step.ahead else self.after_until) - datetime.timedelta(days=step.days)


def window(day: datetime.date, calendar: Calendar) -> Window | None:
    """What has come by this day; None on a day on which nobody is reminded: what was missed waits for the next."""
    if not calendar.works_on(day):
        return None
    return Window(
        ahead_until=calendar.working_day(day + A_DAY, A_DAY) - A_DAY,
        after_until=day,
        ahead_late_until=day - A_DAY,
        after_late_until=calendar.working_day(day - A_DAY, -A_DAY),
    )


@dataclass(frozen=True, slots=True)
class Appraisal:
    """An open appraisal: under which rule, when it is due, and who can be told, by recipient key."""

    key: int
    rule: int
    organisation: int
    due_on: datetime.date
    # Reminders whose nominal day is before this one are not part of its schedule.
    reminders_from: datetime.date
    told: Mapping[Role, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What organisations and people chose, and who an organisation's officers are."""

    calendars: Mapping[int, Calendar] = field(default_factory=dict)
    # By organisation: told of what is theirs to know, and instead of whoever should be told and is not there.
    officers: Mapping[int, Collection[str]] = field(default_factory=dict)
    # Who wants one e-mail a day, and who wants none that the law does not ask for.
    digest: Collection[str] = ()
    inbox_only: Collection[str] = ()


@dataclass(frozen=True, slots=True, order=True)
class Reminder:
    """One step for one recipient."""

    about: int
    step: str
    recipient: str
    channel: str


def due_on(
    day: datetime.date,
    rules: Mapping[int, Rule],
    appraisals: Iterable[Appraisal],
    preferences: Preferences,
    planned: Collection[tuple[int, str]] = frozenset(),
    *,
    dropped: Collection[tuple[int, str, str]] = frozenset(),
) -> list[tuple[Reminder, ...]]:
    """What is to be planned on this day: each tuple goes out as one message.

    A step is due from its moved day on, once (`planned` holds the appraisals and steps that were planned before), and
    only on a day on which the organisation's people are reminded. What was planned but not sent, because its recipient
    had no longer to do with it, is due again for whoever has now: `dropped` holds those with their recipients, none of
    whom gets it a second time. What a recipient gets on a day about people of one organisation is one message where
    they want a digest, or any of it is late, an escalation or told to them instead of somebody who is not there;
    otherwise it is one message for each appraisal.
    """
    found: dict[tuple[str, str, int], list[Reminder]] = defaultdict(list)
    together = set()
    for appraisal in appraisals:
        rule = rules[appraisal.rule]
        calendar = preferences.calendars.get(appraisal.organisation, Calendar())
        if not calendar.works_on(day):
            continue
        officers = sorted(set(preferences.officers.get(appraisal.organisation, ())))
        for step in steps_of(rule):
            nominal, text = step.nominal_day(appraisal.due_on), step.text(appraisal.due_on)
            if nominal < appraisal.reminders_from or (appraisal.key, text) in planned:
                continue
            if (moved := step.day(appraisal.due_on, calendar)) > day:
                continue
            person = appraisal.told.get(step.role)
            for recipient in [person] if person else officers:
                if (appraisal.key, text, recipient) in dropped:
                    continue
                channel = "inbox" if recipient in preferences.inbox_only and not rule.statutory else "email"
                key = recipient, channel, appraisal.organisation
                found[key].append(Reminder(appraisal.key, text, recipient, channel))
                if not person or step.role in ESCALATIONS or recipient in preferences.digest or moved < day:
                    together.add(key)
    return _as_messages(found, together)


def _as_messages(
    found: Mapping[tuple[str, str, int], list[Reminder]], together: Collection[tuple[str, str, int]]
) -> list[tuple[Reminder, ...]]:
    """What each recipient gets, as one message where it goes together."""
    messages: dict[tuple[str, str, int, int], list[Reminder]] = defaultdict(list)
    for key, reminders in found.items():
        for reminder in reminders:
            messages[*key, 0 if key in together else reminder.about].append(reminder)
    return sorted(tuple(sorted(parts)) for parts in messages.values())
