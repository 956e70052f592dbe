"""Coming under a cycle, leaving it, and the next appraisal of everybody who has none open."""

import datetime

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.accounts.roles import Role
from registry.appraisals.actions import obligations
from registry.appraisals.models import Appraisal, AppraisalTransition, Obligation
from registry.appraisals.tasks import open_appraisals
from registry.audit.models import AuditEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories.appraisals import (
    CHECKLIST,
    CycleFactory,
    CycleRuleFactory,
    ObligationFactory,
    days_ago,
    done,
    in_days,
    open_one,
    placed,
    renewal,
    sent,
    signed,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

pytestmark = pytest.mark.django_db


def place(nurse, by, rule=None, **said):
    rule = rule or CycleRuleFactory()
    said = {"started_on": today()} | said
    return obligations.place_under(clinician=nurse, cycle=rule.cycle, by=by, **said)


# --- coming under a cycle --------------------------------------------------------------------------------------------


def test_whoever_comes_under_a_cycle_has_an_appraisal_at_once(nurse, hr, appraiser):
    row = placed(nurse, last_done=330, by=hr)
    assert (row.state, row.appraiser, row.reminders_from) == ("preparing", appraiser, today())
    assert (row.opens_on, row.due_on) == (row.due_on - datetime.timedelta(days=84), row.due_on)
    assert [(entry.code, entry.name, entry.done) for entry in row.checklist.all()] == [
        (item["code"], item["name"], False) for item in CHECKLIST
    ]
    assert list(row.transitions.values_list("before", "after", "by")) == [("", "preparing", None)]
    events = AuditEvent.objects.filter(verb__in=["obligation.placed", "appraisal.opened"])
    assert set(events.values_list("verb", "organisation_id")) == {
        ("obligation.placed", nurse.organisation_id),
        ("appraisal.opened", nurse.organisation_id),
    }


def test_whoever_does_not_hold_the_role_any_more_is_given_no_appraisal(nurse, hr, appraiser):
    appraiser.role_grants.update(revoked_at=timezone.now(), revoked_by=hr)
    assert placed(nurse, by=hr).appraiser is None


def test_renewal_has_no_appraiser(nurse):
    assert renewal(nurse).appraiser is None


def test_only_the_employers_officers_place_people(nurse, appraiser):
    elsewhere = user_with(Role.HR_OFFICER, OrganisationFactory())
    for by in (nurse.user, appraiser, elsewhere):
        with pytest.raises(NotAllowed):
            place(nurse, by)


def test_nobody_is_under_a_cycle_twice_at_once(nurse, hr):
    rule = CycleRuleFactory()
    place(nurse, hr, rule)
    with pytest.raises(WrongState, match="is under this already"):
        place(nurse, hr, rule)


def test_cycle_without_a_rule_takes_nobody(nurse, hr):
    with pytest.raises(WrongState, match="has no rule yet"):
        obligations.place_under(clinician=nurse, cycle=CycleFactory(), started_on=today(), by=hr)


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("renewal", {}, "next_due_on"),
        ("revalidation", {"last_done_on": datetime.date(2025, 1, 1)}, "next_due_on"),
        ("appraisal", {"birth_month": 13}, "birth_month"),
        ("appraisal", {"last_done_on": datetime.date(2100, 1, 1)}, "last_done_on"),
        ("appraisal", {"last_done_on": datetime.date.min}, "last_done_on"),
        ("appraisal", {"started_on": datetime.date.max}, "started_on"),
        ("appraisal", {"started_on": datetime.date.min}, "started_on"),
        ("appraisal", {"next_due_on": datetime.date.max}, "next_due_on"),
        ("appraisal", {"next_due_on": datetime.date.min}, "next_due_on"),
        # By the rule due in 2020, and so reminded of by nothing.
        ("appraisal", {"started_on": datetime.date(2019, 1, 1)}, "last_done_on"),
        (
            "appraisal",
            {"started_on": datetime.date(2019, 1, 1), "last_done_on": datetime.date(2020, 1, 1)},
            "next_due_on",
        ),
        # The last of its 52 weekly reminders would be today.
        ("renewal", {"next_due_on": days_ago(364)}, "next_due_on"),
        (
            "appraisal",
            {"last_done_on": datetime.date(2025, 1, 1), "next_due_on": datetime.date(2025, 1, 1)},
            "next_due_on",
        ),
    ],
)
def test_dates_that_cannot_be_are_refused_beside_their_field(nurse, hr, kind, said, field):
    with pytest.raises(Invalid) as refused:
        place(nurse, hr, CycleRuleFactory(cycle__kind=kind), **said)
    assert refused.value.field == field
    assert not Obligation.objects.exists()


def test_registration_with_a_fixed_day_needs_no_date(nurse, hr):
    shape = {"kind": "fixed", "window_days": 90, "dates": [{"month": 11, "day": 30}]}
    place(nurse, hr, CycleRuleFactory(cycle__kind="renewal", shape=shape), started_on=datetime.date(2026, 12, 1))
    assert Appraisal.objects.get().due_on == datetime.date(2027, 11, 30)


@pytest.mark.parametrize("said", [{"last_done_on": days_ago(400)}, {"next_due_on": days_ago(363)}])
def test_what_officers_say_may_be_overdue_while_reminders_come(nurse, hr, said):
    place(nurse, hr, started_on=datetime.date(2019, 1, 1), **said)
    assert Appraisal.objects.get().due_on < today()


# --- leaving it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [placed, sent, signed])
def test_end_cancels_what_is_open_with_the_reason(nurse, hr, make):
    row = make(nurse, by=hr)
    before = row.calendar_sequence
    obligations.end(obligation=row.obligation, ended_on=today(), reason="Left the trust.", by=hr)
    row.refresh_from_db()
    assert (row.state, row.calendar_sequence, row.done_on) == ("cancelled", before + 1, None)
    last = row.transitions.last()
    assert (last.after, last.reason, last.by) == ("cancelled", "Left the trust.", hr)
    assert obligations.open_due(today()) == 0
    with pytest.raises(WrongState, match="has ended already"):
        obligations.end(obligation=row.obligation, ended_on=today(), reason="Again.", by=hr)


def test_end_needs_a_reason_a_day_and_an_officer(nurse, hr, appraiser):
    held = placed(nurse, by=hr).obligation
    with pytest.raises(NotAllowed):
        obligations.end(obligation=held, ended_on=today(), reason="Left.", by=appraiser)
    for wrong, field in (({"reason": " "}, "reason"), ({"ended_on": in_days(1)}, "ended_on")):
        with pytest.raises(Invalid) as refused:
            obligations.end(**{"obligation": held, "ended_on": today(), "reason": "Left.", "by": hr} | wrong)
        assert refused.value.field == field
    assert open_one(nurse, held.cycle).state == "preparing"


def test_somebody_can_come_back(nurse, hr):
    rule = CycleRuleFactory()
    first = place(nurse, hr, rule)
    obligations.end(obligation=first, ended_on=today(), reason="Career break.", by=hr)
    assert place(nurse, hr, rule, started_on=today()).pk != first.pk


# --- the next of everybody -------------------------------------------------------------------------------------------


def test_everybody_without_an_open_one_gets_the_next_and_twice_changes_nothing(trust):
    rule = CycleRuleFactory(cycle__checklist=CHECKLIST)
    for _ in range(3):
        ObligationFactory(cycle=rule.cycle, clinician__organisation=trust)
    ObligationFactory(cycle=rule.cycle, ended_on=today())
    ObligationFactory()
    assert obligations.open_due(today()) == 3
    assert obligations.open_due(today()) == 0
    open_appraisals()
    assert Appraisal.objects.count() == AppraisalTransition.objects.count() == 3
    assert AuditEvent.objects.filter(verb="appraisal.opened").count() == 3


def test_opening_many_takes_as_many_statements_as_opening_one():
    def statements(people):
        rule = CycleRuleFactory(cycle__checklist=CHECKLIST)
        trust = OrganisationFactory()
        for _ in range(people):
            ObligationFactory(cycle=rule.cycle, clinician__organisation=trust)
        with CaptureQueriesContext(connection) as queries:
            assert obligations.open_due(today()) == people
        return len(queries)

    assert statements(1) == statements(5)


def test_many_are_opened_chunk_by_chunk(monkeypatch):
    monkeypatch.setattr(obligations, "CHUNK", 2)
    rule = CycleRuleFactory()
    for _ in range(5):
        ObligationFactory(cycle=rule.cycle)
    assert obligations.open_due(today()) == 5


def test_what_was_done_decides_when_the_next_is_due(nurse, hr):
    over = done(nurse, days=330, last_done=700, by=hr)
    following = open_one(nurse, over.rule.cycle)
    assert over.done_on == days_ago(330)
    assert following.due_on == over.done_on + relativedelta(years=1)
    assert following.reminders_from == today()


def test_rule_in_force_when_the_window_opens_is_kept(nurse, hr):
    rule = CycleRuleFactory()
    new = CycleRuleFactory(cycle=rule.cycle, effective_from=in_days(1))
    place(nurse, hr, rule, last_done_on=days_ago(330))
    assert Appraisal.objects.get().rule == rule
    colleague = clinician_user(nurse.organisation)
    place(colleague, hr, rule, last_done_on=today())
    assert Appraisal.objects.get(clinician=colleague).rule == new
