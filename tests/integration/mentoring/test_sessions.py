"""The session log of a pair: what the two can write down, plan and take back, and nobody else."""

import datetime
import uuid
from html.parser import HTMLParser

import pytest
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mentoring import session_calendar, session_news, steps
from mentoring.actions import ending, sessions
from mentoring.models import MentoringSession, PlannedSession, SessionNote
from mentoring.session_presenters import needs_now, sessions_of
from mentoring.states import RelationshipState
from registry.accounts import calendar
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.nhsuk.dates import long_date_time
from registry.notifications.kinds import Outgoing
from registry.notifications.models import Message
from tests.factories import mentoring
from tests.factories import mentoring_sessions as make
from tests.factories.people import clinician_user, user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(trust):
    return user_with(Role.MENTOR, trust, name="Mo Mentor", email="mentor@trust.example")


@pytest.fixture
def pair(mentor, nurse):
    return make.pair(mentoring.offering(mentor), nurse)


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


def posted(day=None, **changes):
    day = day or today()
    told = {"held_on-day": day.day, "held_on-month": day.month, "held_on-year": day.year, "minutes": "45"}
    return told | {"medium": "phone", "themes": ["team"]} | changes


def day_of(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


class Filled(HTMLParser):
    """What a browser would send of the form on a page, as it comes."""

    def __init__(self, page):
        super().__init__()
        self.sent = {}
        self.feed(page.text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self.sent[found["name"]] = found.get("value", "")


def end(pair, *, days=0):
    pair.ended_at = timezone.now() - datetime.timedelta(days=days)
    steps.move(pair, RelationshipState.ENDED, by=None, also=("ended_at",))


# --- logging ---------------------------------------------------------------------------------------------------------


def test_either_of_the_two_logs_a_session_on_one_screen(client, pair, mentor, nurse):
    for user, day in ((mentor, make.days_ago(1)), (nurse.user, today())):
        client.force_login(user)
        assert client.post(to("log_session", pair.pk), posted(day)).status_code == 302
    rows = MentoringSession.objects.order_by("held_on")
    assert [(row.logged_by, row.held_on, row.minutes, row.medium, row.themes) for row in rows] == [
        (mentor, make.days_ago(1), 45, "phone", ["team"]),
        (nurse.user, today(), 45, "phone", ["team"]),
    ]


def test_form_comes_filled_in_with_today_an_hour_and_how_they_met_last(client, pair, mentor):
    make.logged(pair, held_on=make.days_ago(9), medium="phone")
    make.logged(pair, held_on=make.days_ago(2), medium="video", themes=["career"])
    client.force_login(mentor)
    sent = Filled(client.get(to("log_session", pair.pk))).sent
    assert (sent["minutes"], sent["medium"], "themes" in sent) == ("60", "video", False)
    # As it is, it can be sent.
    assert client.post(to("log_session", pair.pk), sent).status_code == 302
    row = MentoringSession.objects.get(held_on=today())
    assert (row.minutes, row.medium, row.themes) == (60, "video", [])


def test_note_in_the_quick_form_is_private_and_the_next_date_is_planned(client, pair, mentor):
    client.force_login(mentor)
    soon = today() + datetime.timedelta(days=10)
    told = posted(note=make.PRIVATE, next_at="2:30pm") | day_of("next_on", soon)
    assert client.post(to("log_session", pair.pk), told).status_code == 302
    note, planned = SessionNote.objects.get(), PlannedSession.objects.get()
    assert (note.read(), note.shared, note.author) == (make.PRIVATE, False, mentor)
    assert timezone.localtime(planned.starts_at).replace(tzinfo=None) == datetime.datetime.combine(
        soon, datetime.time(14, 30)
    )
    assert (planned.minutes, planned.medium) == (45, "phone")


def test_two_taps_on_the_button_log_one_session(client, pair, mentor):
    client.force_login(mentor)
    token = Filled(client.get(to("log_session", pair.pk))).sent["token"]
    for _ in range(2):
        assert client.post(to("log_session", pair.pk), posted(token=token, note="Once")).status_code == 302
    assert (MentoringSession.objects.count(), SessionNote.objects.count()) == (1, 1)


def test_another_day_on_the_same_page_is_another_session_however_often_the_button_is_tapped(client, pair, mentor):
    client.force_login(mentor)
    token = Filled(client.get(to("log_session", pair.pk))).sent["token"]
    for day in (today(), make.days_ago(3), make.days_ago(3)):
        assert client.post(to("log_session", pair.pk), posted(day, token=token)).status_code == 302
    assert list(MentoringSession.objects.values_list("held_on", flat=True)) == [today(), make.days_ago(3)]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_log_one_session(pair, mentor):
    token = uuid.uuid4()
    results = at_once(*[lambda: make.logged(pair, User.objects.get(pk=mentor.pk), token=token)] * 2)
    assert outcome(results) == (2, 0)
    assert results[0] == results[1]
    assert AuditEvent.objects.filter(verb="mentoring.session_logged").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_log_the_same_day_at_once_one_is_told_that_it_is_there(pair, mentor, nurse):
    results = at_once(*(lambda user=user: make.logged(pair, user) for user in (mentor, nurse.user)))
    (refused,) = [result for result in results if isinstance(result, Invalid)]
    assert refused.message == "A session on this day is logged already."
    assert MentoringSession.objects.count() == 1


def test_database_itself_keeps_a_session_of_a_pair_once_a_day_and_of_a_length_that_can_be(pair):
    row = make.logged(pair)
    for changes in ({}, {"held_on": make.days_ago(1), "minutes": 4}, {"held_on": make.days_ago(1), "minutes": 481}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MentoringSession.objects.create(relationship=pair, logged_by=row.logged_by, **make.said() | changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (day_of("held_on", datetime.date(2999, 1, 1)), "The day must be today or in the past."),
        (day_of("held_on", datetime.date(1999, 1, 1)), "when mentoring was under way"),
        ({"held_on-year": "0"}, "Enter a real date"),
        ({"minutes": "4"}, "Enter 5 minutes or more."),
        ({"minutes": "481"}, "Enter 480 minutes or fewer."),
        ({"minutes": "an hour"}, "Enter a whole number of minutes"),
        ({"minutes": ""}, "Enter how many minutes."),
        ({"medium": "pigeon"}, "Choose one of the answers shown."),
        ({"medium": ""}, "Choose how you met."),
        ({"themes": ["gossip"]}, "Choose from the list."),
        ({"note": "x" * 4001}, "Use at most 4000 characters; this has 4001."),
        ({"note": "a\0b"}, "Remove the null characters."),
        (day_of("next_on", datetime.date(2020, 1, 1)) | {"next_at": "9:00"}, "The day must be between today and"),
        (day_of("next_on", datetime.date(9999, 12, 31)) | {"next_at": "23:59"}, "The day must be between today and"),
        ({"next_at": "9:00"}, "Enter the day of the next session as well."),
        (day_of("next_on", today()), "Enter the time of the next session as well."),
        (day_of("next_on", today()) | {"next_at": "00:00"}, "The time must be in the future."),
        (day_of("next_on", today()) | {"next_at": "soon"}, "Enter a time, like 14:30."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(client, pair, mentor, changes, said):
    client.force_login(mentor)
    answer = client.post(to("log_session", pair.pk), posted() | changes)
    assert answer.status_code == 200
    assert said in answer.text
    assert not any(model.objects.exists() for model in (MentoringSession, SessionNote, PlannedSession, Message))


@pytest.mark.parametrize("token", ["", "x", "9" * 400, "\0"])
def test_token_that_is_none_is_no_fault(client, pair, mentor, token):
    client.force_login(mentor)
    assert client.post(to("log_session", pair.pk), posted(token=token)).status_code in (200, 302)


def test_session_is_logged_while_mentoring_is_under_way_and_thirty_days_after(pair, mentor):
    end(pair, days=30)
    assert make.logged(pair, held_on=make.days_ago(30))
    with pytest.raises(Invalid, match="when mentoring was under way"):
        make.logged(pair, held_on=make.days_ago(29))
    with pytest.raises(Invalid, match="there is no next session") as refused:
        make.logged(pair, held_on=make.days_ago(31), next_on=today(), next_at=datetime.time(23, 59))
    assert refused.value.field == "next_on"
    with pytest.raises(WrongState):
        make.planned(pair)


def test_nothing_is_logged_more_than_thirty_days_after_the_end_nor_before_both_said_yes(pair, mentor, trust):
    end(pair, days=31)
    with pytest.raises(WrongState):
        make.logged(pair, held_on=make.days_ago(40))
    from tests.factories import mentoring_relationships

    proposed = mentoring_relationships.proposed(pair.mentor, mentoring.looking(clinician_user(trust)))
    with pytest.raises(WrongState):
        make.logged(proposed)


def test_nobody_but_the_two_logs_plans_or_cancels(pair, lead, foreign):
    for user in (lead, foreign.user, user_with(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            make.logged(pair, user)
        with pytest.raises(NotAllowed):
            make.planned(pair, user)
        with pytest.raises(NotAllowed):
            sessions.cancel_next(relationship=pair, by=user)


def test_with_one_pair_there_is_nothing_to_choose_and_with_two_one_chooses(client, pair, mentor, nurse, trust):
    client.force_login(mentor)
    assert client.get(to("log")).url == to("log_session", pair.pk)
    other = make.pair(pair.mentor, clinician_user(trust, given_name="Bo", family_name="Second"))
    page = client.get(to("log")).text
    assert to("log_session", pair.pk) in page
    assert to("log_session", other.pk) in page
    end(pair)
    assert client.get(to("log")).url == to("log_session", other.pk)
    client.force_login(user_with(Role.MENTOR, trust))
    assert "Nobody is matched with you at the moment." in client.get(to("log")).text


def test_a_clinician_who_mentors_finds_the_log_beside_each_pair_under_way(client, pair, nurse, trust):
    theirs = make.pair(mentoring.offering(nurse.user), clinician_user(trust))
    client.force_login(nurse.user)
    page = client.get(to("mine")).text
    assert to("log_session", theirs.pk) in page
    assert to("log_session", pair.pk) in page
    end(theirs)
    assert to("log_session", theirs.pk) not in client.get(to("pairs")).text


# --- changing and removing -------------------------------------------------------------------------------------------


def test_whoever_logged_a_session_puts_it_right_and_takes_it_off(client, pair, mentor, nurse):
    row = make.logged(pair)
    client.force_login(nurse.user)
    assert client.post(to("change_session", row.pk), posted()).status_code == 404
    assert client.post(to("remove_session", row.pk)).status_code == 404
    client.force_login(mentor)
    assert client.post(to("change_session", row.pk), posted(make.days_ago(3), minutes="30")).status_code == 302
    row.refresh_from_db()
    assert (row.held_on, row.minutes, row.themes) == (make.days_ago(3), 30, ["team"])
    assert client.post(to("remove_session", row.pk)).status_code == 302
    assert not MentoringSession.objects.exists()
    with pytest.raises(WrongState):
        sessions.change_session(session=row, by=mentor, **make.said())


def test_session_is_not_moved_to_a_day_that_is_taken(pair, mentor):
    make.logged(pair, held_on=make.days_ago(5))
    row = make.logged(pair)
    assert sessions.change_session(session=row, by=mentor, **make.said(minutes=20)).minutes == 20
    with pytest.raises(Invalid) as refused:
        sessions.change_session(session=row, by=mentor, **make.said(held_on=make.days_ago(5)))
    assert refused.value.field == "held_on"


def test_session_of_which_the_other_one_has_a_note_stays(pair, mentor, nurse):
    row = make.logged(pair)
    make.noted(row, mentor)
    note = make.noted(row, nurse.user)
    with pytest.raises(WrongState, match="a note that is not yours"):
        sessions.remove_session(session=row, by=mentor)
    note.delete()
    sessions.remove_session(session=row, by=mentor)
    assert not SessionNote.objects.exists()


def test_audit_says_that_and_of_which_pair_and_never_about_what(pair, mentor):
    row = make.logged(pair, note=make.PRIVATE)
    sessions.change_session(session=row, by=mentor, **make.said(themes=["conflict"]))
    sessions.remove_session(session=row, by=mentor)
    events = AuditEvent.objects.filter(verb__startswith="mentoring.session").order_by("pk")
    assert [(event.verb, event.detail) for event in events] == [
        (f"mentoring.session_{what}", {"relationship": pair.pk}) for what in ("logged", "changed", "removed")
    ]


# --- the next session ------------------------------------------------------------------------------------------------


def told():
    return list(Message.objects.filter(kind=session_news.KIND_NAME).order_by("pk"))


def words(messages):
    return list(session_news.compose([Outgoing(one, (one,)) for one in messages]).values())


def test_planning_moving_and_cancelling_reaches_both_calendars(client, pair, mentor, nurse):
    client.force_login(mentor)
    when = {"time": "10:00", "minutes": "30", "medium": "person", "place": "Library"}
    day = today() + datetime.timedelta(days=3)
    assert client.post(to("plan_next", pair.pk), when | day_of("day", day)).status_code == 302
    planned = PlannedSession.objects.get()
    assert {made.to for made in words(told())} == {mentor.email, nurse.user.email}
    assert all("Library" in made.text and made.attachments[0].name == "calendar.ics" for made in words(told()))
    later = day + datetime.timedelta(days=1)
    assert client.post(to("plan_next", pair.pk), when | day_of("day", later)).status_code == 302
    moved = PlannedSession.objects.get()
    assert (moved.pk, moved.calendar_uid, moved.calendar_sequence) == (planned.pk, planned.calendar_uid, 1)
    # What was said of the earlier version is left out.
    assert [made.subject.partition(":")[0] for made in words(told())] == [
        "Your session with Ada Nurse has changed",
        "Your session with Mo Mentor has changed",
    ]
    assert client.post(to("plan_next", pair.pk), when | day_of("day", later)).status_code == 302
    assert len(told()) == 4  # nothing changed
    assert client.post(to("cancel_next", pair.pk)).status_code == 302
    made = words(told())
    assert [b"METHOD:CANCEL" in one.attachments[0].content for one in made] == [True, True]
    for user in (mentor, nurse.user):
        (entry,) = session_calendar.events(user)
        assert (entry.cancelled, entry.sequence) == (True, 2)
        assert b"STATUS:CANCELLED" in calendar.feed(user)
    with pytest.raises(WrongState):
        sessions.cancel_next(relationship=pair, by=mentor)


def test_next_session_the_other_one_moved_meanwhile_is_left_alone_by_a_log_that_says_nothing_of_it(
    client, pair, mentor, nurse
):
    make.planned(pair)
    client.force_login(mentor)
    sent = Filled(client.get(to("log_session", pair.pk))).sent
    make.planned(pair, nurse.user, days=9)
    assert client.post(to("log_session", pair.pk), sent).status_code == 302
    planned = PlannedSession.objects.get()
    assert (timezone.localdate(planned.starts_at), planned.calendar_sequence) == (make.days_ago(-9), 1)
    assert MentoringSession.objects.count() == 1


@pytest.mark.parametrize("name", ["log_session", "plan_next"])
def test_next_session_moved_meanwhile_is_not_written_over_unseen_and_is_when_saved_again(
    client, pair, mentor, nurse, name
):
    make.planned(pair)
    client.force_login(mentor)
    field = {"log_session": "next_on", "plan_next": "day"}[name]
    sent = Filled(client.get(to(name, pair.pk))).sent | {"medium": "phone"} | day_of(field, make.days_ago(-20))
    moved = make.planned(pair, nurse.user, days=9)
    page = client.post(to(name, pair.pk), sent)
    assert f"it is on {long_date_time(moved.starts_at)}" in page.text
    assert not MentoringSession.objects.exists()
    assert PlannedSession.objects.get().starts_at == moved.starts_at
    assert client.post(to(name, pair.pk), sent | {"seen": Filled(page).sent["seen"]}).status_code == 302
    assert timezone.localdate(PlannedSession.objects.get().starts_at) == make.days_ago(-20)


@pytest.mark.parametrize("name", ["log_session", "plan_next"])
def test_next_session_cancelled_or_planned_meanwhile_is_said(client, pair, mentor, nurse, name):
    field = {"log_session": "next_on", "plan_next": "day"}[name]
    client.force_login(mentor)
    when = {"medium": "phone", "next_at": "9:00", "time": "9:00"} | day_of(field, make.days_ago(-20))
    sent = Filled(client.get(to(name, pair.pk))).sent | when
    make.planned(pair, nurse.user)
    assert (
        "Your next session was changed since you opened the page: it is on" in client.post(to(name, pair.pk), sent).text
    )
    sent = Filled(client.get(to(name, pair.pk))).sent | when
    sessions.cancel_next(relationship=pair, by=nurse.user)
    page = client.post(to(name, pair.pk), sent)
    assert "it is cancelled" in page.text
    assert client.post(to(name, pair.pk), sent | {"seen": Filled(page).sent["seen"]}).status_code == 302
    assert PlannedSession.objects.filter(is_next=True).count() == 1


def test_two_taps_plan_one_session_and_are_no_change_by_the_other_one(client, pair, mentor):
    client.force_login(mentor)
    sent = Filled(client.get(to("plan_next", pair.pk))).sent | {"medium": "phone", "time": "9:00"}
    for _ in range(2):
        assert client.post(to("plan_next", pair.pk), sent | day_of("day", make.days_ago(-5))).status_code == 302
    assert len(told()) == 2


@pytest.mark.parametrize("changes", [{"seen": "\0"}, {"filled_in": "\0"}, {"seen": "9" * 400, "filled_in": "x" * 400}])
def test_marks_of_the_page_that_are_none_are_no_fault(client, pair, mentor, changes):
    make.planned(pair)
    client.force_login(mentor)
    when = day_of("next_on", make.days_ago(-20)) | {"next_at": "9:00"}
    assert client.post(to("log_session", pair.pk), posted() | when | changes).status_code == 200


def test_feed_says_nothing_of_the_other_one(pair, mentor):
    make.planned(pair)
    feed = calendar.feed(mentor)
    assert b"Appointment" in feed
    assert b"Ada" not in feed
    assert b"Library" not in feed


def test_logging_with_the_next_date_moves_the_one_that_is_planned_and_keeps_its_place(pair):
    planned = make.planned(pair)
    make.logged(pair, next_on=make.days_ago(-8), next_at=datetime.time(9))
    moved = PlannedSession.objects.get()
    assert (moved.place, moved.minutes, moved.medium, moved.calendar_sequence) == ("Library", 45, "person", 1)
    assert moved.calendar_uid == planned.calendar_uid


def test_logging_with_the_next_date_as_it_is_tells_nobody_anew(client, pair, mentor):
    make.planned(pair)
    client.force_login(mentor)
    sent = Filled(client.get(to("log_session", pair.pk))).sent
    assert (sent["next_at"], sent["next_on-day"]) == ("14:30", str(make.days_ago(-7).day))
    assert client.post(to("log_session", pair.pk), sent).status_code == 302
    assert len(told()) == 2


def test_session_that_is_over_is_followed_by_another_with_an_entry_of_its_own(pair):
    before = make.planned(pair)
    PlannedSession.objects.update(starts_at=timezone.now() - datetime.timedelta(days=1))
    after = make.planned(pair)
    assert after.pk != before.pk
    assert after.calendar_uid != before.calendar_uid
    assert list(PlannedSession.objects.filter(is_next=True)) == [after]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_plan_at_once_the_second_is_told_what_the_first_planned(pair, mentor, nurse):
    seen = sessions.mark_of_next(pair)
    results = at_once(
        *(
            lambda user=user, days=days: make.planned(pair, User.objects.get(pk=user.pk), days=days, seen=seen)
            for user, days in ((mentor, 5), (nurse.user, 6))
        )
    )
    assert outcome(results) == (1, 1)
    assert PlannedSession.objects.get().calendar_sequence == 0


def test_database_itself_keeps_one_next_session(pair):
    row = make.planned(pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedSession.objects.create(relationship=pair, starts_at=row.starts_at, minutes=30, medium="video")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"medium": "pigeon"}, "medium"),
        ({"place": "x" * 201}, "place"),
        ({"days": 367}, "day"),
        ({"days": -1}, "day"),
    ],
)
def test_session_that_cannot_be_is_not_planned(pair, changes, field):
    with pytest.raises(Invalid) as refused:
        make.planned(pair, **changes)
    assert refused.value.field == field


def test_end_of_mentoring_cancels_what_is_planned_and_tells_both(pair, mentor, nurse):
    planned = make.planned(pair)
    ending.end(relationship=pair, by=nurse.user)
    made = words(told())
    assert {one.to for one in made} == {mentor.email, nurse.user.email}
    assert all(b"METHOD:CANCEL" in one.attachments[0].content and "is cancelled" in one.subject for one in made)
    assert session_news.over([planned.pk]) == {planned.pk}
    for user in (mentor, nurse.user):
        (entry,) = session_calendar.events(user)
        assert (entry.cancelled, entry.sequence) == (True, 1)
    assert needs_now(mentor) == []


def test_end_for_a_closed_account_cancels_it_for_the_other(pair, mentor, nurse, lead):
    make.planned(pair)
    User.objects.filter(pk=nurse.user_id).update(is_active=False)
    ending.end_for(relationship=pair, by=lead)
    (made,) = words(told())
    assert (made.to, b"METHOD:CANCEL" in made.attachments[0].content) == (mentor.email, True)


def test_end_leaves_a_session_that_is_over_as_it_was(pair, mentor):
    planned = make.planned(pair)
    PlannedSession.objects.update(starts_at=timezone.now() - datetime.timedelta(hours=1))
    ending.end(relationship=pair, by=mentor)
    planned.refresh_from_db()
    assert (planned.cancelled_at, planned.calendar_sequence) == (None, 0)


def test_message_to_somebody_who_cannot_mentor_any_more_is_left_out(pair, mentor, nurse):
    make.planned(pair)
    mentor.role_grants.all().delete()
    assert [made.to for made in words(told())] == [nurse.user.email]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_next_session_waits_on_the_home_page_of_both_and_a_quiet_pair_does(client, pair, mentor, nurse):
    for user, other in ((mentor, "Ada Nurse"), (nurse.user, "Mo Mentor")):
        (need,) = needs_now(user)
        assert need.text.startswith(f"Nothing on your log with {other} since")
    planned = make.planned(pair)
    for user, other in ((mentor, "Ada Nurse"), (nurse.user, "Mo Mentor")):
        (need,) = needs_now(user)
        assert (need.text, need.due) == (f"Your next session with {other}", timezone.localdate(planned.starts_at))
        client.force_login(user)
        assert need.text in client.get(reverse("dashboard:home")).text


def test_page_of_a_pair_gets_the_last_sessions_and_what_can_be_done(pair, mentor, nurse):
    for days in (1, 2, 3, 4):
        make.logged(pair, held_on=make.days_ago(days))
    log = sessions_of(pair, nurse.user)
    assert [row.held_on for row in log["last"]] == [make.days_ago(days) for days in (1, 2, 3)]
    assert (log["other"], log["next"], log["can_log"], log["can_plan"]) == ("Mo Mentor", None, True, True)
    end(pair, days=31)
    log = sessions_of(pair, mentor)
    assert (log["other"], log["can_log"], log["can_plan"]) == ("Ada Nurse", False, False)


def test_fragment_for_the_page_of_a_pair_shows_the_next_session_and_the_last_ones(rf, pair, nurse):
    def shown():
        return render_to_string("mentoring/_sessions.jinja", {"log": sessions_of(pair, nurse.user)}, rf.get("/"))

    assert "No session is planned." in shown()
    assert "No session is logged yet." in shown()
    make.planned(pair)
    make.logged(pair)
    assert "You meet next on" in shown()
    assert "Career, Wellbeing" in shown()
    end(pair, days=31)
    assert "Log a session" not in shown()
    assert "Move it" not in shown()


def test_lists_take_as_many_queries_for_three_as_for_one(client, pair, mentor, trust):
    def queries(address):
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    client.force_login(mentor)
    session = make.logged(pair)
    make.noted(session, mentor)
    addresses = [to("sessions", pair.pk), to("session", session.pk), reverse("dashboard:home")]
    once = [queries(address) for address in addresses]
    for days in (1, 2):
        make.logged(pair, held_on=make.days_ago(days))
        make.noted(session, mentor)
    pair.mentor.capacity = 5
    pair.mentor.save()
    for _ in range(2):
        make.planned(make.pair(pair.mentor, clinician_user(trust)))
    assert [queries(address) for address in addresses] == once


def test_choosing_takes_as_many_queries_for_three_as_for_two(client, pair, mentor, trust):
    pair.mentor.capacity = 5
    pair.mentor.save()
    client.force_login(mentor)
    found = []
    for _ in range(2):
        make.pair(pair.mentor, clinician_user(trust))
        client.get(to("log"))
        with CaptureQueriesContext(connection) as asked:
            client.get(to("log"))
        found.append(len(asked))
    assert found[0] == found[1]
