"""The outbox as a queue: put down once, taken by one, marked only by who holds it."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from registry.notifications import outbox
from registry.notifications.kinds import Part
from registry.notifications.models import Message
from registry.notifications.outbox import LEASE, MOST_ATTEMPTS, Later
from registry.notifications.states import Channel
from tests.factories import messages

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def lease_over():
    """As if the worker had been silent for the whole lease."""
    Message.objects.filter(state="sending").update(available_at=F("available_at") - LEASE)


def all_due():
    Message.objects.filter(state="waiting").update(available_at=Now())


def test_a_message_put_down_twice_is_there_once(django_capture_on_commit_callbacks):
    outbox.add([messages.message(1)])
    outbox.add([messages.message(1), messages.message(2), messages.message(1, step="second")])
    assert sorted(Message.objects.values_list("about_id", "step")) == [(1, "first"), (1, "second"), (2, "first")]


def test_who_waits_longest_is_taken_first_and_only_once():
    rows = messages.waiting(3)
    Message.objects.filter(pk=rows[2].pk).update(available_at=F("available_at") - HOUR)
    first = outbox.claim(2)
    assert [outgoing.head.pk for outgoing in first] == [rows[2].pk, rows[0].pk]
    assert [outgoing.head.pk for outgoing in outbox.claim(2)] == [rows[1].pk]
    assert outbox.claim(2) == []


def test_what_is_taken_belongs_to_one_batch_until_the_lease_is_over():
    messages.waiting(2)
    batch = [outgoing.head for outgoing in outbox.claim(5)]
    assert len({head.taken_by for head in batch}) == 1
    assert {head.attempts for head in batch} == {1}
    rows = Message.objects.order_by("pk")
    assert [Part.of(row) for row in rows] == batch
    for row in rows:
        assert row.state == "sending"
        assert LEASE - HOUR / 60 < row.available_at - row.created_at <= LEASE + HOUR / 60


def test_what_is_not_due_yet_stays():
    rows = messages.waiting(2)
    Message.objects.filter(pk=rows[0].pk).update(available_at=Now() + HOUR)
    assert [outgoing.head.pk for outgoing in outbox.claim(5)] == [rows[1].pk]


def test_heads_bring_their_parts_and_parts_are_never_taken(django_assert_num_queries):
    one, two = messages.waiting(2)
    part = messages.folded(one)
    with django_assert_num_queries(2):
        batch = outbox.claim(5)
    assert [[part.pk for part in outgoing.parts] for outgoing in batch] == [[one.pk, part.pk], [two.pk]]


def test_channels_are_taken_apart():
    (mail,) = messages.waiting(1)
    (shown,) = messages.waiting(1, step="shown", channel=Channel.INBOX)
    assert [o.head.pk for o in outbox.claim(5, channel=Channel.INBOX)] == [shown.pk]
    assert [o.head.pk for o in outbox.claim(5)] == [mail.pk]


def test_a_batch_is_marked_in_one_statement(django_assert_num_queries):
    rows = messages.waiting(5)
    batch = outbox.claim(5)[0].head.taken_by
    sent, dropped, failed, later, uncounted = (row.pk for row in rows)
    with django_assert_num_queries(1):
        marked = outbox.finish(
            batch,
            sent=[sent],
            dropped=[dropped],
            failed={failed: "550 No such\n person\0 \udcff"},
            later={later: Later("451 Busy", HOUR), uncounted: Later("Refused", HOUR, counted=False)},
        )
    assert marked == {row.pk for row in rows}
    assert states() == ["sent", "dropped", "failed", "waiting", "waiting"]
    found = list(Message.objects.order_by("pk"))
    assert [row.last_error for row in found] == ["", "", "550 No such person ?", "451 Busy", "Refused"]
    assert [row.attempts for row in found] == [1, 1, 1, 1, 0]
    assert [row.finished_at is not None for row in found] == [True, True, True, False, False]
    assert outbox.claim(5) == []


def test_nothing_is_marked_without_a_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert outbox.finish(uuid.uuid4()) == set()


def test_another_batch_marks_nothing():
    messages.waiting(1)
    (outgoing,) = outbox.claim(1)
    assert outbox.finish(uuid.uuid4(), sent=[outgoing.head.pk]) == set()
    assert states() == ["sending"]


def test_a_mark_after_the_message_was_taken_back_changes_nothing():
    (row,) = messages.waiting(1)
    (outgoing,) = outbox.claim(1)
    lease_over()
    assert outbox.reap() == 1
    assert outbox.finish(outgoing.head.taken_by, sent=[row.pk]) == set()
    assert states() == ["waiting"]
    (again,) = outbox.claim(1)
    assert outbox.finish(outgoing.head.taken_by, sent=[row.pk]) == set()
    assert outbox.finish(again.head.taken_by, sent=[row.pk]) == {row.pk}


def test_the_lease_of_what_is_still_held_begins_anew():
    rows = messages.waiting(3)
    batch = outbox.claim(3)[0].head.taken_by
    rows[0].delete()
    outbox.finish(batch, sent=[rows[1].pk])
    lease_over()
    assert outbox.hold(batch, [rows[1].pk, rows[2].pk]) == {rows[2].pk}
    assert outbox.hold(uuid.uuid4(), [rows[2].pk]) == set()
    assert outbox.reap() == 0


def test_what_a_worker_held_when_it_stopped_is_taken_back_and_said_in_the_log(caplog):
    rows = messages.waiting(2)
    batch = outbox.claim(1)[0].head.taken_by
    assert outbox.reap() == 0
    lease_over()
    assert outbox.reap() == 1
    assert outbox.reap() == 0
    (said,) = [record.msg for record in caplog.records]
    assert (said["event"], said["message"], said["batch"]) == ("message_taken_back", rows[0].pk, str(batch))
    assert Message.objects.get(pk=rows[0].pk).last_error == outbox.LOST
    assert {outgoing.head.pk for outgoing in outbox.claim(5)} == {row.pk for row in rows}


def test_a_message_that_ends_its_worker_fails_at_last_and_takes_no_other_along():
    ending, *others = messages.waiting(4)
    done = set()
    while batch := outbox.claim(3):
        for outgoing in batch:
            if outgoing.head.pk == ending.pk:
                break
            done |= outbox.finish(outgoing.head.taken_by, sent=[outgoing.head.pk])
        lease_over()
        outbox.reap()
        all_due()
    ending.refresh_from_db()
    assert (ending.state, ending.attempts, ending.last_error) == ("failed", MOST_ATTEMPTS, outbox.LOST)
    assert done == {row.pk for row in others}


def test_one_that_waits_once_too_often_fails():
    messages.waiting(1)
    Message.objects.update(attempts=MOST_ATTEMPTS - 1)
    (outgoing,) = outbox.claim(1)
    outbox.finish(outgoing.head.taken_by, later={outgoing.head.pk: Later("451 Busy", HOUR)})
    row = Message.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", MOST_ATTEMPTS, "451 Busy")
    assert row.finished_at is not None


def test_a_server_in_trouble_never_makes_a_message_fail():
    messages.waiting(1)
    for _ in range(3 * MOST_ATTEMPTS):
        (outgoing,) = outbox.claim(1)
        outbox.finish(outgoing.head.taken_by, later={outgoing.head.pk: Later("", HOUR, counted=False)})
        all_due()
    assert states() == ["waiting"]


def test_what_is_withdrawn_goes_unless_it_went_out():
    sent, _, other = messages.waiting(3)
    failed = messages.message(2, step="second")
    failed.state, failed.finished_at = "failed", Now()
    failed.save()
    batch = outbox.claim(1)[0].head.taken_by
    outbox.finish(batch, sent=[sent.pk])
    outbox.withdraw(messages.KIND, [1, 2])
    assert set(Message.objects.values_list("pk", flat=True)) == {sent.pk, other.pk}
    outbox.withdraw("other", [3])
    assert Message.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("fields", [{"state": "sending"}, {"state": "sent"}, {"state": "folded"}])
def test_a_state_without_what_belongs_to_it_is_refused_by_the_database(fields):
    (row,) = messages.waiting(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=row.pk).update(**fields)


def test_a_doorbell_that_nobody_hears_loses_nothing(monkeypatch, caplog, django_capture_on_commit_callbacks):
    def refuse(**options):
        raise ConnectionError("Redis is away")

    monkeypatch.setattr("registry.notifications.tasks.drain.apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.add([messages.message(1)])
    assert [record.msg["event"] for record in caplog.records] == ["doorbell_not_heard"]
    assert len(outbox.claim(5)) == 1


def test_the_doorbell_rings_once_all_is_committed(monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr("registry.notifications.tasks.drain.apply_async", lambda **options: rung.append(options))
    with django_capture_on_commit_callbacks(execute=True):
        outbox.add([messages.message(1)])
        assert rung == []
    assert rung == [{"retry": False}]
