"""Real processes of a system test: starting them with a data folder of their own, and finding what is left of them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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


def left(var: Path) -> list[str]:
    """The command lines of all living processes that were started with, or work in, the data folder."""
    return [" ".join(it.cmdline()) for it in psutil.process_iter() if belongs(it, var)]


def belongs(process: psutil.Process, var: Path) -> bool:
    """Whether a process has to do with the data folder; Redis overwrites its environment, so its folder tells."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and (
            process.environ().get("REGISTRY_VAR") == str(var) or Path(process.cwd()).is_relative_to(var)
        )
    except psutil.Error:
        return False  # gone meanwhile, or somebody else's
