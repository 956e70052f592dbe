"""Messages to raters: which are due, what they say, and sending each once as far as a mail server lets us."""

import datetime
import secrets
import smtplib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from registry.competency.feedback.links import hash_of, link_of
from registry.competency.feedback.states import MailKind, RaterGroup, RaterState, RoundState
from registry.competency.models import FeedbackMail, FeedbackRater

log = structlog.get_logger(__name__)

# How many days before the last day a reminder goes to whoever has not answered.
REMINDERS = {MailKind.REMINDER: 7, MailKind.LAST_REMINDER: 2}
MOST_ATTEMPTS = 8
FIRST_WAIT = datetime.timedelta(minutes=5)


def plan_reminders(day: datetime.date) -> int:
    """Put down the reminders due on this day; those that were put down before stay as they are. Answers how many.

    A reminder missed while nothing ran is made up for; of two that are due, only the last goes.
    """
    planned = 0
    for kind, days in sorted(REMINDERS.items(), key=lambda item: item[1]):
        later = [other for other, fewer in REMINDERS.items() if fewer < days]
        waiting = FeedbackRater.objects.filter(
            round__state=RoundState.RUNNING,
            round__closes_on__gte=day,
            round__closes_on__lte=day + datetime.timedelta(days=days),
            round__launched_at__lt=timezone.now() - datetime.timedelta(days=1),
            state=RaterState.WAITING,
            link_revoked=False,
        ).exclude(group=RaterGroup.SELF)
        reminded = FeedbackMail.objects.filter(rater=OuterRef("pk"), kind__in=[kind, *later])
        mails = [
            FeedbackMail(rater_id=key, kind=kind)
            for key in waiting.filter(~Exists(reminded)).order_by("pk").values_list("pk", flat=True)
        ]
        FeedbackMail.objects.bulk_create(mails, ignore_conflicts=True)
        planned += len(mails)
    return planned


def send_due(round_id: int | None = None) -> int:
    """Send what is due (of one round, or of all) over one connection; answers how many went out.

    Each message is marked in the transaction that holds it: another worker passes over it, and only a crash between
    the mail server's answer and the mark sends it again, with the same Message-ID.
    """
    connection = get_connection()
    sent = 0
    try:
        connection.open()
        while (went := _send_next(connection, round_id)) is not None:
            sent += went
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail_server_not_answering", error=str(error))  # beat tries again
    finally:
        connection.close()
    return sent


def _send_next(connection: Any, round_id: int | None) -> bool | None:
    """Whether the next message went out; None where none is due."""
    with transaction.atomic():
        due = FeedbackMail.objects.due(timezone.now()).select_for_update(skip_locked=True, of=("self",))
        if round_id is not None:
            due = due.filter(rater__round=round_id)
        mail = due.select_related("rater__round__subject", "rater__round__facilitator").first()
        if mail is None:
            return None
        rater = mail.rater
        if rater.round.state != RoundState.RUNNING or not rater.may_answer or mail.link_number < rater.link_number:
            mail.delete()
            return False
        mail.attempts += 1
        try:
            message_for(mail, connection).send()
        except (smtplib.SMTPException, OSError) as error:
            _put_off(mail, error)
            if not list(_codes(error)):  # the server, not the address
                connection.close()
                connection.open()
            return False
        mail.sent_at, mail.last_error = timezone.now(), ""
        mail.save()
        return True


def message_for(mail: FeedbackMail, connection: Any = None) -> EmailMessage:
    """The message, with the rater's link in it; plain text, because nothing else is needed to follow a link."""
    rater, round_ = mail.rater, mail.rater.round
    link = link_of(rater.key, rater.link_number)
    if rater.link_hash != hash_of(link):  # the server's secret has been renewed since
        rater.link_hash = hash_of(link)
        rater.save(update_fields=["link_hash"])
    context = {
        "rater": rater,
        "subject": round_.subject,
        "facilitator": round_.facilitator,
        "closes_on": round_.closes_on,
        "minimum": round_.minimum,
        "alone": rater.group == RaterGroup.MANAGER,
        "reminder": mail.kind != MailKind.INVITATION,
        "service_name": settings.SERVICE_NAME,
        "link": settings.PUBLIC_URL + reverse("feedback:give", args=[link]),
    }
    title = f"{'Reminder: f' if context['reminder'] else 'F'}eedback for {round_.subject.name}"
    return EmailMessage(
        subject=" ".join(title.split()),
        body=render_to_string("feedback/email/invitation.txt", context, using="jinja2"),
        to=[rater.email],
        connection=connection,
        headers={"Message-ID": f"<feedback.{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"},
    )


def _put_off(mail: FeedbackMail, error: Exception) -> None:
    """Wait twice as long each time, with a little chance in it; a refusal of the address itself is final."""
    mail.last_error = " ".join(str(error).split())[:200]
    if mail.attempts >= MOST_ATTEMPTS or any(_is_final(code) for code in _codes(error)):
        mail.failed_at = timezone.now()
    else:
        wait = FIRST_WAIT * 2 ** (mail.attempts - 1)
        mail.next_at = timezone.now() + wait * (1 + secrets.randbelow(100) / 1000)
    mail.save()
    log.warning("feedback_mail_not_sent", mail=mail.pk, attempts=mail.attempts, final=mail.failed_at is not None)


def _codes(error: Exception) -> Iterator[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        yield from (code for code, _ in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        yield error.smtp_code


def _is_final(code: int) -> bool:
    return 500 <= code < 600
