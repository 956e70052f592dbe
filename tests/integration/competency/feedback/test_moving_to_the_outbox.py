"""An upgrade moves the messages to raters into the outbox: what waits still goes, what failed is still shown."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registry.competency.models import FeedbackRater
from registry.notifications.models import Message
from tests.factories import feedback

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = "0002_feedback_history_development", "0003_feedback_mail_by_outbox"


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("competency", name)])
    return executor.loader.project_state([("competency", name)]).apps


@pytest.fixture
def _migrated_again():
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("_migrated_again")
def test_messages_move_with_what_became_of_them(nurse, version, facilitator, monkeypatch):
    monkeypatch.setattr("registry.notifications.tasks.drain.apply_async", lambda **options: None)
    round_ = feedback.running(nurse, version, facilitator)
    waits, sent, failed = feedback.asked(round_, "peers")[:3]
    old = migrate(BEFORE).get_model("competency", "FeedbackMail").objects
    assert not Message.objects.exists()
    at = round_.launched_at
    old.create(rater_id=waits.pk, kind="invitation", link_number=1, attempts=2, next_at=at, last_error="451 Later")
    old.create(rater_id=sent.pk, kind="invitation", link_number=1, sent_at=at)
    old.create(rater_id=sent.pk, kind="reminder", link_number=1, sent_at=at)
    old.create(rater_id=failed.pk, kind="invitation", link_number=2, failed_at=at, last_error="550 No such person")
    migrate(AFTER)
    moved = Message.objects.order_by("pk").values_list("about_id", "step", "state", "attempts", "last_error")
    assert list(moved) == [
        (waits.pk, "invitation:1", "waiting", 2, "451 Later"),
        (sent.pk, "invitation:1", "sent", 0, ""),
        (sent.pk, f"reminder:{round_.closes_on}", "sent", 0, ""),
        (failed.pk, "invitation:2", "failed", 0, "550 No such person"),
    ]
    assert set(Message.objects.values_list("kind", "organisation", "recipient_id")) == {("feedback", None, None)}
    assert len(set(Message.objects.values_list("reference"))) == 4
    assert list(FeedbackRater.objects.undelivered()) == [failed]
