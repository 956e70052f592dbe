"""The process behind one embedded server, which starts it and, after its last user, stops it.

`python -m registry.embedded.keeper NAME VAR` returns when the server answers, or with a message
when it does not start; the keeper lives on in the background.
"""

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from registry.embedded.servers import SERVERS
from registry.embedded.services import try_lock

# Seconds. How soon SIGTERM, or the server's own end, is noticed.
NOTICE_WITHIN = 0.05
# Seconds. Matters only when the last user was killed: one that ends well sends SIGTERM.
LOOK_EVERY = 1.0


class Stop:
    """Whether SIGTERM has come.

    The handler only notes it: an exception out of a handler may hit `subprocess` where it holds its own lock, and
    the keeper would then wait for a server that has ended long ago.
    """

    asked = False

    def note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def keep(name: str, var: Path, stop: Stop) -> None:
    """Run the server until nobody uses it, it ends by itself, or a stop is asked for."""
    run = var / "run"
    # Never closed: the locks are to last as long as this process does.
    state, users, lock = (
        os.open(run / f"{name}.{kind}", os.O_RDWR | os.O_CREAT, 0o644) for kind in ("json", "users", "lock")
    )
    fcntl.flock(state, fcntl.LOCK_EX)
    os.ftruncate(state, 0)
    server = SERVERS[name](var)
    try:
        process = server.start()
        os.write(state, json.dumps({"keeper": os.getpid(), "url": server.url}).encode())
        leave_terminal(var / "log" / f"{name}.log")
        looked = time.monotonic()
        while process.poll() is None and not stop.asked:
            time.sleep(NOTICE_WITHIN)
            if time.monotonic() < looked + LOOK_EVERY:
                continue
            looked = time.monotonic()
            if try_lock(lock):
                if try_lock(users):
                    break  # still holding the lock: nobody may join a server about to stop
                fcntl.flock(lock, fcntl.LOCK_UN)
    finally:
        server.stop()
        os.ftruncate(state, 0)


def leave_terminal(log: Path) -> None:
    """Send output to the log from now on; whoever started us reads the closed pipe as success."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())


def main() -> None:
    """Go into the background and keep the server named on the command line."""
    name, var = sys.argv[1:]
    if os.fork():
        os._exit(0)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stop = Stop()
    signal.signal(signal.SIGTERM, stop.note)
    keep(name, Path(var), stop)


if __name__ == "__main__":
    main()
