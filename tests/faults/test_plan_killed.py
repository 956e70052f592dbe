"""A worker killed at each step of planning: what is due is put down once, by whoever plans next."""

import signal
from contextlib import ExitStack

import pytest

from tests.faults.scene import PLAN, TABLE, Scene
from tests.faults.workers import eventually

# With the mark the test run's database is there, whose tables are copied.
pytestmark = [pytest.mark.system, pytest.mark.django_db]

PEOPLE = 4


def before_the_lock(scene: Scene, until_killed: ExitStack) -> None:
    """Somebody else has the planners' lock."""
    session = until_killed.enter_context(scene.the_planners_lock())
    scene.ask(PLAN)
    eventually(session.holds_up, "the planner waits for the lock")


def before_the_insert(scene: Scene, until_killed: ExitStack) -> None:
    """The statement waits for its table; the lock is had."""
    session = until_killed.enter_context(scene.locking(f"LOCK TABLE {TABLE} IN SHARE MODE"))
    scene.ask(PLAN)
    eventually(session.holds_up, "the planner waits for the table")


def in_the_insert(scene: Scene, until_killed: ExitStack) -> None:
    """Some rows are written, and one waits for a session that writes the same."""
    session = until_killed.enter_context(scene.one_of_the_rows())
    scene.ask(PLAN)
    eventually(session.holds_up, "the planner waits in its insert")


def before_the_doorbell(scene: Scene, until_killed: ExitStack) -> None:
    """Everything is committed, and Redis, asked to ring, does not answer."""
    with scene.the_planners_lock() as session:
        scene.ask(PLAN)
        eventually(session.holds_up, "the planner waits for the lock")
        scene.redis.process.send_signal(signal.SIGSTOP)
        until_killed.callback(scene.redis.process.send_signal, signal.SIGCONT)
    eventually(lambda: len(scene.rows()) == len(scene.expected), "the plan is committed")


STEPS = [before_the_lock, before_the_insert, in_the_insert, before_the_doorbell]


@pytest.mark.parametrize("which", ["child", "worker"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_planning_killed(scene, step, which):
    worker = scene.nursery.worker()
    scene.people(PEOPLE)
    with ExitStack() as until_killed:
        step(scene, until_killed)
        if which == "child":
            worker.kill_child()
        else:
            worker.kill()
    if which == "worker":
        scene.nursery.worker()
    scene.run(PLAN)
    scene.come_to_rest()
    scene.check()
