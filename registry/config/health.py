"""The probes: /healthz says the process is alive, /readyz that everything it needs answers."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from registry.config.celery import app

migrations_applied = False


def alive() -> HttpResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "alive"})


def ready() -> HttpResponse:
    """200 when database, Redis, migrations and a worker answer; else 503 naming what does not."""
    checks = {
        "database": _database,
        "redis": _redis,
        "migrations": _migrations,
        "worker": _worker,
    }
    results: dict[str, bool] = {}
    for name, check in checks.items():
        # A worker is asked through Redis: without it the question would only wait for its time-out.
        results[name] = (name != "worker" or results["redis"]) and _passes(check)
    status = 200 if all(results.values()) else 503
    words = {name: "ok" if passed else "failed" for name, passed in results.items()}
    return JsonResponse({"status": "ready" if status == 200 else "not ready", **words}, status=status)


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, RedisError, KombuError, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _redis() -> bool:
    cache.set("readyz", "1", timeout=5)
    return cache.get("readyz") == "1"


def _migrations() -> bool:
    # Once applied they stay applied for the life of the process, and the plan costs a whole scan.
    global migrations_applied  # noqa: PLW0603
    if not migrations_applied:
        executor = MigrationExecutor(connection)
        migrations_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return migrations_applied


def _worker() -> bool:
    return bool(app.control.ping(timeout=1.0, limit=1))


PROBES = {"/healthz": alive, "/readyz": ready}
