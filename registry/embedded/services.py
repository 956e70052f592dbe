"""Joining the embedded servers: the first process starts them, the last one out stops them.

Who uses a server is known from file locks and not from lists of process numbers: the kernel lets go
of a lock however its process dies, so a killed process leaves nothing to clean up. Each server has
three files under `var/run`:

- `<name>.lock`: held for the moment of joining, leaving or stopping, so that two processes never
  start two servers;
- `<name>.users`: held, shared, by every process that uses the server;
- `<name>.json`: held by the server's keeper as long as it lives; it says the keeper's process
  number and the server's URL.
"""

import atexit
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
VARIABLES = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}


def ensure(environ: MutableMapping[str, str], var: Path) -> None:
    """Set DATABASE_URL and REDIS_URL, where missing, to embedded servers with their data in `var`.

    A server that the environment already names is used as it is, and in production nothing is ever
    started. The servers stay until the last process that called this has ended. Exits with a plain
    message when one cannot start.
    """
    if environ.get("REGISTRY_MODE", "production") == "production":
        return
    for variable, name in VARIABLES.items():
        if not environ.get(variable):
            environ[variable] = join(name, var.resolve())


def join(name: str, var: Path) -> str:
    """Use the server `name` (postgres or redis), starting it if nobody has; return its URL."""
    run = var / "run"
    run.mkdir(parents=True, exist_ok=True)
    with locked(run / f"{name}.lock"):
        users = (run / f"{name}.users").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        state = run / f"{name}.json"
        if not is_kept(state):
            keeper = [sys.executable, "-m", "registry.embedded.keeper", name, str(var)]
            started = subprocess.run(
                keeper,
                check=False,
                cwd=ROOT,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if not is_kept(state):
                sys.exit(f"{name} could not be started.\n{started.stdout}{started.stderr}".rstrip())
        url: str = json.loads(state.read_text())["url"]
    atexit.register(leave, name, run, users, os.getpid())
    return url


def leave(name: str, run: Path, users: IO[str], joined_by: int) -> None:
    """Stop using the server; the last user waits until it is down: nothing outlives a command."""
    if os.getpid() != joined_by or not run.exists():
        return  # a fork of the process that joined, or the folder is gone: the keeper sees to it
    with locked(run / f"{name}.lock"):
        state = run / f"{name}.json"
        if try_lock(users) and is_kept(state):
            os.kill(json.loads(state.read_text())["keeper"], signal.SIGTERM)
            with state.open() as kept:
                fcntl.flock(kept, fcntl.LOCK_SH)  # granted when the keeper has gone
        users.close()


def is_kept(state: Path) -> bool:
    """Whether a living keeper holds the state file."""
    if not state.exists():
        return False
    with state.open() as file:
        return not try_lock(file, fcntl.LOCK_SH)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file for the length of a block, waiting for it if need be."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(file: IO[str] | int, kind: int = fcntl.LOCK_EX) -> bool:
    """Lock the open file if nobody holds it against us; False if somebody does."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
