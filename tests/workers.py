"""A Celery worker in a thread of the test's own process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.contrib.testing.worker import start_worker

from registry.config.celery import app


@contextmanager
def worker_in_a_thread(**options: Any) -> Iterator[Any]:
    """Run one for the length of a block. It sets what the whole process logs, which is put back for later tests."""
    level = logging.getLogger().level
    try:
        with start_worker(app, perform_ping_check=False, pool="solo", **options) as started:
            yield started
    finally:
        logging.getLogger().setLevel(level)
