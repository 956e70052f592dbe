"""Two planners and four deliveries at the same moment, over hundreds of reminders: each is told once."""

import pytest

from tests.faults.scene import DRAIN, PLAN, TABLE
from tests.faults.workers import eventually

# With the mark the test run's database is there, whose tables are copied.
pytestmark = [pytest.mark.system, pytest.mark.django_db]

PEOPLE = 300


def test_two_planners_and_four_deliveries(scene):
    workers = [scene.nursery.worker() for _ in range(4)]
    scene.people(PEOPLE)
    with scene.the_planners_lock() as session:
        tasks = [scene.ask(PLAN), scene.ask(PLAN)]
        eventually(lambda: session.holds_up(2), "two planners wait for the lock")
        with scene.post.stopped_at("EHLO"):
            session.connection.rollback()
            for task in tasks:
                scene.done(task)
            for _ in workers:
                scene.ask(DRAIN)
            # Three have a hundred each, of 301; for the fourth there is one.
            eventually(lambda: scene.taken_by() == 4, "four deliveries have taken what there is")
    eventually(lambda: scene.states() == {"sent": PEOPLE + 1}, "everything is sent")
    scene.check()
    assert len(scene.rows()) == 2 * PEOPLE
    assert scene.sql(f"SELECT max(attempts) FROM {TABLE}") == [(1,)]
