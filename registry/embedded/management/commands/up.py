"""`manage.py up`: everything a first look needs, under one parent that Ctrl-C stops."""

import errno
import hashlib
import os
import signal
import socket
import sys
from argparse import ArgumentParser
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.cache import cache
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from redis import RedisError

from registry.embedded.services import ROOT, try_lock
from registry.embedded.supervisor import Supervisor

ADDRESS = "127.0.0.1"
READY_WITHIN = 120  # seconds
LOG_LINES = 15  # shown of a part that ended
LAST_PORT = 65535


class Command(BaseCommand):
    """Prepare the data, run web server, worker and beat, say where it is, and stop it all."""

    help = "Run the registry on this machine, with demonstration data, until Ctrl-C."
    requires_system_checks = ()  # `migrate` runs them

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port from the command line, else from PORT."""
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")

    def handle(self, *args: Any, port: str, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM (exit code 0), or until a part ends (its exit code)."""
        if not settings.DEMO:
            raise CommandError(
                "`up` is for a first look and needs REGISTRY_MODE=demo. In production run "
                "gunicorn, the Celery worker and Celery beat under the machine's service manager."
            )
        number = free_port(port)
        settings.VAR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR / "up.lock").open("a") as lock:
            if not try_lock(lock):
                raise CommandError(f"The registry already runs with the data in {settings.VAR}.")
            # Ending as on an error, and not at once, leaves time to stop PostgreSQL and Redis.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
            try:
                find_servers()
                self.prepare()
            except KeyboardInterrupt:
                sys.exit(128 + signal.SIGINT)
            sys.exit(self.run(number))

    def prepare(self) -> None:
        """Bring tables, frameworks, demonstration data and static files up to date."""
        self.say("Updating the tables")
        call_command("migrate", verbosity=0, interactive=False)
        self.say("Loading the leadership frameworks")
        call_command("load_frameworks", stdout=self.stdout)
        self.say("Loading what comes round: appraisals, revalidation, renewals")
        call_command("load_cycles", stdout=self.stdout)
        self.say("Loading the demonstration data, if there is none")
        call_command("load_demo", if_empty=True, stdout=self.stdout)
        collected = settings.STATIC_ROOT / "collected"
        if not collected.exists() or collected.read_text() != static_files():
            self.say("Collecting the static files")
            call_command("collectstatic", verbosity=0, interactive=False)
            collected.write_text(static_files())
        connections.close_all()

    def run(self, port: int) -> int:
        """Run the parts, say when they are ready, and return the exit code."""
        self.say("Starting web server, worker and beat")
        parts = Supervisor(commands(port), folder=ROOT, logs=settings.VAR / "log")
        try:
            parts.start()
            if parts.wait(until=lambda: is_ready(port), seconds=READY_WITHIN):
                self.say(f"\nThe registry is ready: http://{ADDRESS}:{port}/\n")
                call_command("demo_sign_ins", stdout=self.stdout)
                self.say(f"\nPress Ctrl-C to stop it. Logs: {parts.logs}")
                parts.wait()
            return self.outcome(parts)
        finally:
            self.say("\nStopping")
            parts.stop()

    def outcome(self, parts: Supervisor) -> int:
        """Say why the wait is over, unless we were asked to stop, and return the exit code."""
        if parts.stops_asked:
            return 0
        if not (ended := parts.ended()):
            self.say(f"Not ready after {READY_WITHIN} seconds. Logs: {parts.logs}")
            return 1
        name, code = ended
        code = 128 - code if code < 0 else code or 1  # as a shell reports a signal; never success
        lines = (parts.logs / f"{name}.log").read_text(errors="replace").splitlines()
        self.say("\n".join([*lines[-LOG_LINES:], "", f"The {name} process ended with exit code {code}."]))
        return code

    def say(self, line: str) -> None:
        """Show progress at once, also through a pipe."""
        self.stdout.write(line)
        self.stdout.flush()


def find_servers() -> None:
    """Make sure that PostgreSQL and Redis answer: the environment may name any."""
    try:
        connections[DEFAULT_DB_ALIAS].ensure_connection()
        cache.get("up")
    except (OperationalError, RedisError) as error:
        raise CommandError(f"DATABASE_URL or REDIS_URL names a server that does not answer: {error}") from None


def commands(port: int) -> dict[str, list[str]]:
    """The parts of the running registry."""
    celery = [sys.executable, "-m", "celery", "-A", "registry.config"]
    web = [sys.executable, "-m", "gunicorn", "registry.config.wsgi", "--bind", f"{ADDRESS}:{port}"]
    return {
        "web": [*web, "--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket"],
        "worker": [*celery, "worker", "--concurrency=2", "--loglevel=INFO", "--without-mingle", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel=INFO"],
    }


def static_files() -> str:
    """A digest of the name, size and time of everything there is to collect."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def is_ready(port: int) -> bool:
    """Whether /readyz says so."""
    with closing(HTTPConnection(ADDRESS, port, timeout=5)) as connection:
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False


def free_port(port: str) -> int:
    """The port as a number, once it is known to be one and free."""
    if not (port.isdecimal() and 0 < int(port) <= LAST_PORT):
        raise CommandError(f"PORT is {port!r}; it must be a number from 1 to {LAST_PORT}.")
    try:
        with socket.create_server((ADDRESS, int(port))):
            return int(port)
    except OSError as error:
        reason = "in use" if error.errno == errno.EADDRINUSE else "not for us to use"
        raise CommandError(
            f"Port {port} of {ADDRESS} is {reason}. Stop what uses it, or choose another: make run PORT=8001"
        ) from None
