"""A worker killed at each step of a delivery: everybody hears, and twice only where the mail server had it already."""

from contextlib import ExitStack

import pytest

from tests.faults.scene import DRAIN, TABLE, Scene, Session
from tests.faults.workers import eventually

# With the mark the test run's database is there, whose tables are copied.
pytestmark = [pytest.mark.system, pytest.mark.django_db]

PEOPLE = 4


def before_the_claim(scene: Scene, until_killed: ExitStack) -> None:
    """The claim waits for the table, and the database never hears of it."""
    until_killed.callback(in_the_claim(scene, until_killed).dismiss)


def in_the_claim(scene: Scene, until_killed: ExitStack) -> Session:
    """The claim waits for the table; the database carries it out when its worker is dead already."""
    session = until_killed.enter_context(scene.locking(f"LOCK TABLE {TABLE} IN SHARE MODE"))
    scene.ask(DRAIN)
    eventually(session.holds_up, "the claim waits")
    return session


def after_the_claim(scene: Scene, until_killed: ExitStack) -> None:
    """The batch is taken, and its words wait for what they are made of."""
    session = until_killed.enter_context(scene.locking("LOCK TABLE clinicians_clinician IN ACCESS EXCLUSIVE MODE"))
    scene.ask(DRAIN)
    eventually(session.holds_up, "the words wait")


def before_the_hold(scene: Scene, until_killed: ExitStack) -> None:
    """The batch is in words, and the first message cannot be held, because somebody else has locked its row."""
    with scene.locking("LOCK TABLE clinicians_clinician IN ACCESS EXCLUSIVE MODE") as words:
        scene.ask(DRAIN)
        eventually(words.holds_up, "the words wait")
        session = until_killed.enter_context(scene.locking(f"SELECT 1 FROM {TABLE} FOR UPDATE"))
    eventually(session.holds_up, "the message cannot be held")


def after_the_hold(scene: Scene, until_killed: ExitStack) -> None:
    """The first message is held, and the mail server does not greet."""
    stopped_at("EHLO", scene, until_killed)


def in_the_middle_of_a_message(scene: Scene, until_killed: ExitStack) -> None:
    """The mail server has heard for whom the first message is, and not what it says."""
    stopped_at("RCPT", scene, until_killed)


def before_it_is_taken(scene: Scene, until_killed: ExitStack) -> None:
    """The mail server has every word of the first message, and has not taken it."""
    stopped_at("DATA", scene, until_killed)


def before_the_answer(scene: Scene, until_killed: ExitStack) -> None:
    """The mail server has taken the first message, and has not said so."""
    stopped_at("TAKEN", scene, until_killed)


def in_the_mark(scene: Scene, until_killed: ExitStack) -> Session:
    """The first message is sent, and its row is locked: the database marks it when its worker is dead already."""
    with scene.post.stopped_at("TAKEN") as stop:
        scene.ask(DRAIN)
        eventually(stop.reached.is_set, "the message is taken")
        session = until_killed.enter_context(scene.locking(f"SELECT 1 FROM {TABLE} FOR UPDATE"))
    eventually(session.holds_up, "the message cannot be marked")
    return session


def before_the_mark(scene: Scene, until_killed: ExitStack) -> None:
    """The same, and the database never hears of it."""
    until_killed.callback(in_the_mark(scene, until_killed).dismiss)


def after_the_last_mark(scene: Scene, until_killed: ExitStack) -> None:
    """Everything is sent and marked, and the worker takes its leave of the mail server."""
    stopped_at("QUIT", scene, until_killed)


def stopped_at(said: str, scene: Scene, until_killed: ExitStack) -> None:
    """The mail server stops after this."""
    stop = until_killed.enter_context(scene.post.stopped_at(said))
    scene.ask(DRAIN)
    eventually(stop.reached.is_set, f"the mail server has heard {said}")


# How many messages the mail server then has twice.
STEPS = {
    before_the_claim: 0,
    in_the_claim: 0,
    after_the_claim: 0,
    before_the_hold: 0,
    after_the_hold: 0,
    in_the_middle_of_a_message: 0,
    before_it_is_taken: 0,
    before_the_answer: 1,
    before_the_mark: 1,
    in_the_mark: 0,
    after_the_last_mark: 0,
}


@pytest.mark.parametrize("which", ["child", "worker"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_delivery_killed(scene, step, which):
    worker = scene.nursery.worker()
    scene.planned(PEOPLE)
    with ExitStack() as until_killed:
        step(scene, until_killed)
        scene.kill(worker, which)
    scene.come_to_rest()
    scene.check(twice=STEPS[step])
