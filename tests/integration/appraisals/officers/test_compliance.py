"""Compliance: everybody counted once, by definitions written again here by hand; and the share done in time."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from registry.accounts.roles import Role
from registry.appraisals.officers import figures
from registry.appraisals.officers.figures import Group, Tally, by, length, months_before, total
from registry.appraisals.states import AppraisalState
from registry.kernel.clock import today
from tests.factories.appraisals import CycleRuleFactory, ObligationFactory, appraisal
from tests.factories.officers import approved, done, in_days, postponement
from tests.factories.people import ClinicianFactory, UserFactory, clinician_user, grant

pytestmark = pytest.mark.django_db
PAGE = "/appraisals/organisation/"
tallies = st.builds(Tally, *[st.integers(0, 50)] * 5)
groups = st.builds(Group, st.integers(1, 3), st.sampled_from(["", "Ward 4", "Theatres"]), st.sampled_from("abc"))


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def person(trust, **fields):
    return ClinicianFactory(organisation=trust, **fields)


def one_of_each(trust, rule):
    """Five people, one for each place where somebody can stand."""
    appraisal(person(trust), rule=rule, due_on=in_days(-1))
    moved = appraisal(person(trust), rule=rule, due_on=in_days(40))
    approved(moved, UserFactory(), UserFactory(), from_due_on=in_days(-20))
    appraisal(person(trust), rule=rule, due_on=in_days(0))
    done(person(trust), rule=rule, on=in_days(-30))
    ObligationFactory(clinician=person(trust), cycle=rule.cycle)


def counted(hr, **chosen):
    return total(figures.compliance(hr, day=today(), **chosen).values())


def test_everybody_counts_once_where_they_stand(trust, hr, rule):
    one_of_each(trust, rule)
    assert counted(hr) == Tally(overdue=1, postponed=1, due=1, done=1, not_yet=1)


def test_overdue_counts_before_an_approved_postponement_that_has_passed(trust, hr, rule):
    row = appraisal(person(trust), rule=rule, due_on=in_days(-1))
    approved(row, UserFactory(), UserFactory(), from_due_on=in_days(-60))
    assert counted(hr) == Tally(overdue=1)


def test_refused_and_undecided_postponements_leave_somebody_due(trust, hr, rule):
    refused, asked = (appraisal(person(trust), rule=rule, due_on=in_days(10)) for _ in range(2))
    dates = {"from_due_on": in_days(-60), "to_due_on": in_days(10)}
    decided = {"approved": False, "decided_at": timezone.now(), "decided_by": hr, "decision_reason": "Too late"}
    postponement(refused, UserFactory(), **dates, **decided)
    postponement(asked, UserFactory(), **dates)
    assert counted(hr) == Tally(due=2)


def test_done_longer_ago_than_the_cycle_counts_no_more(trust, hr, rule):
    done(person(trust), rule=rule, on=months_before(today(), 12))
    ObligationFactory(clinician=person(trust), cycle=rule.cycle, last_done_on=in_days(-10))
    assert counted(hr) == Tally(done=1, not_yet=1)


def test_done_counts_as_long_as_its_own_cycle_takes(trust, hr):
    five_years = CycleRuleFactory(shape={"kind": "every", "months": 60, "window_days": 120})
    done(person(trust), rule=five_years, on=months_before(today(), 48))
    assert counted(hr) == Tally(done=1)


@pytest.mark.parametrize("outcome", ["lapsed", "deferred"])
def test_what_lapsed_or_was_deferred_is_neither_done_nor_done_in_time(trust, hr, outcome):
    rule, day = CycleRuleFactory(cycle__kind="revalidation"), months_before(today().replace(day=1), 1)
    done(person(trust), rule=rule, on=day)
    row = appraisal(person(trust), rule=rule, due_on=day, state=AppraisalState.DONE, done_on=day, outcome=outcome)
    assert row.outcome == outcome
    assert counted(hr) == Tally(done=1, not_yet=1)
    assert [(month.due, month.in_time) for month in figures.months(hr, day=today()) if month.due] == [(2, 1)]


def test_ended_obligation_and_other_trust_count_nowhere(trust, hr, rule):
    ObligationFactory(clinician=person(trust), cycle=rule.cycle, ended_on=in_days(-1))
    assert counted(hr) == Tally()


def test_officer_who_is_a_clinician_elsewhere_does_not_count_themself(trust, hr, rule, foreign):
    grant(foreign.clinician.user, Role.HR_OFFICER, trust)
    assert counted(foreign.clinician.user) == Tally()


@pytest.mark.parametrize(
    ("shape", "months"),
    [
        ({"kind": "every", "months": 36, "window_days": 60}, 36),
        ({"kind": "birth_month", "window_days": 84, "least_months": 9, "most_months": 15}, 15),
        ({"kind": "fixed", "window_days": 90, "dates": [{"month": 9, "day": 30}]}, 12),
        ({"kind": "fixed", "window_days": 90, "dates": [{"month": 9, "day": 30, "years": "odd"}]}, 24),
    ],
)
def test_length_of_a_cycle_follows_from_its_rule(shape, months):
    assert length(shape) == months


@given(st.dictionaries(groups, tallies, max_size=12))
def test_every_way_to_group_adds_up_to_everybody(cells):
    everybody = total(cells.values())
    for name in ("organisation", "department", "profession"):
        assert total(by(name, cells).values()) == everybody
    parts = (everybody.overdue, everybody.postponed, everybody.due, everybody.done, everybody.not_yet)
    assert everybody.total == sum(parts) == sum(tally.total for tally in cells.values())


@given(st.dates(), st.integers(0, 200))
def test_months_before_lands_in_the_month_meant(day, months):
    if day.year > 20:
        found = months_before(day, months)
        assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == months
        assert found.day <= day.day


def test_share_done_in_time_counts_dates_that_have_passed(trust, hr, rule):
    day = months_before(today().replace(day=1), 1)
    done(person(trust), rule=rule, on=day, due_on=day)
    done(person(trust), rule=rule, on=today(), due_on=day)
    appraisal(person(trust), rule=rule, due_on=day)
    appraisal(person(trust), rule=rule, due_on=day, state=AppraisalState.CANCELLED)
    appraisal(person(trust), rule=rule, due_on=in_days(5))
    past = figures.months(hr, day=today())
    assert len(past) == 12
    assert [(month.due, month.in_time, month.share) for month in past if month.due] == [(3, 1, 33)]
    assert past[-2].first == day


def test_page_shows_own_people_with_figures_that_lead_to_the_list(sign_in, hr, trust, nurse, rule):
    appraisal(nurse, rule=rule, due_on=in_days(-3))
    page = sign_in(hr).get(PAGE)
    assert 'href="/appraisals/organisation/overdue?department=Ward+4"' in page.text
    assert "Secret" not in page.text
    assert "0% not overdue" in text(page)


def test_page_narrows_to_a_cycle_and_keeps_it_on_the_way_to_the_list(sign_in, hr, trust, nurse, rule):
    appraisal(nurse, rule=rule, due_on=in_days(-3))
    other = CycleRuleFactory(cycle__name="Board review")
    appraisal(nurse, rule=other, due_on=in_days(40))
    page = sign_in(hr).get(PAGE, {"cycle": other.cycle.code})
    assert "100% not overdue" in text(page)
    page = sign_in(hr).get(PAGE, {"cycle": rule.cycle.code})
    assert f"overdue?cycle={rule.cycle.code}&amp;profession=nurse" in page.text


def test_page_without_anybody_says_what_it_is_for(sign_in, hr):
    assert "Nobody whom you look after is under a cycle yet." in text(sign_in(hr).get(PAGE))


def test_page_asks_the_same_queries_for_one_and_three_people(sign_in, hr, trust, rule):
    client, counts = sign_in(hr), []
    for number in (1, 2):
        for _ in range(number):
            one_of_each(trust, rule)
            appraisal(clinician_user(trust, department=f"Ward {number}"), rule=rule, due_on=in_days(-number))
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
