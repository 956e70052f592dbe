"""Reminders in words: what is still needed, to whoever still has the role, and nothing sensitive in a subject."""

import datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from structlog.testing import capture_logs

from registry.accounts.roles import Role
from registry.appraisals import planning, tasks
from registry.appraisals.models import Appraisal, Connection
from registry.appraisals.reminders import compose
from registry.appraisals.states import AppraisalState, CycleKind
from registry.clinicians.models import Clinician
from registry.notifications import outbox, wording
from registry.notifications.delivery import drain
from registry.notifications.kinds import Outgoing, Part
from registry.notifications.models import Message
from tests.factories.appraisals import CycleFactory, CycleRuleFactory, appraisal
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, UserFactory, clinician_user, user_with
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db

DUE = datetime.date(2027, 3, 31)
DAY = datetime.date(2027, 3, 3)


@pytest.fixture
def clock():
    with time_machine.travel(datetime.datetime(2027, 3, 3, 6, 15, tzinfo=datetime.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def here(clock):
    trust = OrganisationFactory()
    person = clinician_user(trust)
    one = appraisal(person, due_on=DUE, reminders_from=DAY, appraiser=user_with(Role.APPRAISER, name="Iris Appraiser"))
    return SimpleNamespace(trust=trust, person=person, one=one)


def outgoing():
    parts = {}
    for row in Message.objects.order_by("pk"):
        parts.setdefault(row.head_id or row.pk, []).append(Part.of(row))
    return [Outgoing(rows[0], tuple(rows)) for rows in parts.values()]


def said():
    """Planned and composed: the words, by address."""
    return {words.to: words for words in compose(outgoing()).values()}


def move_to(clock, day):
    clock.move_to(datetime.datetime.combine(day, datetime.time(6, 15), datetime.UTC))
    planning.plan(day)


def test_a_person_reads_what_is_due_and_by_when(here):
    planning.plan(DAY)
    words = said()[here.person.user.email]
    assert words.subject == "Your appraisal is due by 31 March 2027"
    assert f"Dear {here.person.user.name}," in words.text
    assert "Medical appraisal: yours is due by 31 March 2027." in words.text
    assert f"/appraisals/{here.one.pk}\n" in words.text
    assert words.href == f"/appraisals/{here.one.pk}"
    assert "cannot be switched off" in words.text
    assert [file.name for file in words.attachments] == ["calendar.ics"]
    assert "\n\n\n" not in words.text


def test_an_appraiser_reads_whose_it_is_but_not_in_the_subject(here):
    planning.plan(DAY)
    words = said()[here.one.appraiser.email]
    assert words.subject == "An appraisal you carry out is due by 31 March 2027"
    assert f"Medical appraisal of {here.person.name}, which you carry out: it is due by 31 March 2027" in words.text


def test_html_says_what_the_text_says_and_loads_nothing_from_elsewhere(here):
    Clinician.objects.filter(pk=here.person.pk).update(given_name="<b>Ada")
    planning.plan(DAY)
    html = said()[here.one.appraiser.email].html
    assert "&lt;b&gt;Ada" in html
    assert '<html lang="en">' in html
    for word in ("<img", "<script", "<link", "url("):
        assert word not in html


def test_escalations_are_counted_in_the_subject_and_name_nobody_there(here, clock):
    manager = clinician_user(here.trust, given_name="Max")
    Clinician.objects.filter(pk=here.person.pk).update(line_manager=manager)
    other = clinician_user(here.trust, line_manager=manager, family_name="Second")
    appraisal(other, rule=here.one.rule, due_on=DUE, reminders_from=DAY)
    move_to(clock, datetime.date(2027, 4, 14))
    words = said()[manager.user.email]
    assert words.subject == "2 appraisals are overdue"
    assert f"- {other.name}: Medical appraisal was due by 31 March 2027" in words.text
    assert f"- {here.person.name}: Medical appraisal was due by 31 March 2027" in words.text
    assert words.attachments == ()


def test_officers_read_who_is_missing(clock):
    trust = OrganisationFactory()
    officer = user_with(Role.HR_OFFICER, trust)
    appraisal(clinician_user(trust, given_name="Ada"), due_on=DUE, reminders_from=DAY)
    move_to(clock, DAY)
    words = said()[officer.email]
    assert words.subject == "1 appraisal is due"
    assert "Medical appraisal is due by 31 March 2027 (Ada has no appraiser)" in words.text


@pytest.mark.parametrize(
    "change",
    [
        {"state": AppraisalState.CANCELLED},
        {"state": AppraisalState.DONE, "done_on": DAY, "outcome": "completed"},
        {"due_on": datetime.date(2027, 6, 30)},
    ],
)
def test_what_is_no_longer_needed_is_left_out(here, change):
    planning.plan(DAY)
    Appraisal.objects.filter(pk=here.one.pk).update(**change)
    assert compose(outgoing()) == {}


def test_whoever_no_longer_has_the_role_is_told_nothing(here, clock):
    officer = user_with(Role.HR_OFFICER, here.trust)
    responsible, manager = user_with(Role.RESPONSIBLE_OFFICER, here.trust), clinician_user(here.trust)
    Clinician.objects.filter(pk=here.person.pk).update(line_manager=manager)
    connection_ = Connection.objects.create(
        clinician=here.person, designated_body=here.trust, responsible_officer=responsible, started_on=DAY
    )
    move_to(clock, datetime.date(2027, 5, 12))
    everybody = {here.person.user, here.one.appraiser, responsible, manager.user, officer}
    assert set(said()) == {user.email for user in everybody}
    Appraisal.objects.filter(pk=here.one.pk).update(appraiser=user_with(Role.APPRAISER))
    Clinician.objects.filter(pk=here.person.pk).update(line_manager=None, user=UserFactory())
    Connection.objects.filter(pk=connection_.pk).update(ended_on=DAY)
    officer.role_grants.update(revoked_at=datetime.datetime(2027, 5, 12, tzinfo=datetime.UTC), revoked_by=officer)
    assert said() == {}


def test_somebody_without_an_account_is_reached_by_their_work_address_until_they_have_one(clock):
    person = ClinicianFactory(email="ada@trust.example")
    appraisal(person, due_on=DUE, reminders_from=DAY)
    move_to(clock, DAY)
    assert said()["ada@trust.example"].text.startswith(f"Dear {person.name},")
    user = UserFactory(email="ada.account@trust.example")
    Clinician.objects.filter(pk=person.pk).update(user=user)
    assert list(said()) == ["ada.account@trust.example"]


@pytest.mark.parametrize(
    ("kind", "state", "offered"),
    [
        (CycleKind.APPRAISAL, AppraisalState.READY, True),
        (CycleKind.APPRAISAL, AppraisalState.SIGNED, False),
        (CycleKind.REVALIDATION, AppraisalState.PREPARING, False),
        (CycleKind.RENEWAL, AppraisalState.PREPARING, False),
    ],
)
def test_a_later_date_is_offered_only_where_it_can_be_asked_for(kind, state, offered, clock):
    rule, person = CycleRuleFactory(cycle=CycleFactory(kind=kind)), clinician_user(OrganisationFactory())
    appraisal(person, rule=rule, due_on=DUE, reminders_from=DAY, state=state)
    planning.plan(DAY)
    words = said()[person.user.email]
    assert [("ask for a later date" in text) for text in (words.text, words.html)] == [offered, offered]
    assert "See what is left to do" in words.text


def test_a_role_that_was_lost_after_planning_is_told_nothing_and_the_officers_read_why(here, clock):
    officer = user_with(Role.HR_OFFICER, here.trust)
    planning.plan(DAY)
    here.one.appraiser.role_grants.update(revoked_at=timezone.now(), revoked_by=officer)
    assert here.one.appraiser.email not in said()
    Message.objects.filter(recipient_id=here.one.appraiser_id).update(state="dropped", finished_at=timezone.now())
    planning.plan(DAY)
    text = said()[officer.email].text
    assert f"({here.person.given_name} has an appraiser who does not hold the role any more)" in text


def test_an_officers_long_digest_says_how_much_more_there_is_and_loses_nothing(here, clock, monkeypatch):
    monkeypatch.setattr(outbox, "MOST_PARTS", 2)
    manager = clinician_user(here.trust)
    rows = [
        appraisal(clinician_user(here.trust, line_manager=manager), rule=here.one.rule, due_on=DUE, reminders_from=DAY)
        for _ in range(7)
    ]
    move_to(clock, datetime.date(2027, 4, 14))
    (head,) = Message.objects.filter(recipient_id=manager.user_id, head=None)

    def read():
        (outgoing,) = outbox.with_parts([Part.of(head)])
        words, _ = wording.compose([outgoing])
        return outgoing, words.get(head.pk)

    outgoing, words = read()
    assert (len(outgoing.parts), outgoing.more) == (3, 4)
    assert words.subject == "3 or more appraisals are due or overdue"
    assert words.text.count("Medical appraisal was due by 31 March 2027") == 3
    assert "And up to 4 more." in words.text
    assert "And up to 4 more." in words.html
    over = Message.objects.filter(recipient_id=manager.user_id).order_by("pk").values("about_id")[:6]
    Appraisal.objects.filter(pk__in=over).update(state="cancelled")
    _, words = read()
    assert words.subject == "1 appraisal is overdue"
    Appraisal.objects.filter(pk__in=[row.pk for row in rows]).update(state="cancelled")
    assert read()[1] is None


def test_the_trust_somebody_left_does_not_see_their_address_on_what_failed(sign_in, here):
    officer = user_with(Role.HR_OFFICER, here.trust)
    planning.plan(DAY)
    Message.objects.update(state="failed", finished_at=timezone.now(), last_error="550 No such person")
    page = sign_in(officer).get("/messages/failed").content.decode()
    assert here.person.user.email in page
    assert here.person.user.name in page
    Clinician.objects.filter(pk=here.person.pk).update(organisation=OrganisationFactory())
    page = sign_in(officer).get("/messages/failed").content.decode()
    assert here.person.user.email not in page
    assert here.person.user.name not in page
    assert here.one.appraiser.email not in page
    assert "It is about somebody who is at another organisation now." in page


def test_several_steps_of_one_appraisal_are_one_line(here, clock):
    move_to(clock, datetime.date(2027, 4, 12))
    words = said()[here.person.user.email]
    assert words.subject == "Your appraisal was due by 31 March 2027"


def test_what_the_law_does_not_ask_for_says_how_to_change_it(clock):
    rule = CycleRuleFactory(cycle=CycleFactory(name="Mid-year review", kind=CycleKind.REVIEW, statutory=False))
    person = clinician_user(OrganisationFactory())
    appraisal(person, rule=rule, due_on=DUE, reminders_from=DAY)
    move_to(clock, DAY)
    words = said()[person.user.email]
    assert words.subject == "Your review is due by 31 March 2027"
    assert "You can choose which e-mails you get:" in words.text
    assert "switched off" not in words.text


def test_a_batch_takes_as_many_queries_as_one_message(here):
    def queries():
        planning.plan(DAY)
        batch = outgoing()
        with CaptureQueriesContext(connection) as found:
            assert len(compose(batch)) == len(batch)
        return len(found)

    manager = clinician_user(here.trust)
    one = queries()
    for _ in range(3):
        person = clinician_user(here.trust, line_manager=manager)
        appraisal(person, rule=here.one.rule, due_on=DUE, reminders_from=DAY, appraiser=user_with(Role.APPRAISER))
    assert queries() == one


def test_the_task_plans_the_databases_day_and_rings(here, monkeypatch):
    rung = []
    monkeypatch.setattr("registry.notifications.outbox.ring", lambda: rung.append(1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT (clock_timestamp() AT TIME ZONE 'Europe/London')::date")
        (day,) = cursor.fetchone()
    planned = []
    monkeypatch.setattr(planning, "plan", lambda found: planned.append(found) or 3)
    with time_machine.travel(datetime.datetime.combine(day, datetime.time(12), datetime.UTC)):
        tasks.plan_reminders()
    assert planned == [day]
    assert rung == [1]


@pytest.mark.parametrize("days", [-400, -2, 2, 400])
def test_a_clock_that_jumped_plans_nothing_and_says_so(days, here, monkeypatch):
    monkeypatch.setattr(planning, "plan", lambda day: pytest.fail("planned"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    with time_machine.travel(now + datetime.timedelta(days=days)), capture_logs() as logs:
        tasks.plan_reminders()
    assert [line["event"] for line in logs] == ["clocks_disagree"]


def test_what_a_message_that_is_sent_leaves_out_is_planned_for_whoever_has_the_part_now(clock, settings):
    trust = OrganisationFactory()
    first, second = clinician_user(trust), clinician_user(trust)
    stays, moves = (clinician_user(trust, line_manager=first) for _ in range(2))
    for person in (stays, moves):
        appraisal(person, due_on=DUE, reminders_from=DAY, appraiser=user_with(Role.APPRAISER))
    with smtp_server(settings) as post:
        move_to(clock, DUE + datetime.timedelta(days=14))
        moves.line_manager = second
        moves.save()
        drain()
        (to_the_first,) = [message for message in post.messages if message["To"] == first.user.email]
        assert stays.name in str(to_the_first)
        assert moves.name not in str(to_the_first)
        planning.plan(DUE + datetime.timedelta(days=14))
        drain()
    (to_the_second,) = [message for message in post.messages if message["To"] == second.user.email]
    assert moves.name in str(to_the_second)
    assert Message.objects.get(recipient_id=first.user_id, left_out=True).about_id in {
        row.pk for row in Appraisal.objects.filter(clinician=moves)
    }
