"""How far a background job has come: kept in Redis, because its transaction tells nobody before it ends."""

from django.core.cache import cache

# Longer than any job may take.
KEPT_SECONDS = 3600


def tell(batch_id: int, done: int, total: int) -> None:
    """Note that `done` of `total` steps are done."""
    cache.set(_key(batch_id), (done, total), timeout=KEPT_SECONDS)


def percent(batch_id: int) -> int:
    """How far the job has come, 0 to 100; 0 while it waits for a worker."""
    done, total = cache.get(_key(batch_id), (0, 1))
    return min(100, 100 * done // max(total, 1))


def _key(batch_id: int) -> str:
    return f"import-progress:{batch_id}"
