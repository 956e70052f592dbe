"""Messages to raters: which are due, what they say, and sending each once as far as a mail server lets us."""

import datetime
import secrets
import smtplib
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
from registry.competency.feedback.states import REMINDERS, MailKind, RaterGroup, RaterState, RoundState
from registry.competency.models import FeedbackMail, FeedbackRater

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 8
FIRST_WAIT = datetime.timedelta(minutes=5)
# How long a message belongs to the worker that took it; longer than the mail server is waited for.
LEASE = datetime.timedelta(minutes=10)


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
            FeedbackMail(rater_id=key, kind=kind, link_number=number)
            for key, number in waiting.filter(~Exists(reminded)).order_by("pk").values_list("pk", "link_number")
        ]
        FeedbackMail.objects.bulk_create(mails, ignore_conflicts=True)
        planned += len(mails)
    return planned


def send_due(round_id: int | None = None) -> int:
    """Send what is due (of one round, or of all) over one connection; answers how many went out.

    Each message is taken for a while (`LEASE`), sent, and marked: another worker passes over it, nobody waits for the
    mail server with a row held, and only a crash between its answer and the mark sends a message again, with the same
    Message-ID.
    """
    connection = get_connection()
    sent = 0
    try:
        connection.open()
        while (mail := _take(round_id)) is not None:
            sent += _send(mail, connection)
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail_server_not_answering", error=str(error))  # beat tries again
    finally:
        connection.close()
    return sent


@transaction.atomic
def _take(round_id: int | None) -> FeedbackMail | None:
    """The next message, now belonging to this worker; None where none is due. Those nobody needs are removed."""
    due = FeedbackMail.objects.due(timezone.now()).select_for_update(skip_locked=True, of=("self",))
    if round_id is not None:
        due = due.filter(rater__round=round_id)
    due = due.select_related("rater__round__subject", "rater__round__facilitator")
    while (mail := due.first()) is not None:
        rater = mail.rater
        if rater.round.state != RoundState.RUNNING or not rater.may_answer or mail.link_number < rater.link_number:
            mail.delete()
            continue
        mail.attempts += 1
        mail.next_at = timezone.now() + LEASE
        mail.save(update_fields=["attempts", "next_at"])
        return mail
    return None


def _send(mail: FeedbackMail, connection: Any) -> bool:
    """Whether the message went out; where not, it waits. Raises where the mail server itself does not answer."""
    rows = FeedbackMail.objects.filter(pk=mail.pk)  # gone where the round was closed meanwhile
    try:
        message_for(mail, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        final = all(500 <= code < 600 for code, _ in error.recipients.values())
        rows.update(**_put_off(mail, error, final=final))
        return False
    except (smtplib.SMTPException, OSError) as error:
        rows.update(**_put_off(mail, error, final=False))
        raise
    except Exception as error:  # one message that cannot be made must not stop the others
        log.exception("feedback_mail_not_made", mail=mail.pk)
        rows.update(**_put_off(mail, error, final=False))
        return False
    rows.update(sent_at=timezone.now(), last_error="")
    return True


def message_for(mail: FeedbackMail, connection: Any = None) -> EmailMessage:
    """The message, with the rater's link in it; plain text, because nothing else is needed to follow a link."""
    rater, round_ = mail.rater, mail.rater.round
    link = link_of(rater.key, rater.link_number)
    if rater.link_hash != hash_of(link):  # the server's secret has been renewed since
        FeedbackRater.objects.filter(pk=rater.pk, link_number=rater.link_number).update(link_hash=hash_of(link))
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
        # The same whenever it is sent, and in no order: a number would tell two recipients who else got one.
        headers={"Message-ID": f"<{hash_of(link + mail.kind)[:32]}@{urlsplit(settings.PUBLIC_URL).hostname}>"},
    )


def _put_off(mail: FeedbackMail, error: Exception, *, final: bool) -> dict[str, Any]:
    """What to write of a message that did not go out: to wait twice as long each time, or that it never will.

    Only a refusal of the address itself is final at once: a server may be set up wrongly and be mended.
    """
    log.warning("feedback_mail_not_sent", mail=mail.pk, attempts=mail.attempts, error=type(error).__name__)
    said = {"last_error": " ".join(str(error).split())[:200]}
    if final or mail.attempts >= MOST_ATTEMPTS:
        return said | {"failed_at": timezone.now()}
    wait = FIRST_WAIT * 2 ** (mail.attempts - 1)
    return said | {"next_at": timezone.now() + wait * (1 + secrets.randbelow(100) / 1000)}
