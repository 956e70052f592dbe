"""What the pages of messages show: an inbox in words, what could not be delivered and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from registry.kernel.needs import Need
from registry.kernel.permissions import Permission
from registry.notifications.kinds import KINDS, Part, Words
from registry.notifications.models import Message
from registry.notifications.outbox import with_parts
from registry.notifications.wording import compose

NO_LONGER_NEEDED = "No longer needed"
ELSEWHERE = "It is about somebody who is at another organisation now."
NOT_SHOWN = "This message cannot be shown at the moment."
# What the first digits of a mail server's answer mean to somebody who reads them for the first time (RFC 5321, 3463).
MEANINGS = (
    ("550", "There is no such mailbox, or it takes nothing from us. Check the address."),
    ("551", "There is no such mailbox at this mail server. Check the address."),
    ("552", "The mailbox is full, or the message too large for it."),
    ("553", "The mail server does not accept this address. Check how it is written."),
    ("5", "The mail server refused the message."),
    ("4", "The mail server asked to try later, each time we tried."),
    ("email_address", "This is not a valid e-mail address. Check how it is written."),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A message with its words, where it has any."""

    message: Message
    title: str
    words: Words | None
    # Said where there are no words.
    instead: str

    @property
    def subject(self) -> str:
        """What it is about, in a line."""
        return self.words.subject if self.words else f"{self.title}: {self.instead[0].lower()}{self.instead[1:]}"


def lines(heads: Sequence[Message]) -> list[Line]:
    """Messages as their kinds would put them today; the same queries however many."""
    words, broken = compose(with_parts([Part.of(head) for head in heads]))
    return [
        Line(
            message=head,
            title=KINDS[head.kind].title if head.kind in KINDS else "Message",
            words=words.get(head.pk),
            instead=NOT_SHOWN if head.pk in broken else NO_LONGER_NEEDED,
        )
        for head in heads
    ]


def failed_lines(heads: Sequence[Message], user: Any) -> list[Line]:
    """The same for officers, without name and address where it is about somebody who has left their reach."""
    scope = user.scope_for(Permission.MESSAGE_RETRY)
    return [
        line
        if line.words is None
        or scope.covers(line.words.organisations or frozenset({line.message.organisation_id or 0}))
        else replace(line, words=None, instead=ELSEWHERE)
        for line in lines(heads)
    ]


def in_plain_words(error: str) -> str:
    """What a mail server's answer means; our own sentences stay as they are."""
    return next((meaning for begins, meaning in MEANINGS if error.startswith(begins)), error)


def unread_count(user: Any) -> int:
    """How many messages wait to be opened; one query on the index of the inbox."""
    return Message.visible_to(user, Permission.MESSAGE_READ).in_inbox().unread().count()


def needs_now(user: Any) -> list[Need]:
    """Messages that could not be delivered, for officers; one query."""
    count = Message.visible_to(user, Permission.MESSAGE_RETRY).count()
    if not count:
        return []
    text = "Message could not be delivered" if count == 1 else "Messages could not be delivered"
    return [Need(text, reverse("notifications:failed"), count=count)]
