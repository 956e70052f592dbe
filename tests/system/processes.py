"""Real processes of a system test: starting them with a data folder of their own, and finding what is left of them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.paths import ROOT


def start(arguments: list[str], *, var: Path, **variables: str) -> subprocess.Popen[str]:
    """Start Python in a session of its own, on embedded servers with their data in `var`; output goes to `var/output`."""
    var.mkdir(exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "PORT"}}
    with (var / "output").open("w") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=inherited | {"REGISTRY_MODE": "demo", "REGISTRY_VAR": str(var)} | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
            start_new_session=True,
        )


def eventually(condition: Callable[[], object], *, within: float) -> bool:
    """Whether the condition holds before the seconds have passed."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder, and at its end nothing that still runs on it.

    It is not one of pytest's: pytest closes its own to everybody else, PostgreSQL's system user included.
    """
    with TemporaryDirectory(prefix="registry-test-") as folder:
        var = Path(folder) / "var"
        yield var
        remaining = "\n".join(left(var)) if not eventually(lambda: not left(var), within=60) else ""
        for process in of(var):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        assert not remaining, remaining


def left(var: Path) -> list[str]:
    """The command lines of what still runs."""
    return [line for process in of(var) if (line := command_line(process))]


def of(var: Path) -> list[psutil.Process]:
    """All living processes that were started with, or work in, the data folder."""
    return [process for process in psutil.process_iter() if belongs(process, var)]


def belongs(process: psutil.Process, var: Path) -> bool:
    """Whether a process has to do with the data folder; Redis overwrites its environment, so its folder tells."""
    try:
        return process.environ().get("REGISTRY_VAR") == str(var) or Path(process.cwd()).is_relative_to(var)
    except psutil.Error:
        return False  # gone meanwhile, or somebody else's


def command_line(process: psutil.Process) -> str:
    """How the process was started; nothing if it has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
