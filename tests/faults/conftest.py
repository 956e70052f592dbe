"""The scene of the fault suite: servers of its own, a registry in them, and the program that workers come from."""

import sys
from collections.abc import Iterator

import pytest

from registry.appraisals.schedule import Calendar
from tests.fakes.smtp import listening
from tests.faults.populating import copy_tables, instead, populate
from tests.faults.scene import Scene
from tests.faults.servers import Postgres, Redis
from tests.faults.workers import Nursery
from tests.system.processes import data_folder


@pytest.fixture(scope="session")
def _stage(django_db_setup, django_db_blocker) -> Iterator[Scene]:
    """Servers that may be killed, with the tables of the test run's database and people who are under a cycle."""
    with data_folder() as var, listening() as post:
        var.mkdir()
        (var / "run").mkdir()
        postgres, redis = Postgres(var), Redis(var)
        nursery = None
        try:
            postgres.start()
            redis.start()
            nursery = Nursery(
                var,
                {
                    "REGISTRY_MODE": "production",
                    "REGISTRY_VAR": str(var),
                    "SECRET_KEY": "of the fault suite",
                    "EQUALITY_KEY": "of the fault suite too",
                    "NOTES_KEYS": "of the fault suite as well",
                    "ALLOWED_HOSTS": "registry.example",
                    "DATABASE_URL": postgres.url,
                    "REDIS_URL": redis.url,
                    "EMAIL_URL": f"smtp://127.0.0.1:{post.port}",
                },
            )
            with django_db_blocker.unblock():
                copy_tables(postgres)
                with instead(postgres.url):
                    populate()
            yield Scene(postgres, redis, post, nursery)
        finally:
            if nursery:
                nursery.end()
            redis.stop()
            postgres.end()


@pytest.fixture
def scene(_stage, monkeypatch) -> Iterator[Scene]:
    """The scene, as if nothing had happened yet; without workers. Every day is a working day, as with the workers."""
    monkeypatch.setattr(Calendar, "works_on", lambda calendar, day: True)
    _stage.clear()
    yield _stage
    for worker in _stage.nursery.workers:
        sys.stdout.write(f"{worker.log.name}\n{worker.said()}\n")  # shown where the test has failed
    _stage.nursery.clear()
