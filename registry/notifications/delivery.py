"""Delivering what is due: take a batch, put it into words, hand each message over, mark it."""

import datetime
import secrets
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, connection

from registry.notifications import outbox
from registry.notifications.channels import ChannelOut, Refused, ServerTrouble, TryLater, channel_out
from registry.notifications.kinds import Outgoing, Part, Words
from registry.notifications.outbox import LEASE, Later
from registry.notifications.states import Channel
from registry.notifications.wording import compose

log = structlog.get_logger(__name__)

BATCH = 100
# Of what only the registry shows so many are marked at once, as nothing leaves; put into words a `BATCH` at a time.
SHOWN_BATCH = 500
# One run ends before the next beat begins, so that a long queue does not take every worker there is.
RUN_SECONDS = 50
FIRST_WAIT = datetime.timedelta(minutes=5)
# How long a batch waits when the mail server is in trouble.
TROUBLE_WAIT = datetime.timedelta(minutes=1)
# How long the database is waited for, so that what was sent is marked: within the lease, so that nobody sends it again.
PATIENCE_SECONDS = LEASE.total_seconds() / 2
PAUSE_SECONDS = 0.5

Answer = TypeVar("Answer")

NO_ADDRESS = "There is no e-mail address."
NOT_MADE = "The message could not be put into words."


@dataclass(slots=True)
class Outcome:
    """What became of messages of one batch, by their keys."""

    sent: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    later: dict[int, Later] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What one run did, in messages that were really marked."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0
    later: int = 0


def drain(seconds: float = RUN_SECONDS) -> Tally:
    """Deliver what is due, for at most so many seconds; the next run goes on. Safe beside others.

    What only the registry shows comes first, because no server can hold it up.
    """
    run = _Run(channel_out(), time.monotonic() + seconds)
    try:
        while run.goes_on() and (batch := outbox.claim(SHOWN_BATCH, channel=Channel.INBOX)):
            run.show(batch)
        while run.goes_on() and (batch := outbox.claim(BATCH, channel=Channel.EMAIL)):
            run.deliver(batch)
        run.settle_doubt(server_works=False)
    finally:
        run.disconnect()
    log.info("outbox_drained", sent=run.tally.sent, failed=run.tally.failed, later=run.tally.later)
    return run.tally


def wait_after(attempts: int) -> datetime.timedelta:
    """How long a message waits after so many attempts: twice as long each time, and a little more by chance."""
    return FIRST_WAIT * 2 ** (attempts - 1) * (1 + secrets.randbelow(250) / 1000)


class _Run:
    """One run: its connection, and how it goes. Each e-mail is held, handed over and marked before the next."""

    def __init__(self, out: ChannelOut, until: float) -> None:
        self.out, self.until = out, until
        self.tally = Tally()
        self.connected = self.stopped = False
        # The message at which the server was in trouble, until it is known whose trouble it was.
        self.doubted: tuple[Part, str] | None = None

    def goes_on(self) -> bool:
        """Whether there is time for more, and a server to take it."""
        return not self.stopped and time.monotonic() < self.until

    def show(self, batch: list[Outgoing]) -> None:
        """What is read in the registry alone is sent once it is needed; marked together."""
        outcome = Outcome()
        for first in range(0, len(batch), BATCH):
            outcome.sent += _prepared(batch[first : first + BATCH], outcome)
        self._mark(batch[0].head.taken_by, outcome)

    def deliver(self, batch: list[Outgoing]) -> None:
        """Send a batch; what there is no time or no server for goes back, as if it had not been tried."""
        outcome = Outcome()
        words = _prepared(batch, outcome)
        outcome.failed = {key: NO_ADDRESS for key in words if not words[key].to.strip()}
        self._mark(batch[0].head.taken_by, outcome)
        ready = [outgoing.head for outgoing in batch if outgoing.head.pk in words.keys() - outcome.failed.keys()]
        for index, head in enumerate(ready):
            if not self.goes_on():
                self._put_back(ready[index:], "", datetime.timedelta(0))
                return
            said = self._hand_over(head, words[head.pk])
            if said is not None:
                self.stopped = True
                self._put_back(ready[index:], said, TROUBLE_WAIT)
                return

    def settle_doubt(self, *, server_works: bool) -> None:
        """What becomes of the message at which the server was in trouble: its attempt counts where others go out."""
        if self.doubted is None:
            return
        (head, said), self.doubted = self.doubted, None
        if server_works:
            self._mark(head.taken_by, Outcome(later={head.pk: Later(said, wait_after(head.attempts))}))
        else:
            self._put_back([head], said, TROUBLE_WAIT)

    def disconnect(self) -> None:
        """End the connection, where there is one."""
        if self.connected:
            self.out.close()
        self.connected = False

    def _hand_over(self, head: Part, words: Words) -> str | None:
        """Send one message and mark it; what the server said where it is in trouble whatever the message."""
        if not _patiently(lambda: outbox.hold(head.taken_by, [head.pk])):
            return None  # it was removed, or taken back by somebody else
        outcome = Outcome()
        try:
            if not self.connected:
                self.out.open()
                self.connected = True
            self.out.send(words, head.reference)
            outcome.sent = [head.pk]
        except ServerTrouble as trouble:
            log.warning("mail_server_in_trouble", message=head.pk, said=trouble.said)
            if self.doubted or not self.connected:
                return trouble.said
            self.disconnect()
            self.doubted = head, trouble.said
            return None
        except Refused as refused:
            outcome.failed = {head.pk: refused.said}
        except TryLater as put_off:
            outcome.later = {head.pk: Later(put_off.said, wait_after(head.attempts))}
        except Exception:
            log.exception("message_not_sent", message=head.pk)
            outcome.later = {head.pk: Later(NOT_MADE, wait_after(head.attempts))}
        self._mark(head.taken_by, outcome)
        self.settle_doubt(server_works=True)
        return None

    def _put_back(self, heads: Sequence[Part], said: str, wait: datetime.timedelta) -> None:
        """To be tried again, each after a wait of its own, so that the order changes; the attempt does not count."""
        waits = {head.pk: wait * (1 + secrets.randbelow(1000) / 1000) for head in heads}
        later = {key: Later(said, by_chance, counted=False) for key, by_chance in waits.items()}
        self._mark(heads[0].taken_by, Outcome(later=later))

    def _mark(self, batch: uuid.UUID | None, outcome: Outcome) -> None:
        marked = _patiently(
            lambda: outbox.finish(
                batch, sent=outcome.sent, dropped=outcome.dropped, failed=outcome.failed, later=outcome.later
            )
        )
        for key in set(outcome.sent) - marked:
            log.warning("message_sent_after_it_was_taken_back", message=key, meaning="it may go out twice")
        for name in ("sent", "dropped", "failed", "later"):
            setattr(self.tally, name, getattr(self.tally, name) + len(marked.intersection(getattr(outcome, name))))


def _prepared(batch: Sequence[Outgoing], outcome: Outcome) -> dict[int, Words]:
    """The words of a batch; what becomes of those that have none is added to the outcome."""
    words, broken = _patiently(lambda: compose(batch))
    _patiently(lambda: outbox.leave_out([key for made in words.values() for key in made.left_out]))
    for outgoing in batch:
        head = outgoing.head
        if head.pk in broken:
            outcome.later[head.pk] = Later(NOT_MADE, wait_after(head.attempts))
        elif head.pk not in words:
            outcome.dropped.append(head.pk)
    return words


def _patiently(call: Callable[[], Answer]) -> Answer:
    """What `call` answers, tried again while the database does not; a restart of it so sends nothing twice."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return call()
        except (DatabaseError, InterfaceError) as error:
            if not outbox.is_lost(error) or connection.in_atomic_block or time.monotonic() >= until:
                raise
            log.warning("database_not_answering", error=type(error).__name__)
            connection.close()
            time.sleep(PAUSE_SECONDS)
