"""Delivery over a real SMTP server: each message once, whatever the server answers and wherever a worker stops."""

import datetime
import re
import time
from types import SimpleNamespace

import pytest
from celery.schedules import crontab
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models.functions import Now

from registry.notifications import delivery, kinds, outbox, tasks
from registry.notifications.delivery import NOT_MADE, TROUBLE_WAIT, drain, wait_after
from registry.notifications.kinds import Attachment, Kind, Words
from registry.notifications.models import Message
from registry.notifications.outbox import LEASE, MOST_ATTEMPTS
from registry.notifications.states import Channel
from tests.factories import messages
from tests.factories.messages import address
from tests.fakes.smtp import CUT, HANG

pytestmark = pytest.mark.django_db


@pytest.fixture
def patience(settings):
    """How long a server that hangs is waited for."""
    settings.EMAIL_TIMEOUT = 2


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def attempts():
    return list(Message.objects.order_by("pk").values_list("attempts", flat=True))


def all_due():
    """As if everybody had waited long enough."""
    Message.objects.filter(state="waiting").update(available_at=Now())
    Message.objects.filter(state="sending").update(available_at=Now() - LEASE)


def logged(caplog, event):
    """The messages of which the log says this."""
    said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [entry["message"] for entry in said if entry["event"] == event]


def recipients(post):
    return sorted(message["To"] for message in post.messages)


def test_what_is_due_goes_out_once_over_one_connection(post, spoken):
    messages.waiting(5)
    assert (drain().sent, drain().sent) == (5, 0)
    assert recipients(post) == [address(number) for number in range(1, 6)]
    assert states() == ["sent"] * 5
    assert post.connections == 1
    assert spoken.called == [[1, 2, 3, 4, 5]]


def test_nothing_due_opens_no_connection(post):
    assert drain().sent == 0
    assert post.connections == 0


def test_a_mail_has_plain_text_first_its_parts_and_a_number_of_its_own(post, settings):
    one, _ = messages.waiting(2)
    messages.folded(one)
    drain()
    mail, other = post.messages
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().splitlines()[:2] == ["Part first", "Part second"]
    assert (mail["Subject"], mail["From"]) == ("About 1", settings.DEFAULT_FROM_EMAIL)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@127\.0\.0\.1>", mail["Message-ID"])
    assert mail["Message-ID"] != other["Message-ID"]
    assert one.reference.hex[:8] not in mail["Message-ID"]


def test_files_go_with_a_mail_and_a_subject_cannot_add_a_header(post, monkeypatch):
    def speak(batch):
        return {
            outgoing.head.pk: Words(
                to=address(1),
                subject="Due\r\nBcc: all@x.example",
                text="Text",
                attachments=(Attachment("entry.ics", b"BEGIN:VCALENDAR", "text/calendar"),),
            )
            for outgoing in batch
        }

    monkeypatch.setitem(kinds.KINDS, messages.KIND, Kind(messages.KIND, "Test", speak))
    messages.waiting(1)
    drain()
    (mail,) = post.messages
    assert (mail["Subject"], mail["Bcc"]) == ("Due Bcc: all@x.example", None)
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("entry.ics", "text/calendar")


def test_what_is_no_longer_needed_is_dropped(post, spoken):
    messages.waiting(3)
    spoken.unneeded = {2}
    tally = drain()
    assert (tally.sent, tally.dropped) == (2, 1)
    assert states() == ["sent", "dropped", "sent"]


def test_one_that_cannot_be_put_into_words_does_not_stop_the_others(post, spoken):
    messages.waiting(3)
    spoken.breaks = {2}
    assert drain().sent == 2
    assert states() == ["sent", "waiting", "sent"]
    assert Message.objects.get(state="waiting").last_error == NOT_MADE
    spoken.breaks = set()
    all_due()
    assert drain().sent == 1


def test_a_kind_that_nobody_registered_waits_for_its_room(post):
    messages.waiting(1, kind="unheard")
    messages.waiting(1)
    assert drain().sent == 1
    assert states() == ["waiting", "sent"]


def test_without_an_address_it_fails_at_once(post, spoken):
    messages.waiting(2)
    spoken.nowhere = {1}
    tally = drain()
    assert (tally.sent, tally.failed) == (1, 1)
    assert Message.objects.get(state="failed").last_error == "There is no e-mail address."


def test_what_only_the_registry_shows_needs_no_mail_server(post):
    post.down()
    messages.waiting(3, channel=Channel.INBOX)
    assert drain().sent == 3
    assert states() == ["sent"] * 3


def test_what_only_the_registry_shows_is_put_into_words_in_parts_and_marked_at_once(post, spoken, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    finish, marks = outbox.finish, []
    monkeypatch.setattr(outbox, "finish", lambda batch, **ends: marks.append(batch) or finish(batch, **ends))
    messages.waiting(5, channel=Channel.INBOX)
    spoken.unneeded, spoken.breaks = {2}, {3}
    tally = drain()
    assert (tally.sent, tally.dropped, tally.later) == (3, 1, 1)
    assert spoken.called == [[1, 2], [3, 4], [3], [4], [5]]
    assert len(marks) == 1


def test_an_address_refused_for_good_fails_and_the_others_go(post):
    messages.waiting(3)
    post.answers = {address(2): ["550 No such person"]}
    tally = drain()
    assert (tally.sent, tally.failed) == (2, 1)
    assert Message.objects.get(state="failed").last_error == "550 No such person"


@pytest.mark.parametrize("where", ["to", "data"])
def test_an_answer_to_try_later_makes_one_wait_and_the_others_go(post, where):
    messages.waiting(3)
    if where == "to":
        post.answers = {address(1): ["451 Try later"]}
    else:
        post.to_data = ["452 Too busy"]
    tally = drain()
    assert (tally.sent, tally.later) == (2, 1)
    assert states() == ["waiting", "sent", "sent"]
    assert drain().sent == 0
    all_due()
    assert drain().sent == 1
    assert len(post.messages) == 3


def test_one_never_taken_is_given_up(post):
    messages.waiting(1)
    post.answers = {address(1): ["451 Try later"] * 20}
    for _ in range(MOST_ATTEMPTS + 3):
        drain()
        all_due()
    row = Message.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", MOST_ATTEMPTS, "451 Try later")
    assert len(post.answers[address(1)]) == 20 - MOST_ATTEMPTS


@pytest.mark.parametrize("text", ["554 5.7.1 Spam", "552 Too long"])
def test_a_text_refused_counts_so_that_it_ends(post, text):
    messages.waiting(1)
    post.to_data = [text]
    drain()
    assert (states(), attempts()) == (["waiting"], [1])


def test_a_server_that_is_away_for_days_loses_nothing(post):
    messages.waiting(3)
    post.down()
    for _ in range(MOST_ATTEMPTS + 5):
        assert drain().sent == 0
        all_due()
    assert (states(), attempts()) == (["waiting"] * 3, [0] * 3)
    post.up()
    assert drain().sent == 3


@pytest.mark.parametrize("answer", ["550 Who are you", "451 Not now", "530 Sign in first", "421 Closing", HANG, CUT])
def test_trouble_that_is_the_servers_counts_for_no_message(post, answer, patience):
    messages.waiting(4)
    post.to_mail = [answer] * 2
    tally = drain()
    assert (tally.sent, tally.later) == (0, 4)
    assert (states(), attempts()) == (["waiting"] * 4, [0] * 4)
    all_due()
    assert drain().sent == 4


@pytest.mark.parametrize("answer", ["530 Sign in first", "421 Closing"])
def test_trouble_said_to_a_recipient_is_still_the_servers(post, answer):
    messages.waiting(2)
    post.answers = {address(1): [answer], address(2): [answer]}
    drain()
    assert (states(), attempts()) == (["waiting"] * 2, [0] * 2)


@pytest.mark.parametrize("answer", ["421 Too many on one connection", HANG, CUT])
def test_trouble_with_one_message_alone_is_counted_to_it_and_the_others_go(post, answer, patience):
    messages.waiting(4)
    post.to_data = [answer]
    tally = drain()
    assert (tally.sent, tally.later) == (3, 1)
    assert (states(), attempts()) == (["waiting", "sent", "sent", "sent"], [1] * 4)
    assert post.connections == 2
    all_due()
    assert drain().sent == 1


def test_a_batch_that_waits_for_the_server_comes_back_in_another_order(post):
    messages.waiting(30)
    post.down()
    drain()
    due = list(Message.objects.order_by("available_at").values_list("pk", flat=True))
    assert due != sorted(due)
    first, last = Message.objects.order_by("available_at")[0], Message.objects.order_by("-available_at")[0]
    assert last.available_at - first.available_at <= TROUBLE_WAIT


def test_a_lost_answer_sends_again_with_the_same_number(post):
    messages.waiting(2)
    post.after_data = [CUT]
    drain()
    all_due()
    drain()
    assert recipients(post) == [address(1), address(1), address(2)]
    assert len({message["Message-ID"] for message in post.to(address(1))}) == 1
    assert states() == ["sent"] * 2


@pytest.mark.parametrize("arrived", [False, True])
def test_a_worker_killed_at_a_message_sends_at_most_that_one_twice(post, monkeypatch, caplog, arrived):
    messages.waiting(5)
    send = EmailMultiAlternatives.send

    def killed(self, *args, **kwargs):
        if arrived or self.to != [address(3)]:
            send(self, *args, **kwargs)
        if self.to == [address(3)]:
            raise SystemExit

    with monkeypatch.context() as one_worker:
        one_worker.setattr(EmailMultiAlternatives, "send", killed)
        with pytest.raises(SystemExit):
            drain()
    assert states() == ["sent", "sent", "sending", "sending", "sending"]
    all_due()
    assert outbox.reap() == 3
    assert drain().sent == 3
    twice = [address(3)] if arrived else []
    assert recipients(post) == sorted([address(number) for number in range(1, 6)] + twice)
    assert len({message["Message-ID"] for message in post.messages}) == 5
    assert Message.objects.order_by("pk")[2].pk in logged(caplog, "message_taken_back")


# The last is what a server that dies in the middle of a statement leaves its clients with.
@pytest.mark.parametrize("error", [OperationalError, InterfaceError, DatabaseError])
def test_a_database_that_does_not_answer_between_sending_and_mark_sends_nothing_twice(post, monkeypatch, error):
    messages.waiting(2)
    finish, away = outbox.finish, [error("restarting")] * 2

    def restarting(batch, *, sent=(), **others):
        if sent and away:
            raise away.pop()
        return finish(batch, sent=sent, **others)

    monkeypatch.setattr(outbox, "finish", restarting)
    monkeypatch.setattr(delivery, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(
        delivery, "connection", type("Connection", (), {"in_atomic_block": False, "close": lambda: None})
    )
    assert drain().sent == 2
    assert len(post.messages) == 2


def test_what_was_taken_back_in_the_middle_of_a_batch_is_left_to_who_has_it(post, spoken, monkeypatch):
    """As when the clock of the database jumps past the lease: the other worker sends, this one does not."""
    rows = messages.waiting(3)
    hold, theirs = outbox.hold, []

    def jump(batch, keys):
        if list(keys) == [rows[1].pk]:
            Message.objects.filter(state="sending").update(available_at=Now())
            outbox.reap()
            theirs.extend(outbox.claim(5))
        return hold(batch, keys)

    monkeypatch.setattr(outbox, "hold", jump)
    assert drain().sent == 1
    assert [outgoing.head.pk for outgoing in theirs] == [rows[1].pk, rows[2].pk]
    assert recipients(post) == [address(1)]


def test_a_message_that_was_sent_after_it_was_taken_back_is_said_in_the_log(post, monkeypatch, caplog):
    (row,) = messages.waiting(1)
    send = EmailMultiAlternatives.send

    def slow(self, *args, **kwargs):
        send(self, *args, **kwargs)
        Message.objects.update(available_at=Now())
        outbox.reap()
        Message.objects.update(available_at=Now() + LEASE)

    monkeypatch.setattr(EmailMultiAlternatives, "send", slow)
    assert drain().sent == 0
    assert logged(caplog, "message_sent_after_it_was_taken_back") == [row.pk]


def test_a_message_removed_while_its_batch_goes_out_is_not_sent(post, monkeypatch):
    rows = messages.waiting(3)
    send = EmailMultiAlternatives.send

    def remove_second(self, *args, **kwargs):
        Message.objects.filter(pk=rows[1].pk).delete()
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMultiAlternatives, "send", remove_second)
    assert drain().sent == 2
    assert recipients(post) == [address(1), address(3)]


def test_a_run_that_is_over_puts_the_rest_back_as_untried(post, monkeypatch):
    messages.waiting(3)
    send = EmailMultiAlternatives.send

    def late(self, *args, **kwargs):
        send(self, *args, **kwargs)
        later = time.monotonic() + 60
        monkeypatch.setattr(delivery, "time", SimpleNamespace(monotonic=lambda: later))

    monkeypatch.setattr(EmailMultiAlternatives, "send", late)
    assert drain(60).sent == 1
    assert (states(), attempts()) == (["sent", "waiting", "waiting"], [1, 0, 0])


@pytest.mark.parametrize("number", range(1, MOST_ATTEMPTS))
def test_each_wait_is_about_twice_the_one_before(number):
    exact = datetime.timedelta(minutes=5) * 2 ** (number - 1)
    assert exact <= wait_after(number) <= exact * 1.25


def test_tasks_deliver_and_take_back(post, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(tasks.drain, "apply_async", lambda **options: rung.append(options))
    messages.waiting(2)
    outbox.claim(1)
    tasks.drain()
    assert len(post.messages) == 1
    with django_capture_on_commit_callbacks(execute=True):
        tasks.reap()
    assert rung == []
    all_due()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.reap()
    assert len(rung) == 1
    tasks.drain()
    assert states() == ["sent"] * 2


def test_beat_delivers_and_takes_back_every_minute(settings):
    schedule = {entry["task"]: entry for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for task in (tasks.drain, tasks.reap):
        assert schedule[task.name]["schedule"] == crontab()
        assert schedule[task.name]["options"] == {"expires": 55}
    assert tasks.forget_old.name in schedule
