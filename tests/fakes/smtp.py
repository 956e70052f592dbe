"""A real SMTP server on a port of its own: keeps what it is sent, and refuses, hangs or goes as a test asks."""

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

# Instead of an answer: none until the client gives up, or the connection is cut.
HANG, CUT = "hang", "cut"


class Stop:
    """A place at which the server says nothing until it is let go: somebody can look around, or kill the client."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    async def pass_by(self) -> None:
        """Wait here until let go; a client that ends meanwhile ends this as well."""
        self.reached.set()
        while not self.go.is_set():
            await asyncio.sleep(0.02)


class Mailbox:
    """What arrived, and what to answer instead of taking it: each entry once, an answer of SMTP, `HANG` or `CUT`.

    `answers` are to RCPT, by address; `to_mail` to MAIL, `to_data` once a message is there. `messages` has whatever was
    taken, also where `after_data` then cuts the connection, so that the answer is lost. `stops` are by what the client
    said last: EHLO, RCPT, DATA (nothing is taken yet), TAKEN (it is, and the client does not know), QUIT.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.messages: list[EmailMessage] = []
        self.connections = 0
        self.answers: dict[str, list[str]] = {}
        self.to_mail: list[str] = []
        self.to_data: list[str] = []
        self.after_data: list[str] = []
        self.stops: dict[str, Stop] = {}
        self._controller: Controller | None = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        await self._stop("EHLO")
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = await self._next(server, self.to_mail)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._stop("RCPT")
        answer = await self._next(server, self.answers.get(address, []))
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await self._stop("DATA")
        answer = await self._next(server, self.to_data)
        if answer is not None:
            return answer
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        await self._stop("TAKEN")
        return await self._next(server, self.after_data) or "250 Message accepted"

    async def handle_QUIT(self, server, session, envelope):
        await self._stop("QUIT")
        return "221 Bye"

    async def _stop(self, said: str) -> None:
        if stop := self.stops.get(said):
            await stop.pass_by()

    async def _next(self, server, answers: list[str]) -> str | None:
        if not answers:
            return None
        answer = answers.pop(0)
        if answer == HANG:
            while server.transport is not None and not server.transport.is_closing():
                await asyncio.sleep(0.02)
        elif answer == CUT:
            server.transport.abort()
        return answer if answer not in {HANG, CUT} else "421 Gone"

    @contextmanager
    def stopped_at(self, said: str) -> Iterator[Stop]:
        """Say nothing after the client has said this, until the block or `go` ends it."""
        self.stops[said] = stop = Stop()
        try:
            yield stop
        finally:
            del self.stops[said]
            stop.go.set()

    def to(self, address: str) -> list[EmailMessage]:
        """The messages to an address."""
        return [message for message in self.messages if message["To"] == address]

    def up(self) -> None:
        """Listen, on the same port as before."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def down(self) -> None:
        """Refuse connections from now on."""
        if self._controller is not None:
            self._controller.stop()
        self._controller = None


@contextmanager
def listening() -> Iterator[Mailbox]:
    """Runs the server in a thread."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mailbox = Mailbox(free.getsockname()[1])
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it says every line that is exchanged
    mailbox.up()
    try:
        yield mailbox
    finally:
        mailbox.down()


@contextmanager
def smtp_server(settings) -> Iterator[Mailbox]:
    """Runs the server and has Django send its mail there."""
    with listening() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        yield mailbox
