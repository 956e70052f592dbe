"""Messages to raters, over a real SMTP server: each once, again after trouble, and never to who need not be asked."""

import datetime
import re
import smtplib

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db.models.functions import Now

from registry.competency import tasks
from registry.competency.feedback import mail
from registry.competency.feedback.actions import answering, raters, rounds
from registry.competency.feedback.questionnaire import Answers
from registry.competency.models import FeedbackRater
from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.notifications import outbox
from registry.notifications.delivery import drain
from registry.notifications.models import Message
from registry.notifications.outbox import MOST_ATTEMPTS
from tests.factories import feedback
from tests.fakes.smtp import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings):
    with smtp_server(settings) as mailbox:
        yield mailbox


@pytest.fixture
def round_(nurse, version, facilitator):
    return feedback.running(nurse, version, facilitator, days=20)


def test_everybody_gets_an_invitation_with_a_link_of_their_own(post, round_, client):
    assert drain().sent == 15
    assert drain().sent == 0
    links = set()
    for message in post.messages:
        body = message.get_content()
        (link,) = re.findall(r"http://\S+?(/give-feedback/\S+)", body)
        assert client.get(link).status_code == 200
        links.add(link)
        assert f"until {round_.closes_on.day} " in body
    assert len(links) == 15
    assert len({message["Message-ID"] for message in post.messages}) == 15


def test_only_the_manager_is_told_that_their_view_is_shown_alone(post, round_):
    drain()
    manager, peer = (feedback.asked(round_, group)[0].email for group in ("manager", "peers"))
    assert "shown as the line manager's view" in post.to(manager)[0].get_content()
    assert "together with those of at least 2 other people" in post.to(peer)[0].get_content()


def test_names_are_written_as_they_are(post, nurse, version, facilitator):
    nurse.family_name = "O'Neill <&> Söhne"
    nurse.save()
    feedback.running(nurse, version, facilitator, {"peers": 3})
    drain()
    assert post.messages[0]["Subject"] == "Feedback for Ada O'Neill <&> Söhne"
    assert "Ada O'Neill <&> Söhne has asked" in post.messages[0].get_content()


def test_a_name_cannot_add_a_header(post, nurse, version, facilitator):
    nurse.family_name = "X\r\nBcc: everybody@x.example"
    nurse.save()
    feedback.running(nurse, version, facilitator, {"peers": 3})
    assert drain().sent == 3
    assert {message["Bcc"] for message in post.messages} == {None}


def test_an_address_refused_for_good_is_shown_to_the_facilitator(post, round_, sign_in, facilitator):
    lost, late = feedback.asked(round_, "peers")[:2]
    post.answers = {lost.email: ["550 No such person"], late.email: ["451 Try later"]}
    assert drain().sent == 13
    assert Message.objects.get(about_id=lost.pk).state == "failed"
    page = sign_in(facilitator).get(f"/leadership/facilitating/{round_.pk}").content.decode()
    assert page.count("Not delivered") == 1
    all_due()
    assert drain().sent == 1
    assert len(post.to(late.email)) == 1
    raters.mend_address(rater=lost, email="mended@x.example", by=facilitator)
    assert drain().sent == 1
    assert len(post.to("mended@x.example")) == 1
    with pytest.raises(Invalid, match="on the list already"):
        raters.mend_address(rater=_lose(lost), email=late.email, by=facilitator)


def all_due():
    """As if every message had waited long enough, and every worker been silent for long."""
    Message.objects.filter(state__in=["waiting", "sending"]).update(available_at=Now())


def _lose(rater):
    """As if nothing had ever reached them."""
    Message.objects.filter(about_id=rater.pk).update(state="failed")
    return rater


def test_the_numbers_of_messages_do_not_tell_who_else_got_one(post, round_):
    drain()
    numbers = [message["Message-ID"] for message in post.messages]
    assert all(re.fullmatch(r"<[0-9a-f]{32}@127.0.0.1>", number) for number in numbers)
    assert sorted(numbers) != numbers


def test_a_server_set_up_wrongly_loses_no_message(post, round_, monkeypatch):
    def refuse(self, *args, **kwargs):
        raise smtplib.SMTPSenderRefused(530, b"Sign in first", "registry@localhost")

    with monkeypatch.context() as wrong:
        wrong.setattr(EmailMessage, "send", refuse)
        assert drain().sent == 0
    assert not Message.objects.exclude(state="waiting").exists()
    all_due()
    assert drain().sent == 15


def test_a_message_that_cannot_be_made_does_not_stop_the_others(post, round_, monkeypatch):
    broken = feedback.asked(round_, "peers")[0]
    made = mail._words

    def make(rater, kind):
        if rater.pk == broken.pk:
            raise ValueError("cannot be made")
        return made(rater, kind)

    monkeypatch.setattr(mail, "_words", make)
    assert drain().sent == 14


def test_a_round_can_be_closed_while_a_message_goes_out(post, round_, facilitator, monkeypatch):
    send = EmailMessage.send

    def close_first(self, *args, **kwargs):
        if round_.state == "running":
            round_.state = rounds.close(round=round_, by=facilitator).state
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", close_first)
    drain()
    assert len(post.messages) == 1
    assert not Message.objects.exists()


@pytest.mark.parametrize("arrived", [False, True])
def test_a_worker_killed_in_the_middle_loses_no_message(post, round_, monkeypatch, arrived):
    """Killed before the mail server has it, or between its answer and the mark: then it goes again, recognisably."""
    send = EmailMessage.send

    def killed(self, *args, **kwargs):
        if arrived:
            send(self, *args, **kwargs)
        raise SystemExit

    with monkeypatch.context() as one_worker:
        one_worker.setattr(EmailMessage, "send", killed)
        with pytest.raises(SystemExit):
            drain()
    all_due()
    outbox.reap()
    assert drain().sent == 15
    assert len(post.messages) == 15 + arrived
    assert len({message["To"] for message in post.messages}) == 15
    assert len({message["Message-ID"] for message in post.messages}) == 15


def test_after_a_new_link_reminders_carry_it(post, round_, facilitator):
    drain()
    peer = feedback.asked(round_, "peers")[0]
    raters.renew_link(rater=peer, by=facilitator)
    with at(round_, 7):
        mail.plan_reminders(today())
        drain()
    peer.refresh_from_db()
    first, renewed, reminder = post.to(peer.email)
    assert feedback.link(peer) not in first.get_content()
    assert feedback.link(peer) in renewed.get_content()
    assert feedback.link(peer) in reminder.get_content()


def test_with_more_time_reminders_come_before_the_new_last_day(post, round_, facilitator):
    drain()
    with at(round_, 2):
        mail.plan_reminders(today())
        drain()
        later = round_.closes_on + datetime.timedelta(days=20)
        round_.closes_on = rounds.change_terms(round=round_, closes_on=later, minimum=3, by=facilitator).closes_on
    with at(round_, 7):
        assert mail.plan_reminders(today()) == 15


def test_a_server_that_does_not_answer_is_tried_again(settings, round_):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert drain().sent == 0
    assert set(Message.objects.values_list("attempts", "state")) == {(0, "waiting")}
    all_due()
    with smtp_server(settings):
        assert drain().sent == 15


def test_an_address_that_never_takes_it_is_given_up(post, round_):
    lost = feedback.asked(round_, "peers")[0]
    post.answers = {lost.email: ["451 Try later"] * 20}
    for _ in range(MOST_ATTEMPTS + 3):
        drain()
        all_due()
    row = Message.objects.get(about_id=lost.pk)
    assert (row.attempts, row.state, row.last_error) == (MOST_ATTEMPTS, "failed", "451 Try later")


def at(round_, days_before: int):
    """Noon, so many days before the last day."""
    day = round_.closes_on - datetime.timedelta(days=days_before)
    return time_machine.travel(datetime.datetime.combine(day, datetime.time(12), datetime.UTC), tick=False)


def test_reminders_go_to_who_has_not_answered(post, round_):
    drain()
    sent, declined, stopped, waiting, _ = feedback.asked(round_, "peers")
    feedback.answer(sent, Answers({"1.1": 1}))
    answering.decline(rater=declined)
    raters.revoke_link(rater=stopped, by=round_.facilitator)
    for days_before in (8, 7, 6, 2, 1, 0):
        with at(round_, days_before):
            mail.plan_reminders(today())
            mail.plan_reminders(today())
            drain()
    assert [len(post.to(rater.email)) for rater in (sent, declined, stopped, waiting)] == [1, 1, 1, 3]
    assert [message["Subject"][:9] for message in post.to(waiting.email)] == ["Feedback ", "Reminder:", "Reminder:"]


def test_a_reminder_missed_is_made_up_for_and_two_missed_are_one(post, round_):
    drain()
    with at(round_, 1):
        assert mail.plan_reminders(today()) == 15
        assert mail.plan_reminders(today()) == 0
    with at(round_, 0):
        assert mail.plan_reminders(today()) == 0
        assert drain().sent == 15


def test_who_answers_before_a_message_goes_out_gets_none(post, round_):
    rater = feedback.asked(round_, "peers")[0]
    feedback.answer(rater, Answers({"1.1": 1}))
    assert drain().sent == 14
    assert post.to(rater.email) == []


def test_a_closed_round_sends_nothing(post, round_, facilitator):
    rounds.close(round=round_, by=facilitator)
    assert drain().sent == 0


def test_after_the_servers_secret_is_renewed_a_reminder_carries_a_link_that_works(post, round_, settings, client):
    from registry.competency.feedback import links

    signer = links._SIGNER
    links._SIGNER = type(signer)(key="another secret", salt=signer.salt, sep=signer.sep)
    try:
        assert drain().sent == 15
        (link,) = re.findall(r"(/give-feedback/\S+)", post.messages[0].get_content())
        assert client.get(link).status_code == 200
    finally:
        links._SIGNER = signer


def test_the_daily_task_closes_reminds_and_sends(post, round_):
    drain()
    with at(round_, 7):
        tasks.keep_feedback_rounds()
    drain()
    assert len(post.messages) == 30
    with at(round_, -1):
        tasks.keep_feedback_rounds()
    drain()
    with at(round_, -1):
        tasks.forget_feedback()
    round_.refresh_from_db()
    assert round_.state == "closed"
    assert len(post.messages) == 30
    assert not FeedbackRater.objects.exists()
