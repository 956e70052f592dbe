"""Celery workers of the fault suite: real ones, forked from the nursery, with a log each, and how they are killed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from tests.paths import ROOT

# Seconds; only how long a failing test takes.
PATIENCE = 60

ARGUMENTS = ["-A", "registry.config.celery", "worker", "--pool=prefork", "--concurrency=1"]
ARGUMENTS += ["--without-gossip", "--without-mingle", "--loglevel=INFO"]


def eventually(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until the condition holds, and answer what it answered; fail where it does not come to hold."""
    until = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < until, f"This did not happen in time: {what}"
        time.sleep(0.02)
    return answer


def is_dead(process: psutil.Process) -> bool:
    """Whether a process runs no more, buried or not."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Worker:
    """A running worker with one child that does the work."""

    def __init__(self, process: psutil.Process, log: Path) -> None:
        self.process, self.log = process, log

    def said(self) -> str:
        return self.log.read_text()

    def children(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return [child for child in self.process.children() if not is_dead(child)]
        return []

    def kill_child(self) -> None:
        """End the process that does the work; the worker itself notices and starts another."""
        for child in (killed := self.children()):
            child.kill()
        eventually(lambda: all(map(is_dead, killed)), "the child is dead")

    def kill(self) -> None:
        """End the whole worker at once, its child too."""
        everything = [self.process, *self.children()]
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        eventually(lambda: all(map(is_dead, everything)), "the worker is dead")


class Nursery:
    """The program that workers are forked from."""

    def __init__(self, var: Path, variables: Mapping[str, str]) -> None:
        self.var = var
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            env=os.environ | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.numbers = count(1)
        self.workers: list[Worker] = []

    def worker(self, **differences: int) -> Worker:
        """A worker that is ready (`inside.be_different` says in what one may differ)."""
        log = self.var / f"worker{next(self.numbers)}.log"
        log.touch()
        arguments = [*ARGUMENTS, f"--hostname={log.stem}@faults"]
        self.process.stdin.write(json.dumps([arguments, str(log), differences]) + "\n")
        self.process.stdin.flush()
        worker = Worker(psutil.Process(int(self.process.stdout.readline())), log)
        self.workers.append(worker)
        eventually(lambda: " ready." in worker.said() and worker.children(), f"{log} says it is ready")
        return worker

    def events(self) -> list[dict[str, Any]]:
        """What the logs of all workers of this test say, line by line."""
        lines = "".join(worker.said() for worker in self.workers).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def succeeded(self, task_id: str) -> bool:
        """Whether some worker has done the task."""
        return any(re.search(rf"\[{task_id}\] succeeded", worker.said()) for worker in self.workers)

    def clear(self) -> None:
        """End all workers, and forget what they said."""
        for worker in self.workers:
            worker.kill()
        self.workers = []

    def end(self) -> None:
        """End the workers and the nursery."""
        self.clear()
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
