"""The ways out of the registry: SMTP and GOV.UK Notify, behind one small interface."""

import hashlib
import json
import smtplib
import uuid
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from registry.notifications.kinds import Words

# What Notify says of itself or of our account rather than of one message.
NOTIFY_SET_UP = ("template", "personalisation", "team-only api key", "trial mode")
# The answers of a mail server that asks us to sign in, whatever it answers them to.
SIGN_IN = frozenset({530, 534, 535, 538})


class NotSent(Exception):
    """A message that was not taken; `said` is what the other side said."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Refused(NotSent):
    """Refused for good: its address, or what it says."""


class TryLater(NotSent):
    """Not taken this time, and it may be another time."""


class ServerTrouble(NotSent):
    """Nothing to do with the message: the server does not answer, or will not have us."""


class ChannelOut(Protocol):
    """A way out, for many messages over one connection."""

    def open(self) -> None:
        """Connect. Raises ServerTrouble."""

    def send(self, words: Words, reference: uuid.UUID) -> None:
        """Hand one message over. Returns only when it was taken; raises a `NotSent` otherwise."""

    def close(self) -> None:
        """End the connection; never raises."""


def message_id(reference: uuid.UUID) -> str:
    """What recognises a message that comes twice: the same at each attempt, and in no order."""
    digest = hashlib.sha256(b"registry.notifications" + reference.bytes).hexdigest()
    return f"{digest[:32]}@{urlsplit(settings.PUBLIC_URL).hostname}"


def channel_out() -> ChannelOut:
    """The way out that the settings choose: Notify where its key is set, a mail server otherwise."""
    return Notify() if settings.NOTIFY_API_KEY else Smtp()


class Smtp:
    """A mail server, as Django's settings name it."""

    def __init__(self) -> None:
        self.connection = get_connection()

    def open(self) -> None:
        """Connect and sign in."""
        try:
            self.connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise ServerTrouble(_said(error)) from error

    def send(self, words: Words, reference: uuid.UUID) -> None:
        """Hand one message over; plain text first, because it is what every program can show."""
        mail = EmailMultiAlternatives(
            subject=" ".join(words.subject.split()),
            body=words.text,
            to=[words.to],
            connection=self.connection,
            headers={"Message-ID": f"<{message_id(reference)}>", "Auto-Submitted": "auto-generated"},
        )
        if words.html:
            mail.attach_alternative(words.html, "text/html")
        for attachment in words.attachments:
            mail.attach(attachment.name, attachment.content, attachment.media_type)
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _refusal(codes)(_said(error)) from error
        except smtplib.SMTPDataError as error:
            # What it says was refused, perhaps by a filter that will be mended: it counts, so that it ends.
            raise (ServerTrouble if error.smtp_code == 421 else TryLater)(_said(error)) from error
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            raise Refused(f"The message or its address cannot be sent by e-mail: {error}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise ServerTrouble(_said(error)) from error

    def close(self) -> None:
        """End the connection, if it is still there."""
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            self.connection.connection = None


def _refusal(codes: list[int]) -> type[NotSent]:
    """What a mail server means by refusing a recipient with these codes."""
    if any(code == 421 or code in SIGN_IN for code in codes):
        return ServerTrouble
    return Refused if all(code >= 500 for code in codes) else TryLater


def _said(error: Exception) -> str:
    """What the mail server answered, in its words; what kind of trouble it was where it did not answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(said)}" for code, said in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time."
    return f"The mail server could not be reached: {error}"


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


class Notify:
    """GOV.UK Notify, through one template that consists of `((subject))` and `((body))`.

    It takes no files and no HTML: the text has the link.
    """

    def __init__(self) -> None:
        self.client = NotificationsAPIClient(
            settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_BASE_URL, timeout=settings.EMAIL_TIMEOUT
        )

    def open(self) -> None:
        """Nothing to do: each message is a request, over one connection that the client keeps."""

    def send(self, words: Words, reference: uuid.UUID) -> None:
        """Hand one message over."""
        try:
            self.client.send_email_notification(
                email_address=words.to,
                template_id=settings.NOTIFY_TEMPLATE_ID,
                personalisation={"subject": " ".join(words.subject.split()), "body": words.text},
                reference=message_id(reference),
            )
        except APIError as error:
            said = _notify_said(error)
            raise _meaning(error.status_code, said)(said) from error

    def close(self) -> None:
        """Let go of the connection."""
        self.client.request_session.close()


def _meaning(status: int, said: str) -> type[NotSent]:
    """What an answer of Notify means: only of a bad request can the message be the cause."""
    if status == 400 and not any(word in said.lower() for word in NOTIFY_SET_UP):
        return Refused
    return ServerTrouble


def _notify_said(error: APIError) -> str:
    """What Notify answered: its sentences where it gave any."""
    if isinstance(error.message, list):
        return "; ".join(str(each.get("message", each)) for each in error.message)
    return f"{error.status_code} {error.message if isinstance(error.message, str) else json.dumps(error.message)}"
