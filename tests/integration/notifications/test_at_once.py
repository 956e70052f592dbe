"""Several workers, or several officers, at one outbox at once: nothing twice, nothing lost."""

import pytest
from django.db.models import F

from registry.audit.models import AuditEvent
from registry.config.celery import app
from registry.notifications import outbox
from registry.notifications.actions import send_again, send_all_again
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from registry.notifications.outbox import LEASE
from registry.notifications.tasks import drain as drain_task
from tests.factories import messages
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    return user_with("hr_officer", OrganisationFactory())


@pytest.fixture
def failed(officer):
    """Messages of the officer's organisation that could not be delivered."""
    organisation = officer.grants[0].organisation
    messages.waiting(3, organisation=organisation)
    for outgoing in outbox.claim(3):
        outbox.finish(outgoing.head.taken_by, failed={outgoing.head.pk: "550 No such person"})
    return list(Message.objects.order_by("pk"))


def test_four_workers_take_each_message_once():
    messages.waiting(40)
    taken = at_once(*[lambda: [outgoing.head.pk for outgoing in outbox.claim(10)]] * 4)
    assert sorted(key for keys in taken for key in keys) == sorted(Message.objects.values_list("pk", flat=True))


def test_four_workers_send_each_message_once(post):
    messages.waiting(40)
    tallies = at_once(*[drain] * 4)
    assert sum(tally.sent for tally in tallies) == 40
    assert len({message["To"] for message in post.messages}) == len(post.messages) == 40
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_one_put_down_by_four_at_once_is_there_once():
    organisation = OrganisationFactory()
    at_once(*[lambda: outbox.add([messages.message(1, organisation=organisation)])] * 4)
    assert Message.objects.count() == 1


def test_two_that_take_back_do_so_once():
    messages.waiting(20)
    outbox.claim(20)
    Message.objects.update(available_at=F("available_at") - LEASE)
    assert sum(at_once(*[outbox.reap] * 3)) == 20


def test_a_mark_and_a_taking_back_at_once_end_in_one_of_the_two():
    messages.waiting(5)
    batch = [outgoing.head for outgoing in outbox.claim(5)]
    Message.objects.update(available_at=F("available_at") - LEASE)
    marked, taken_back = at_once(
        lambda: outbox.finish(batch[0].taken_by, sent=[head.pk for head in batch]), outbox.reap
    )
    assert len(marked) + taken_back == 5
    assert Message.objects.filter(state="sent").count() == len(marked)


def test_two_officers_send_one_again_once(officer, failed):
    assert outcome(at_once(*[lambda: send_again(message=failed[0], by=officer)] * 3)) == (1, 2)
    assert AuditEvent.objects.filter(verb="message.sent_again").count() == 1


def test_two_officers_send_all_again_once(officer, failed):
    assert sum(at_once(*[lambda: send_all_again(by=officer)] * 3)) == 3
    assert AuditEvent.objects.filter(verb="message.sent_again").count() == 3


def test_a_broker_that_is_away_neither_raises_nor_loses_anything(monkeypatch, caplog):
    """The broker's real client, at a port where nothing listens."""
    monkeypatch.undo()
    ring = drain_task.apply_async
    with app.connection_for_write("redis://127.0.0.1:1/0") as away:
        monkeypatch.setattr(drain_task, "apply_async", lambda **options: ring(connection=away, **options))
        outbox.add([messages.message(1)])
    assert [record.msg["error"] for record in caplog.records] == ["OperationalError"]
    assert len(outbox.claim(5)) == 1
