"""Clocks that are wrong: no day is planned that is not today, and no lease is shorter or longer for it."""

import pytest

from tests.faults.scene import DRAIN, PLAN, REAP, TABLE
from tests.faults.workers import eventually

# With the mark the test run's database is there, whose tables are copied.
pytestmark = [pytest.mark.system, pytest.mark.django_db]

PEOPLE = 4
A_YEAR = pytest.mark.parametrize("days", [365, -365])


@A_YEAR
def test_a_worker_a_year_off_plans_nothing_and_says_so(scene, days):
    worker = scene.nursery.worker(clock_off_by_days=days)
    scene.people(PEOPLE)
    scene.run(PLAN)
    assert scene.rows() == []
    assert len(scene.log("clocks_disagree")) == 1
    worker.kill()
    scene.nursery.worker()
    scene.run(PLAN)
    scene.come_to_rest()
    scene.check()


@A_YEAR
def test_a_worker_a_year_off_takes_nothing_from_one_that_delivers(scene, days):
    scene.nursery.worker()
    scene.planned(PEOPLE)
    with scene.post.stopped_at("DATA") as stop:
        scene.ask(DRAIN)
        eventually(stop.reached.is_set, "the mail server has the first message")
        scene.nursery.worker(clock_off_by_days=days)
        scene.run(REAP)
        scene.run(DRAIN)
        assert scene.states() == {"sending": PEOPLE + 1}
    # Not until the task is done: a clock so far ahead has the broker hand it to the other worker as well.
    eventually(lambda: scene.states() == {"sent": PEOPLE + 1}, "everything is sent")
    scene.check()


@A_YEAR
def test_a_worker_a_year_off_delivers_like_any_other(scene, days):
    scene.nursery.worker(clock_off_by_days=days)
    scene.planned(PEOPLE)
    scene.run(DRAIN)
    scene.check()


def test_the_databases_clock_leaps_ahead_in_the_middle_of_a_message(scene):
    """The server's own clock cannot be set here: what a leap does is that every lease is over, so that is written."""
    scene.nursery.worker()
    scene.planned(PEOPLE)
    with scene.post.stopped_at("TAKEN") as stop:
        delivery = scene.ask(DRAIN)
        eventually(stop.reached.is_set, "the mail server has the first message")
        scene.sql(f"UPDATE {TABLE} SET available_at = available_at - interval '1 year' WHERE state = 'sending'")
        scene.nursery.worker()
        scene.run(REAP)
    scene.done(delivery)
    eventually(lambda: scene.states() == {"sent": PEOPLE + 1}, "everything is sent")
    scene.check(twice=1)
    assert len(scene.log("message_sent_after_it_was_taken_back")) == 1
