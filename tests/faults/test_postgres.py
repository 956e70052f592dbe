"""PostgreSQL restarted, in order or by a crash, while people are reminded: nobody is missed, and nobody told twice."""

import signal
from contextlib import ExitStack

import pytest

from tests.faults.scene import DRAIN, PLAN, TABLE
from tests.faults.workers import eventually

# With the mark the test run's database is there, whose tables are copied.
pytestmark = [pytest.mark.system, pytest.mark.django_db]

PEOPLE = 4


def restart(postgres, how):
    """Fast (sessions are ended), immediate (it recovers from its log), or every process of it killed."""
    if how == "crash":
        postgres.crash()
    else:
        postgres.send({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how])
    postgres.start()


every_way = pytest.mark.parametrize("how", ["fast", "immediate", "crash"])


@every_way
def test_restarted_in_the_middle_of_planning(scene, how):
    scene.nursery.worker()
    scene.people(PEOPLE)
    with scene.one_of_the_rows() as session:
        scene.ask(PLAN)
        eventually(session.holds_up, "the planner waits in its insert")
        restart(scene.postgres, how)
    assert scene.rows() == []
    scene.run(PLAN)
    scene.come_to_rest()
    scene.check()


@every_way
def test_restarted_while_the_mail_server_has_a_message(scene, how):
    """The worker waits for the database to come back and then marks it: nobody gets it again."""
    scene.nursery.worker()
    scene.planned(PEOPLE)
    with scene.post.stopped_at("TAKEN") as stop:
        scene.ask(DRAIN)
        eventually(stop.reached.is_set, "the message is taken")
        restart(scene.postgres, how)
    eventually(lambda: scene.states() == {"sent": PEOPLE + 1}, "the worker goes on where it was")
    scene.come_to_rest()
    scene.check()


@every_way
def test_restarted_before_a_message_is_held(scene, how):
    scene.nursery.worker()
    scene.planned(PEOPLE)
    with ExitStack() as until_restarted, scene.post.stopped_at("TAKEN") as stop:
        scene.ask(DRAIN)
        eventually(stop.reached.is_set, "the first message is taken")
        # All but that one, which is to be marked.
        session = until_restarted.enter_context(
            scene.locking(f"SELECT 1 FROM {TABLE} WHERE id > (SELECT min(id) FROM {TABLE}) FOR UPDATE")
        )
        stop.go.set()
        eventually(session.holds_up, "the second message cannot be held")
        restart(scene.postgres, how)
    eventually(lambda: scene.states() == {"sent": PEOPLE + 1}, "the worker goes on where it was")
    scene.come_to_rest()
    scene.check()
