"""The kinds of message: each room registers how its own are put into words when they are sent."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from registry.notifications.models import Message


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Words:
    """A message in words: to which address, the subject, the text, the same as HTML, and files."""

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    # Where the recipient does something about it, as a path; shown in their inbox.
    href: str = ""
    # Keys of parts of which nothing is said, because they are not this reader's any more.
    left_out: tuple[int, ...] = ()
    # The recipient's name, for officers who see that it could not be delivered.
    name: str = ""
    # The organisations of whom it is about now: officers see name and address where they reach all of them. Where it
    # is empty, they are those of the organisation it was put down for.
    organisations: frozenset[int] = frozenset()


# Heads → words by the head's key. Called once for a whole batch, with `parts` (the head and what is folded into it)
# on each. A head that is left out is no longer needed; of one that has more parts the next ones are asked about then.
Compose = Callable[[Sequence["Outgoing"]], Mapping[int, Words]]


class Part(NamedTuple):
    """One row of the outbox, with as much of it as is needed to put it into words and to send it.

    No model, because building hundreds of those takes as long as the statement that finds them.
    """

    pk: int
    kind: str
    about_id: int
    step: str
    recipient_key: str
    recipient_id: int | None
    reference: uuid.UUID
    attempts: int
    # The batch it was taken with; none where it was only looked at.
    taken_by: uuid.UUID | None = None

    @classmethod
    def of(cls, message: Message) -> Self:
        """The same of a message that a page has found."""
        return cls(*(getattr(message, name) for name in cls._fields))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is to be put into words: its head, its parts, the head among them, and how many more.

    Never more parts than `outbox.MOST_PARTS` and the head, so that the longest digest takes no more memory than others.
    """

    head: Part
    parts: tuple[Part, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name in the table, what officers call it, and how it is put into words."""

    name: str
    title: str
    compose: Compose
    # Whether its recipients find it in their inbox; not where its words hold a secret, such as a link.
    in_inbox: bool = True
    # Of these (keys of what messages are about) the ones about which no message will ever be planned again. Only
    # theirs are removed in time, because the unique key of a message is what prevents a second one.
    is_over: Callable[[Collection[int]], Collection[int]] | None = None


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Make a kind known; called once, when its room is ready."""
    KINDS[kind.name] = kind
