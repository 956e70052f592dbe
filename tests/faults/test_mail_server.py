"""A mail server that refuses, hangs or goes: everybody hears in the end, or officers learn who cannot."""

import pytest

from tests.fakes.smtp import CUT, HANG
from tests.faults.scene import DRAIN

# With the mark the test run's database is there, whose tables are copied.
pytestmark = [pytest.mark.system, pytest.mark.django_db]

PEOPLE = 4
ONE = "clinician2@trust.example"


def test_nobody_listens(scene):
    scene.nursery.worker()
    scene.planned(PEOPLE)
    scene.post.down()
    scene.run(DRAIN)
    assert scene.states() == {"waiting": PEOPLE + 1}
    assert {attempts for _, _, _, attempts, _, _ in scene.rows()} == {0}
    scene.post.up()
    scene.come_to_rest()
    scene.check()


@pytest.mark.parametrize("answer", ["450 4.2.1 Busy", "421 4.3.2 Going down", "454 4.7.0 Not now"])
def test_one_recipient_is_not_taken_at_first(scene, answer):
    scene.nursery.worker()
    scene.planned(PEOPLE)
    scene.post.answers[ONE] = [answer, answer]
    scene.come_to_rest()
    scene.check()


def test_one_recipient_is_refused_for_good(scene):
    scene.nursery.worker()
    scene.planned(PEOPLE)
    scene.post.answers[ONE] = ["550 5.1.1 No such mailbox"]
    scene.come_to_rest()
    scene.check(failed=[ONE])
    assert [error for *_, state, error in scene.rows() if error] == ["550 5.1.1 No such mailbox"]


@pytest.mark.parametrize("answer", ["421 4.3.2 Going down", "451 4.3.0 Try again", CUT])
@pytest.mark.parametrize("to", ["to_mail", "to_data"])
def test_the_server_goes_before_it_takes_a_message(scene, to, answer):
    scene.nursery.worker()
    scene.planned(PEOPLE)
    getattr(scene.post, to).extend([answer, answer])
    scene.come_to_rest()
    scene.check()


def test_the_server_goes_and_its_answer_is_lost(scene):
    """It has the message, and nobody can know: it goes again under the same Message-ID, and the log says why."""
    scene.nursery.worker()
    scene.planned(PEOPLE)
    scene.post.after_data.append(CUT)
    scene.come_to_rest()
    scene.check(twice=1)


@pytest.mark.parametrize(("to", "twice"), [("to_mail", 0), ("to_data", 0), ("after_data", 1)])
def test_the_server_hangs_for_longer_than_it_is_waited_for(scene, to, twice):
    scene.nursery.worker(email_timeout=1)
    scene.planned(PEOPLE)
    getattr(scene.post, to).append(HANG)
    scene.come_to_rest()
    scene.check(twice=twice)
