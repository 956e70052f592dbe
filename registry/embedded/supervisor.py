"""Several commands as one: they start together, stop together, and none outlives the parent."""

import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

# Ask; insist, which makes a Celery worker hand its unfinished tasks back; kill.
STOP_STEPS = (signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL)
STEP_SECONDS = 8
LOOK_EVERY = 0.1  # seconds

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> None:
    """Ask Linux to send this process the signal when its parent dies, however it dies.

    Meant for `preexec_fn`, after any change of user, which would clear the request. Only Linux has
    it; elsewhere this does nothing.
    """
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, number)


class Supervisor:
    """Runs each command in a session of its own, with its output in `<logs>/<name>.log`."""

    def __init__(self, commands: Mapping[str, Sequence[str]], *, folder: Path, logs: Path) -> None:
        self.commands = commands
        self.folder = folder
        self.logs = logs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.stops_asked = 0  # Ctrl-C, SIGTERM or a closed terminal, so far
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self.stops_asked += 1

    def start(self) -> None:
        """Start every command."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for name, command in self.commands.items():
            with (self.logs / f"{name}.log").open("wb") as log:
                self.processes[name] = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C in the terminal is for the parent alone
                    preexec_fn=lambda: die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - `up` has no threads
                )

    def ended(self) -> tuple[str, int] | None:
        """The name and exit code of a command that has ended, if one has."""
        for name, process in self.processes.items():
            if (code := process.poll()) is not None:
                return name, code
        return None

    def wait(self, *, until: Callable[[], bool] = lambda: False, seconds: float = math.inf) -> bool:
        """Wait for the condition; False if a stop, an ended command or the time came first."""
        deadline = time.monotonic() + seconds
        while not self.stops_asked and not self.ended() and time.monotonic() < deadline:
            if until():
                return True
            time.sleep(LOOK_EVERY)
        return False

    def stop(self) -> None:
        """Stop every command and whatever it started; being asked again hastens it."""
        for step in STOP_STEPS:
            asked, deadline = self.stops_asked, time.monotonic() + STEP_SECONDS
            running = [it for it in self.processes.values() if it.poll() is None]
            for process in running:
                process.send_signal(step)
            while any(process.poll() is None for process in running):
                if self.stops_asked > asked or time.monotonic() > deadline:
                    break
                time.sleep(LOOK_EVERY)
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what a command left behind in its session
            process.wait()
