"""Two people, or two workers, at one feedback round at once: nothing twice, nothing lost, nothing counted that was refused."""

import pytest

from registry.competency.feedback.actions import answering, raters, rounds
from registry.competency.feedback.questionnaire import Answers
from registry.competency.feedback.states import RaterGroup
from registry.competency.models import FeedbackReply, FeedbackReport, FeedbackRound
from registry.kernel.errors import Invalid
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from tests.factories import feedback
from tests.fakes.smtp import smtp_server
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    """What a commit would start in the background is started by these tests themselves."""
    monkeypatch.setattr("registry.notifications.tasks.drain.apply_async", lambda **options: None)


@pytest.fixture
def round_(nurse, version, facilitator):
    return feedback.running(nurse, version, facilitator)


def ready(rater):
    """A rater who has saved and not sent."""
    answering.save(rater=rater, part="1", keys=["1.1"], prompts=["1"], answers=Answers({"1.1": 1}))
    return rater


def test_two_starts_make_one_round(nurse, version, facilitator):
    assert outcome(at_once(*[lambda: feedback.started(nurse, version, facilitator)] * 4)) == (1, 3)
    assert FeedbackRound.objects.get().raters.count() == 1


def test_one_address_named_twice_at_once_is_asked_once(nurse, version, facilitator):
    round_ = feedback.started(nurse, version, facilitator)

    def add():
        return raters.add_rater(round=round_, name="A", email="a@x.example", group=RaterGroup.PEERS, by=nurse.user)

    results = at_once(add, add, add)
    assert sum(isinstance(result, Invalid) for result in results) == 2
    assert round_.raters.count() == 2


def test_two_launches_invite_everybody_once(nurse, version, facilitator):
    round_ = feedback.proposed(nurse, version, facilitator)
    closes_on = feedback.in_three_weeks()
    launch = [lambda: rounds.launch(round=round_, closes_on=closes_on, minimum=3, by=facilitator)] * 3
    assert outcome(at_once(*launch)) == (1, 2)
    assert Message.objects.count() == 15


def test_naming_somebody_during_the_launch_asks_them_or_refuses_them(nurse, version, facilitator):
    round_ = feedback.proposed(nurse, version, facilitator)
    closes_on = feedback.in_three_weeks()
    at_once(
        lambda: rounds.launch(round=round_, closes_on=closes_on, minimum=3, by=facilitator),
        lambda: raters.add_rater(round=round_, name="L", email="l@x.example", group=RaterGroup.PEERS, by=facilitator),
    )
    assert Message.objects.count() == round_.raters.exclude(group="self").count()
    assert not round_.raters.exclude(group="self").filter(link_hash=None).exists()


def test_two_windows_send_once(round_):
    rater = ready(feedback.asked(round_, "peers")[0])
    assert outcome(at_once(*[lambda: answering.send(rater=rater)] * 4)) == (1, 3)
    assert FeedbackReply.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_sending_while_the_round_closes_is_in_the_report_or_refused(round_, facilitator, attempt):
    people = [ready(rater) for rater in feedback.asked(round_, "peers")[:3]]
    results = at_once(
        *[lambda rater=rater: answering.send(rater=rater) for rater in people],
        lambda: rounds.close(round=round_, by=facilitator),
    )
    done, _ = outcome(results)
    counted = dict(FeedbackReport.objects.get().figures["groups"]).get("peers", 0)
    sent = done - 1
    assert FeedbackReply.objects.count() == sent
    assert counted == (sent if sent >= 3 else 0)


def test_the_facilitator_and_the_night_close_once(round_, facilitator):
    results = at_once(lambda: rounds.close(round=round_, by=facilitator), lambda: rounds.close(round=round_, by=None))
    assert outcome(results) == (1, 1)
    assert FeedbackReport.objects.count() == 1


def test_raising_the_minimum_while_the_round_closes_is_in_the_report_or_refused(round_, facilitator):
    results = at_once(
        lambda: rounds.change_terms(round=round_, closes_on=round_.closes_on, minimum=5, by=facilitator),
        lambda: rounds.close(round=round_, by=facilitator),
    )
    outcome(results)
    round_.refresh_from_db()
    assert FeedbackReport.objects.get().figures["minimum"] == round_.minimum


def test_cancelling_while_the_round_closes_ends_in_one_of_the_two(round_, nurse, facilitator):
    results = at_once(
        lambda: rounds.cancel(round=round_, reason="Enough.", by=nurse.user),
        lambda: rounds.close(round=round_, by=facilitator),
    )
    assert outcome(results) == (1, 1)
    round_.refresh_from_db()
    assert FeedbackReport.objects.exists() == (round_.state == "closed")


def test_four_workers_send_each_message_once(round_, settings):
    with smtp_server(settings) as post:
        tallies = at_once(*[drain] * 4)
    assert sum(tally.sent for tally in tallies) == 15
    assert len({message["To"] for message in post.messages}) == len(post.messages) == 15
