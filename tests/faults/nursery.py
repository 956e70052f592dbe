"""The program that workers are forked from, so that starting the thirtieth does not load the registry once more.

Each line of its input is a list: what follows `celery` on the command line, the log of the worker, and what is to be
different with this one (`inside.be_different`). It answers with the worker's number. What is forked then does what `celery` on a command line does.
"""

import json
import os
import signal
import sys

import django
from celery.bin.celery import main

from registry.config.celery import app
from registry.embedded.supervisor import die_with_parent
from tests.faults import inside


def become(arguments: list[str], log: str, differences: dict[str, int]) -> None:
    """Be a process of its own, in a session of its own, that runs this."""
    os.setsid()
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    inside.be_different(**differences)
    sys.argv = ["celery", *arguments]
    sys.exit(main())


def serve() -> None:
    """Fork what is asked for until nobody asks any more."""
    die_with_parent(signal.SIGKILL)
    django.setup()
    app.finalize()
    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    # Read as the system gives it: a fork must not have the next lines in a buffer.
    while line := os.read(0, 65536):
        arguments, log, differences = json.loads(line)
        number = os.fork()
        if not number:
            become(arguments, log, differences)
        os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    serve()
