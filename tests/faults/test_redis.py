"""Redis gone, gone and back, or emptied: it is only the doorbell, and what is in the outbox goes out all the same."""

import signal

import pytest
import redis

from tests.faults.scene import DRAIN, PLAN
from tests.faults.workers import eventually

# With the mark the test run's database is there, whose tables are copied.
pytestmark = [pytest.mark.system, pytest.mark.django_db]

PEOPLE = 4


def test_stopped_while_planning_and_started_again_with_its_data(scene):
    scene.nursery.worker()
    scene.people(PEOPLE)
    with scene.the_planners_lock() as session:
        scene.ask(PLAN)
        eventually(session.holds_up, "the planner waits for the lock")
        scene.redis.send(signal.SIGTERM)
    eventually(lambda: scene.log("doorbell_not_heard"), "nobody hears the doorbell")
    assert len(scene.rows()) == len(scene.expected)
    scene.redis.start()
    scene.come_to_rest()
    scene.check()


def test_there_and_not_answering_while_planning(scene):
    """The planner gives up its doorbell after a few seconds and is done; otherwise it would wait without end."""
    scene.nursery.worker()
    scene.people(PEOPLE)
    with scene.the_planners_lock() as session:
        scene.ask(PLAN)
        eventually(session.holds_up, "the planner waits for the lock")
        scene.redis.process.send_signal(signal.SIGSTOP)
    try:
        eventually(lambda: scene.log("doorbell_not_heard"), "nobody hears the doorbell")
        assert len(scene.rows()) == len(scene.expected)
    finally:
        scene.redis.process.send_signal(signal.SIGCONT)
    scene.come_to_rest()
    scene.check()


@pytest.mark.parametrize("step", ["DATA", "TAKEN"])
def test_stopped_while_delivering_and_started_again_with_its_data(scene, step):
    """The delivery goes on to its end: ended in the middle, it would send a message twice."""
    scene.nursery.worker()
    scene.planned(PEOPLE)
    with scene.post.stopped_at(step) as stop:
        scene.ask(DRAIN)
        eventually(stop.reached.is_set, "the mail server has the message")
        scene.redis.send(signal.SIGTERM)
        eventually(lambda: "Connection to broker lost" in scene.nursery.workers[0].said(), "the worker notices")
    eventually(lambda: scene.states() == {"sent": PEOPLE + 1}, "the delivery goes on")
    scene.redis.start()
    scene.come_to_rest()
    scene.check()


def test_emptied_with_tasks_in_it(scene):
    scene.planned(PEOPLE)
    for _ in range(3):
        scene.ask(DRAIN)
    with redis.Redis.from_url(scene.redis.url) as client:
        assert client.llen("registry:celery") == 3
        client.flushall()
    scene.nursery.worker()
    scene.come_to_rest()
    scene.check()
