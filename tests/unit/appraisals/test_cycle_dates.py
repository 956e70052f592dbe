"""When something is due next: by month of birth, every so often, or on fixed days."""

import calendar
import datetime

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from registry.appraisals import cycle_files
from registry.appraisals.cycle_dates import (
    DUE,
    BirthMonth,
    DatedShape,
    Every,
    Fixed,
    FixedDate,
    Past,
    Shape,
    Window,
    by_rule_in_force,
    in_words,
    next_due,
)
from registry.clinicians.fields import Profession, Register

MEDICAL = BirthMonth(window_days=84)
YEARLY = Every(months=12, window_days=84)
CHAIRS = Fixed(window_days=91, dates=(FixedDate(6, 30),))
DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))
MONTHS = st.integers(1, 12)


def day(text):
    return datetime.date.fromisoformat(text)


def past(**said):
    return Past(**{"started_on": day("2020-01-01")} | said)


def is_end_of_month(one):
    return one.day == calendar.monthrange(one.year, one.month)[1]


# --- by month of birth -----------------------------------------------------------------------------------------------


@given(DAYS, MONTHS)
def test_birth_month_is_never_under_nine_nor_over_fifteen_months_after_the_last(last, month):
    window = next_due(MEDICAL, past(last_done=last, birth_month=month))
    assert last + relativedelta(months=9) <= window.opens_on <= window.due_on <= last + relativedelta(months=15)
    assert is_end_of_month(window.due_on)


@given(DAYS, MONTHS)
def test_birth_month_is_kept_wherever_one_ends_between_the_two(last, month):
    ends = [datetime.date(last.year + n, month, calendar.monthrange(last.year + n, month)[1]) for n in range(3)]
    earliest, latest = last + relativedelta(months=9), last + relativedelta(months=15)
    possible = [end for end in ends if earliest <= end <= latest]
    if possible:
        assert next_due(MEDICAL, past(last_done=last, birth_month=month)).due_on == possible[0]


@given(st.integers(1990, 2090), MONTHS, st.integers(0, 84))
def test_whoever_is_appraised_within_the_window_has_the_same_window_a_year_later(year, month, before):
    due = datetime.date(year, month, calendar.monthrange(year, month)[1])
    window = next_due(MEDICAL, past(last_done=due - datetime.timedelta(days=before), last_due=due, birth_month=month))
    following = datetime.date(year + 1, month, calendar.monthrange(year + 1, month)[1])
    assert window == Window(following - datetime.timedelta(days=84), following)


@given(DAYS, MONTHS)
def test_a_late_doctor_comes_back_to_the_birth_month_within_three_turns(last, month):
    for _ in range(3):
        last = next_due(MEDICAL, past(last_done=last, birth_month=month)).due_on
    assert last.month == month


@given(DAYS, MONTHS)
def test_first_appraisal_has_its_whole_window_ahead(started, month):
    window = next_due(MEDICAL, past(started_on=started, birth_month=month))
    assert started <= window.opens_on == window.due_on - datetime.timedelta(days=84)
    assert (window.due_on.month, is_end_of_month(window.due_on)) == (month, True)


def test_birth_month_of_february_ends_on_the_leap_day():
    window = next_due(MEDICAL, past(last_done=day("2027-02-10"), birth_month=2))
    assert window == Window(day("2027-12-07"), day("2028-02-29"))


def test_without_a_month_of_birth_it_is_a_year_after_the_last():
    assert next_due(MEDICAL, past(last_done=day("2028-02-29"))).due_on == day("2029-02-28")


# --- every so often --------------------------------------------------------------------------------------------------


def test_first_is_counted_from_the_day_somebody_came_under_it():
    assert next_due(YEARLY, past(started_on=day("2026-03-01"))) == Window(day("2026-12-07"), day("2027-03-01"))


def test_yearly_appraisal_is_counted_from_the_day_it_was_done():
    window = next_due(YEARLY, past(last_done=day("2026-05-10"), last_due=day("2026-06-30")))
    assert window.due_on == day("2027-05-10")


@pytest.mark.parametrize("done", ["2026-02-01", "2026-04-20", "2027-03-31"])
def test_registration_is_counted_from_the_day_it_was_due_whenever_it_was_done(done):
    shape = Every(months=36, window_days=60, counted_from=DUE)
    assert next_due(shape, past(last_done=day(done), last_due=day("2026-04-30"))).due_on == day("2029-04-30")


@given(DAYS, DAYS, st.integers(1, 60))
def test_what_was_done_is_never_due_again_on_or_before_that_day(done, due, months):
    shape = Every(months=months, window_days=0, counted_from=DUE)
    assert next_due(shape, past(last_done=done, last_due=due)).due_on > done


# --- the date a regulator has set ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [MEDICAL, YEARLY, CHAIRS])
def test_date_of_the_regulator_counts_until_it_was_due(shape):
    set_by = {"regulator_date": day("2027-05-05"), "birth_month": 3}
    assert next_due(shape, past(last_done=day("2022-05-01"), **set_by)).due_on == day("2027-05-05")
    later = next_due(shape, past(last_due=day("2027-05-05"), last_done=day("2027-05-01"), **set_by))
    assert later.due_on > day("2027-05-05")


# --- fixed days ------------------------------------------------------------------------------------------------------


def test_chairs_are_due_by_30_june_and_within_a_window_done_for_it():
    assert next_due(CHAIRS, past(started_on=day("2026-07-01"))) == Window(day("2027-03-31"), day("2027-06-30"))
    assert next_due(CHAIRS, past(started_on=day("2026-06-30"))).due_on == day("2026-06-30")
    assert next_due(CHAIRS, past(last_done=day("2026-05-10"))).due_on == day("2027-06-30")
    assert next_due(CHAIRS, past(last_done=day("2026-01-10"))).due_on == day("2026-06-30")


def test_postponed_or_late_chair_is_due_the_next_june():
    assert next_due(CHAIRS, past(last_due=day("2026-09-30"), last_done=day("2026-09-20"))).due_on == day("2027-06-30")
    assert next_due(CHAIRS, past(last_due=day("2026-06-30"), last_done=day("2027-08-01"))).due_on == day("2028-06-30")


def shipped(code):
    text = (cycle_files.SHIPPED / f"{code}.yaml").read_bytes()
    known = {"registers": frozenset(Register.values), "professions": frozenset(Profession.values)}
    return cycle_files.read(text, **known).rules[0].shape.shape


@pytest.mark.parametrize(
    ("profession", "dates"),
    [
        ("arts_therapist", ["2026-05-31", "2028-05-31"]),
        ("biomedical_scientist", ["2027-11-30", "2029-11-30"]),
        ("podiatrist", ["2026-07-31", "2028-07-31"]),
        ("clinical_scientist", ["2027-09-30", "2029-09-30"]),
        ("dietitian", ["2026-06-30", "2028-06-30"]),
        ("hearing_aid", ["2026-07-31", "2028-07-31"]),
        ("occupational_therapist", ["2027-10-31", "2029-10-31"]),
        ("operating_department", ["2026-11-30", "2028-11-30"]),
        ("orthoptist", ["2027-08-31", "2029-08-31"]),
        ("paramedic", ["2027-08-31", "2029-08-31"]),
        ("physiotherapist", ["2026-04-30", "2028-04-30"]),
        ("psychologist", ["2027-05-31", "2029-05-31"]),
        ("radiographer", ["2026-02-28", "2028-02-29"]),
        ("speech_therapist", ["2027-09-30", "2029-09-30"]),
        ("prosthetist", ["2027-09-30", "2029-09-30"]),
    ],
)
def test_hcpc_renews_each_profession_every_two_years_on_its_day(profession, dates):
    shape, found, last = shipped("hcpc-renewal"), [], None
    for _ in dates:
        window = next_due(shape, past(started_on=day("2026-01-01"), last_due=last, profession=profession))
        found.append(window.due_on)
        assert window.due_on - window.opens_on == datetime.timedelta(days=91)
        last = window.due_on
    assert found == [day(one) for one in dates]


def test_profession_without_a_day_is_not_forgotten():
    assert next_due(shipped("hcpc-renewal"), past(profession="nurse")).due_on == day("2021-01-01")


# --- shapes and rules ------------------------------------------------------------------------------------------------

SHAPES = st.one_of(
    st.builds(BirthMonth, window_days=st.integers(0, 200)),
    st.builds(
        Every,
        window_days=st.integers(0, 200),
        months=st.integers(1, 120),
        counted_from=st.sampled_from(["due", "done"]),
    ),
    st.builds(
        Fixed,
        window_days=st.integers(0, 200),
        dates=st.lists(
            st.builds(
                FixedDate,
                MONTHS,
                st.integers(1, 31),
                st.sampled_from(["", "nurse"]),
                st.sampled_from(["", "even", "odd"]),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
)


@given(SHAPES)
def test_shape_survives_being_kept(shape):
    assert Shape.from_plain(shape.plain()) == shape


@given(SHAPES, DAYS, st.none() | DAYS, st.none() | DAYS, st.none() | MONTHS)
def test_window_always_opens_before_it_is_due(shape, started, done, due, month):
    known = Past(started_on=started, last_done=done, last_due=due, birth_month=month, profession="nurse")
    window = next_due(shape, known)
    assert window.opens_on <= window.due_on
    if known.last_done is not None:
        assert window.due_on > known.last_done


def test_rule_in_force_when_the_window_opens_finds_the_date():
    old = DatedShape(1, day("2016-04-01"), Every(months=12, window_days=84))
    new = DatedShape(2, day("2027-01-01"), Every(months=18, window_days=84))
    # By the new rule it would open after the new rule begins, so the new rule holds.
    assert by_rule_in_force([new, old], past(last_done=day("2026-01-01"))) == (
        2,
        Window(day("2027-04-08"), day("2027-07-01")),
    )
    # By the new rule it would open before that rule begins, so the old one holds.
    assert by_rule_in_force([old, new], past(last_done=day("2025-01-01"))) == (
        1,
        Window(day("2025-10-09"), day("2026-01-01")),
    )


def test_rule_that_begins_later_is_better_than_none():
    only = DatedShape(7, day("2040-01-01"), YEARLY)
    assert by_rule_in_force([only], past(last_done=day("2026-01-01")))[0] == 7
    with pytest.raises(ValueError, match="without a rule"):
        by_rule_in_force([], past())


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (MEDICAL, "By the end of the person’s month of birth, not sooner than 9 and not later than 15 months after"),
        (YEARLY, "Every year."),
        (Every(months=60, window_days=84), "Every 5 years."),
        (Every(months=18, window_days=84), "Every 18 months."),
        (CHAIRS, "By 30 June."),
        (Fixed(window_days=91, dates=(FixedDate(6, 30), FixedDate(9, 30))), "By a fixed day of each profession."),
    ],
)
def test_a_rule_says_in_words_how_its_date_is_found(shape, words):
    assert in_words(shape).startswith(words)
    assert in_words(shape).endswith(f"It may take place from {shape.window_days} days before.")
