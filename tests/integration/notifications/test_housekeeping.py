"""Old messages go only where nothing could put them down again."""

import datetime

import pytest
from django.db.models import F

from registry.kernel.clock import today
from registry.notifications import kinds
from registry.notifications.housekeeping import forget_old
from registry.notifications.kinds import Kind
from registry.notifications.models import Message
from registry.notifications.tasks import forget_old as task
from tests.factories import messages

pytestmark = pytest.mark.django_db

LONG = datetime.timedelta(days=3 * 365)


@pytest.fixture(autouse=True)
def _one_is_over(monkeypatch, spoken):
    ends = Kind(messages.KIND, "Test", spoken.compose, is_over=lambda keys: {1} & set(keys))
    monkeypatch.setitem(kinds.KINDS, messages.KIND, ends)
    monkeypatch.setitem(kinds.KINDS, "lasting", Kind("lasting", "Lasting", spoken.compose))


def age():
    Message.objects.update(finished_at=F("finished_at") - LONG)


def test_old_messages_of_what_is_over_go_and_the_others_stay():
    gone = messages.failed(None, about_id=1)
    kept = [messages.failed(None, about_id=2), messages.failed(None, about_id=1, kind="lasting")]
    age()
    kept += [messages.failed(None, about_id=1, step="new"), *messages.waiting(1)]
    task()
    assert set(Message.objects.values_list("pk", flat=True)) == {row.pk for row in kept}
    assert not Message.objects.filter(pk=gone.pk).exists()


@pytest.mark.parametrize("fields", [{"about_id": 2}, {"kind": "lasting"}])
def test_a_message_stays_as_long_as_one_that_was_sent_with_it(fields):
    head = messages.failed(None, about_id=1)
    part = messages.message(**{"about_id": 1, "step": "part"} | fields)
    part.state, part.head = "folded", head
    part.save()
    age()
    assert forget_old(today()) == 0
    assert Message.objects.count() == 2


def test_what_was_sent_together_goes_together():
    head = messages.failed(None, about_id=1)
    messages.folded(head)
    age()
    assert forget_old(today()) == 1
    assert not Message.objects.exists()
