"""Deciding about postponements, quiet days, and placing people under cycles."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.roles import Role
from registry.appraisals.actions.deciding import approve_postponement, refuse_postponement
from registry.appraisals.actions.placing import place_many
from registry.appraisals.actions.preparing import withdraw_wish
from registry.appraisals.actions.quiet import add_quiet_period, remove_quiet_period
from registry.appraisals.models import Obligation, QuietPeriod
from registry.appraisals.states import AppraisalState
from registry.audit.models import AuditEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories.appraisals import CycleRuleFactory, appraisal
from tests.factories.officers import in_days, postponement
from tests.factories.people import ClinicianFactory, RegistrationFactory, clinician_user, grant, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db
PAGE = "/appraisals/organisation/postponements"


def shown(page):
    """The mark of the people a page shows."""
    return re.search(r'name="shown" value="(\w+)"', page.text)[1]


@pytest.fixture
def row(nurse, rule):
    return appraisal(nurse, rule=rule, due_on=in_days(10))


@pytest.fixture
def wish(row, nurse):
    return postponement(row, nurse.user)


def approve(wish, by, *, to=None):
    approve_postponement(postponement=wish, to_due_on=to or wish.to_due_on, reason="", by=by)


def test_approval_moves_date_window_calendar_and_the_first_day_of_reminders(row, wish, hr):
    approve(wish, hr, to=in_days(40))
    row.refresh_from_db()
    assert (row.due_on, row.opens_on) == (in_days(40), in_days(40 - 84))
    assert (row.reminders_from, row.calendar_sequence) == (today(), 1)
    wish.refresh_from_db()
    assert (wish.approved, wish.to_due_on, wish.decided_by) == (True, in_days(40), hr)
    assert AuditEvent.objects.get(verb="postponement.approved").detail["to"] == in_days(40).isoformat()


def test_refusal_leaves_the_date_and_says_why(row, wish, hr):
    with pytest.raises(Invalid) as refused:
        refuse_postponement(postponement=wish, reason=" ", by=hr)
    assert refused.value.field == "reason"
    refuse_postponement(postponement=wish, reason="There is time enough.", by=hr)
    row.refresh_from_db()
    wish.refresh_from_db()
    assert (row.due_on, wish.approved, wish.decision_reason) == (in_days(10), False, "There is time enough.")


def test_request_that_is_taken_back_meanwhile_cannot_be_decided(row, wish, nurse, hr):
    withdraw_wish(appraisal=row, by=nurse.user)
    with pytest.raises(WrongState, match="taken back"):
        approve(wish, hr)
    with pytest.raises(WrongState, match="taken back"):
        refuse_postponement(postponement=wish, reason="No", by=hr)


@pytest.mark.parametrize("day", [in_days(10 + 732), datetime.date.max])
def test_new_date_is_within_two_years(wish, hr, day):
    with pytest.raises(Invalid, match="within two years") as refused:
        approve(wish, hr, to=day)
    assert refused.value.field == "to_due_on"


def test_neither_who_asked_nor_whom_it_is_about_decides(row, nurse, wish, trust, hr):
    grant(nurse.user, Role.HR_OFFICER, trust)
    with pytest.raises(NotAllowed):
        approve(wish, nurse.user)
    refuse_postponement(postponement=wish, reason="No", by=hr)
    by_hr = postponement(row, hr)
    for by in (hr, nurse.user, user_with(Role.RESPONSIBLE_OFFICER, trust)):
        with pytest.raises(NotAllowed):
            approve(by_hr, by)


@pytest.mark.parametrize("to", [10, 0, -5])
def test_new_date_is_later_and_in_the_future(wish, hr, to):
    with pytest.raises(Invalid) as refused:
        approve(wish, hr, to=in_days(to))
    assert refused.value.field == "to_due_on"


def test_decided_once_and_only_while_it_can_move(row, wish, hr):
    type(row).objects.filter(pk=row.pk).update(state=AppraisalState.READY)
    type(row).objects.filter(pk=row.pk).update(state=AppraisalState.SIGNED)
    with pytest.raises(WrongState):
        approve(wish, hr)
    refuse_postponement(postponement=wish, reason="It has taken place.", by=hr)
    with pytest.raises(WrongState):
        refuse_postponement(postponement=wish, reason="Again", by=hr)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_one_is_told(wish, trust, hr):
    second = user_with(Role.HR_OFFICER, trust)
    refuse = lambda: refuse_postponement(postponement=wish, reason="No", by=second)  # noqa: E731
    assert outcome(at_once(lambda: approve(wish, hr), refuse)) == (1, 1)


def test_pages_decide_and_list_own_people_only(sign_in, hr, wish, foreign):
    postponement(foreign, foreign.clinician.user)
    client = sign_in(hr)
    page = client.get(PAGE)
    assert "Ada Nurse" in page.text
    assert "Foreign" not in page.text
    address = f"{PAGE}/{wish.pk}"
    assert "Choose whether you approve." in client.post(address, {}).text
    assert "Say why you refuse." in client.post(address, {"decision": "refuse"}).text
    page = client.post(address, {"decision": "approve"}, follow=True)
    assert "Approved: the new date is" in page.text
    assert "Approved" in client.get(address).text


def test_list_asks_the_same_queries_for_one_and_three(sign_in, hr, trust, rule):
    client, counts = sign_in(hr), []
    for times in (1, 2):
        for _ in range(times):
            person = clinician_user(trust)
            postponement(appraisal(person, rule=rule), person.user)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


# --- quiet days ------------------------------------------------------------------------------------------------------


def quiet(trust, hr, first=5, last=9):
    days = {"first_day": in_days(first), "last_day": in_days(last)}
    return add_quiet_period(organisation=trust, reason="Closed", by=hr, **days)


@pytest.mark.parametrize(("first", "last", "field"), [(0, 3, "first_day"), (5, 4, "last_day"), (5, 36, "last_day")])
def test_quiet_days_lie_ahead_and_are_few(trust, hr, first, last, field):
    with pytest.raises(Invalid) as refused:
        quiet(trust, hr, first, last)
    assert refused.value.field == field


def test_quiet_days_are_kept_by_own_officers_and_removed_before_they_begin(trust, hr, foreign):
    with pytest.raises(NotAllowed):
        quiet(foreign.clinician.organisation, hr)
    period = quiet(trust, hr)
    with pytest.raises(NotAllowed):
        remove_quiet_period(period=period, by=user_with(Role.HR_OFFICER, foreign.clinician.organisation))
    begun = QuietPeriod.objects.create(organisation=trust, first_day=today(), last_day=today(), reason="Now")
    with pytest.raises(WrongState):
        remove_quiet_period(period=begun, by=hr)
    remove_quiet_period(period=period, by=hr)
    with pytest.raises(WrongState):
        remove_quiet_period(period=period, by=hr)
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "quiet_period.added",
        "quiet_period.removed",
    ]


def test_page_adds_and_removes_quiet_days(sign_in, hr, trust):
    client, address = sign_in(hr), "/appraisals/organisation/quiet-days"
    day = in_days(20)
    parts = {part: getattr(day, part) for part in ("day", "month", "year")}
    sent = {f"{name}-{part}": value for name in ("first_day", "last_day") for part, value in parts.items()}
    page = client.post(address, sent | {"organisation": trust.pk, "reason": "Move of offices"}, follow=True)
    assert "Move of offices" in page.text
    page = client.post(f"{address}/{QuietPeriod.objects.get().pk}/remove", follow=True)
    assert "There are none yet." in page.text


# --- people under a cycle --------------------------------------------------------------------------------------------


def test_people_are_placed_all_or_none(trust, hr, rule, nurse):
    other = ClinicianFactory(organisation=trust)
    placing = {"cycle": rule.cycle, "started_on": today(), "next_due_on": None, "by": hr}
    assert place_many(clinicians=[nurse], **placing) == 1
    with pytest.raises(WrongState):
        place_many(clinicians=[other, nurse], **placing)
    assert not Obligation.objects.filter(clinician=other).exists()
    with pytest.raises(Invalid):
        place_many(clinicians=[], **placing)


def test_page_places_those_who_match_and_are_not_under_it(sign_in, hr, trust, nurse):
    rule = CycleRuleFactory(cycle__name="NMC revalidation")
    RegistrationFactory(clinician=nurse)
    RegistrationFactory(clinician=ClinicianFactory(organisation=trust), register="GMC", number="1234567")
    client, address = sign_in(hr), f"/appraisals/organisation/cycles/{rule.cycle_id}/place?register=NMC"
    assert "1 person matches and is" in client.get(address).text
    day = today()
    sent = {f"started_on-{part}": getattr(day, part) for part in ("day", "month", "year")}
    sent |= {"shown": shown(client.get(address))}
    late = ClinicianFactory(organisation=trust)
    RegistrationFactory(clinician=late, number="99A9999E")
    assert "The list of people has changed since you looked at it." in client.post(address, sent).text
    assert not Obligation.objects.filter(cycle=rule.cycle).exists()
    late.registrations.all().delete()
    page = client.post(address, sent, follow=True)
    assert "1 person is now under NMC revalidation." in page.text
    assert [row.clinician for row in Obligation.objects.filter(cycle=rule.cycle)] == [nurse]
    assert "Everybody who matches is under it already." in client.get(address).text
