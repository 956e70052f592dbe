"""Reminders: each step once, on its own day or the first working day anything ran after it, and moved, never dropped."""

import datetime
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.appraisals.schedule import (
    APPRAISER_LEADS,
    Appraisal,
    Calendar,
    Preferences,
    Role,
    Rule,
    bank_holidays,
    due_on,
    steps_of,
    window,
)

EVERYBODY = {
    Role.APPRAISEE: "u1",
    Role.APPRAISER: "u2",
    Role.MANAGER: "u3",
    Role.RESPONSIBLE: "u4",
}
RULE = Rule(
    statutory=True,
    signed=True,
    lead_days=(84, 56, 28, 14, 7, 1),
    overdue_every=7,
    manager_after=14,
    responsible_officer_after=28,
    officers_after=42,
)
OFFICERS = {9: ("u5", "u6")}
USUAL = Calendar()
# How long an example takes says more about the machine than about the rule.
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))
LENGTHS = st.integers(0, 30)


@st.composite
def calendars(draw):
    firsts = draw(st.lists(st.tuples(DAYS, LENGTHS), max_size=3))
    return Calendar(tuple((first, first + timedelta(days=days)) for first, days in firsts))


@st.composite
def rules(draw):
    after = st.none() | st.integers(0, 60)
    return Rule(
        statutory=draw(st.booleans()),
        signed=draw(st.booleans()),
        lead_days=tuple(draw(st.lists(st.integers(0, 120), max_size=6))),
        overdue_every=draw(st.integers(1, 40)),
        manager_after=draw(after),
        responsible_officer_after=draw(after),
        officers_after=draw(after),
    )


def appraisal(due=date(2027, 3, 31), *, told=EVERYBODY, reminders_from=date(2020, 1, 1), key=1):
    return Appraisal(key, 7, 9, due, reminders_from, told)


def planned_over(days, appraisals, rule=RULE, calendar=USUAL, **chosen):
    """Run the planner on these days; what went out on which, one tuple a message."""
    ledger, went = set(), {}
    for day in days:
        preferences = Preferences(calendars={9: calendar}, officers=OFFICERS, **chosen)
        went[day] = due_on(day, {7: rule}, appraisals, preferences, ledger)
        ledger |= {(part.about, part.step) for parts in went[day] for part in parts}
    return went


def every_day(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def steps_to(recipient, went):
    return {day: [part.step[11:] for parts in messages for part in parts if part.recipient == recipient]
            for day, messages in went.items() if any(part.recipient == recipient for parts in messages for part in parts)}  # fmt: skip


def test_a_person_is_reminded_on_each_lead_day_and_then_every_week():
    went = planned_over(every_day(date(2027, 1, 1), date(2027, 5, 31)), [appraisal()])
    assert steps_to("u1", went) == {
        date(2027, 1, 6): ["lead:84"],
        date(2027, 2, 3): ["lead:56"],
        date(2027, 3, 3): ["lead:28"],
        date(2027, 3, 17): ["lead:14"],
        date(2027, 3, 24): ["lead:7"],
        date(2027, 3, 30): ["lead:1"],
        date(2027, 4, 7): ["overdue:1"],
        date(2027, 4, 14): ["overdue:2"],
        date(2027, 4, 21): ["overdue:3"],
        date(2027, 4, 28): ["overdue:4"],
        date(2027, 5, 5): ["overdue:5"],
        date(2027, 5, 12): ["overdue:6"],
        date(2027, 5, 19): ["overdue:7"],
        date(2027, 5, 26): ["overdue:8"],
    }


def test_others_are_told_in_turn():
    went = planned_over(every_day(date(2027, 3, 1), date(2027, 5, 20)), [appraisal()])
    assert steps_to("u3", went) == {date(2027, 4, 14): ["manager"]}
    assert steps_to("u4", went) == {date(2027, 4, 28): ["responsible"]}
    assert steps_to("u5", went) == steps_to("u6", went) == {date(2027, 5, 12): ["officers"]}
    assert list(steps_to("u2", went).values())[:4] == [
        ["lead:28:appraiser"],
        ["lead:7:appraiser"],
        ["overdue:1:appraiser"],
        ["overdue:2:appraiser"],
    ]


def test_whoever_gets_something_together_gets_everything_together():
    late, due = appraisal(key=1, reminders_from=date(2027, 3, 10)), appraisal(date(2027, 4, 1), key=2)
    went = planned_over([date(2027, 3, 17), date(2027, 3, 18)], [late, due], rule=Rule(True, False, (14,), 7))
    assert [len(parts) for parts in went[date(2027, 3, 18)]] == [1]
    went = planned_over([date(2027, 3, 18)], [late, due], rule=Rule(True, False, (14,), 7))
    assert [len(parts) for parts in went[date(2027, 3, 18)]] == [2]


def test_the_officers_are_told_instead_of_whoever_is_not_there():
    nobody = appraisal(told={})
    went = planned_over(every_day(date(2027, 3, 1), date(2027, 4, 14)), [nobody])
    assert steps_to("u5", went) == steps_to("u6", went)
    assert steps_to("u5", went)[date(2027, 3, 3)] == ["lead:28", "lead:28:appraiser"]
    assert steps_to("u5", went)[date(2027, 4, 14)] == ["manager", "overdue:2", "overdue:2:appraiser"]


def test_christmas_is_moved_and_not_dropped():
    # Due on Boxing Day, a Saturday; 25 and 28 December are bank holidays.
    days = every_day(date(2026, 12, 1), date(2027, 1, 10))
    assert steps_to("u1", planned_over(days, [appraisal(date(2026, 12, 26), reminders_from=days[0])])) == {
        date(2026, 12, 11): ["lead:14"],  # Saturday the 12th
        date(2026, 12, 18): ["lead:7"],  # Saturday the 19th
        date(2026, 12, 24): ["lead:1"],  # Christmas Day
        date(2027, 1, 4): ["overdue:1"],  # 2 January, a Saturday
    }


def test_a_quiet_period_gathers_what_falls_in_it_into_one_message():
    quiet = Calendar(((date(2027, 3, 15), date(2027, 4, 9)),))
    known = appraisal(reminders_from=date(2027, 3, 4))
    went = planned_over(every_day(date(2027, 3, 4), date(2027, 4, 12)), [known], calendar=quiet)
    assert steps_to("u1", went) == {
        date(2027, 3, 12): ["lead:1", "lead:14", "lead:7"],
        date(2027, 4, 12): ["overdue:1"],
    }
    assert [len(parts) for parts in went[date(2027, 3, 12)]] == [3, 1]  # to the person, and to the appraiser


def test_a_scheduler_that_was_down_catches_up_in_one_message_for_each_recipient():
    known = {"reminders_from": date(2027, 3, 1)}
    appraisals = [appraisal(key=1, **known), appraisal(key=2, **known), appraisal(date(2027, 4, 1), key=3, **known)]
    went = planned_over([date(2027, 3, 1), date(2027, 3, 25)], appraisals)
    assert {parts[0].recipient: len(parts) for parts in went[date(2027, 3, 25)]} == {"u1": 9, "u2": 6}
    assert len(went[date(2027, 3, 25)]) == 2


def test_steps_of_a_day_come_alone_unless_the_person_wants_them_together():
    day, before = [date(2027, 3, 17)], date(2027, 3, 10)
    two = [appraisal(key=key, reminders_from=before) for key in (1, 2)]
    assert [len(parts) for parts in planned_over(day, two)[day[0]]] == [1, 1]
    assert [len(parts) for parts in planned_over(day, two, digest={"u1"})[day[0]]] == [2]


def test_only_what_the_law_does_not_ask_for_can_be_kept_to_the_inbox():
    asked = [appraisal(reminders_from=date(2027, 3, 10))]
    day = date(2027, 3, 17)
    voluntary = Rule(statutory=False, signed=True, lead_days=(14,), overdue_every=7)
    for rule, channel in ((RULE, "email"), (voluntary, "inbox")):
        ((reminder,),) = planned_over([day], asked, rule, inbox_only={"u1"})[day]
        assert reminder.channel == channel


@pytest.mark.parametrize("day", [date(2027, 3, 13), date(2027, 3, 14), date(2027, 3, 26), date(2027, 3, 29)])
def test_nothing_is_planned_on_weekends_and_bank_holidays(day):
    assert due_on(day, {7: RULE}, [appraisal()], Preferences(officers=OFFICERS)) == []


def test_a_step_before_anybody_knew_of_the_date_is_not_part_of_the_schedule():
    late = appraisal(reminders_from=date(2027, 3, 17))
    went = planned_over(every_day(date(2027, 1, 1), date(2027, 3, 31)), [late])
    assert list(steps_to("u1", went).values()) == [["lead:14"], ["lead:7"], ["lead:1"]]


def test_a_new_due_date_has_a_schedule_of_its_own():
    first = due_on(date(2027, 3, 31), {7: RULE}, [appraisal()], Preferences())
    ledger = {(part.about, part.step) for parts in first for part in parts}
    later = appraisal(date(2027, 6, 30))
    (parts,) = [parts for parts in due_on(date(2027, 6, 2), {7: RULE}, [later], Preferences(), ledger)
                if parts[0].recipient == "u2"]  # fmt: skip
    assert [part.step for part in parts] == ["2027-06-30:lead:28:appraiser"]


def test_bank_holidays_are_those_of_england():
    assert bank_holidays(2027) == {
        date(2027, 1, 1),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 3),
        date(2027, 5, 31),
        date(2027, 8, 30),
        date(2027, 12, 25),
        date(2027, 12, 26),
        date(2027, 12, 27),
        date(2027, 12, 28),
    }


@UNHURRIED
@given(DAYS, rules(), calendars())
def test_a_moved_day_is_a_working_day_on_the_right_side_with_no_other_between(due, rule, calendar):
    for step in steps_of(rule):
        nominal, moved = step.nominal_day(due), step.day(due, calendar)
        assert calendar.works_on(moved)
        first, last = sorted((nominal, moved))
        assert [day for day in every_day(first, last) if calendar.works_on(day)] == [moved]
        if step.ahead:
            assert moved <= nominal <= due
        else:
            assert moved >= nominal >= due


@UNHURRIED
@given(DAYS, rules(), calendars(), st.integers(-200, 200))
def test_the_latest_due_date_says_of_every_due_date_whether_a_step_has_come(day, rule, calendar, apart):
    seen = window(day, calendar)
    assert (seen is None) == (not calendar.works_on(day))
    if seen is None:
        return
    due = day + timedelta(days=apart)
    for step in steps_of(rule):
        assert (due <= seen.latest_due(step)) == (step.day(due, calendar) <= day)
        late_until = seen.ahead_late_until if step.ahead else seen.after_late_until
        assert (step.nominal_day(due) <= late_until) == (step.day(due, calendar) < day)


@settings(UNHURRIED, max_examples=20)
@given(
    due=DAYS,
    rule=rules(),
    calendar=calendars(),
    told=st.sets(st.sampled_from(list(EVERYBODY))).map(lambda roles: {role: EVERYBODY[role] for role in roles}),
    since=st.integers(-200, 500),
    down=st.sets(st.integers(0, 560), max_size=200),
)
def test_each_step_is_planned_once_and_on_the_first_working_day_anything_ran(due, rule, calendar, told, since, down):
    start = due - timedelta(days=160)
    ran = [start + timedelta(days=n) for n in range(561) if n not in down]
    one = appraisal(due, told=told, reminders_from=due - timedelta(days=since))
    went = planned_over(ran, [one], rule, calendar)
    expected = {}
    for step in steps_of(rule):
        if step.nominal_day(due) >= one.reminders_from:
            may = [day for day in ran if day >= step.day(due, calendar) and calendar.works_on(day)]
            for recipient in [told[step.role]] if step.role in told else OFFICERS[9]:
                if may:
                    expected.setdefault((may[0], recipient), []).append(step.text(due))
    found = {}
    for day, messages in went.items():
        for parts in messages:
            assert len({part.recipient for part in parts}) == 1
            for part in parts:
                found.setdefault((day, part.recipient), []).append(part.step)
    assert {key: sorted(steps) for key, steps in found.items()} == {k: sorted(s) for k, s in expected.items()}
    for messages in went.values():  # no flood: one message a day for each recipient, of one appraisal
        assert len(messages) == len({parts[0].recipient for parts in messages})


@UNHURRIED
@given(rules())
def test_a_rules_steps_have_names_of_their_own(rule):
    names = [step.name for step in steps_of(rule)]
    assert len(names) == len(set(names))
    leads = {f"lead:{days}:appraiser" for days in set(APPRAISER_LEADS) & set(rule.lead_days)} if rule.signed else set()
    assert {name for name in names if name.startswith("lead") and name.endswith("appraiser")} == leads
    assert max(len(step.text(datetime.date(2027, 3, 31))) for step in steps_of(rule)) <= 40
