"""A Celery worker as it runs in production: a process of its own, with a child that does the work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection

from registry.config.celery import app
from tests.paths import ROOT


class Worker:
    """A running worker; `kill_child` ends the process that does the work as the kernel would."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process

    def children(self) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [int(line) for line in found.stdout.split()]

    def kill_child(self) -> None:
        for child in self.children():
            os.kill(child, signal.SIGKILL)


def eventually(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until the condition holds, or fail."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "this did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def worker_process(transactional_db) -> Iterator[Worker]:
    """A worker with one child on the test's database and Redis database; gone afterwards, queue and all."""
    app.control.purge()
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    command = [sys.executable, "-m", "celery", "-A", "registry.config.celery", "worker"]
    options = ["--pool=prefork", "--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]
    process = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env=os.environ | {"REGISTRY_MODE": "test", "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    worker = Worker(process)
    eventually(worker.children)
    yield worker
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        worker.kill_child()
        process.kill()
        process.wait()
    app.control.purge()
