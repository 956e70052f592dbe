"""The probes answer without sign-in, and say what does not work."""

import pytest
from django.db import connection

from registry.config import health
from tests.workers import worker_in_a_thread


def test_alive_needs_nothing(client):
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.django_db
def test_not_ready_without_a_worker(client):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "database": "ok",
        "redis": "ok",
        "migrations": "ok",
        "worker": "failed",
    }


@pytest.mark.django_db(transaction=True)
def test_ready_with_a_worker(client):
    with worker_in_a_thread():
        response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "ready")


@pytest.mark.django_db
def test_not_ready_without_redis(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    response = client.get("/readyz")
    assert response.status_code == 503
    assert (response.json()["redis"], response.json()["worker"]) == ("failed", "failed")


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client, monkeypatch):
    monkeypatch.setattr(health, "migrations_applied", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'standing'")
    assert client.get("/readyz").json()["migrations"] == "failed"
