"""How far a background job has come: kept in Redis, because its transaction tells nobody before it ends."""

from django.core.cache import cache

# Longer than any job may take.
KEPT_SECONDS = 3600


def tell(key: int, done: int, total: int, *, job: str = "import") -> None:
    """Note that `done` of `total` steps of the job of this kind and key are done."""
    cache.set(_key(job, key), (done, total), timeout=KEPT_SECONDS)


def percent(key: int, *, job: str = "import") -> int:
    """How far the job has come, 0 to 100; 0 while it waits for a worker."""
    done, total = cache.get(_key(job, key), (0, 1))
    return min(100, 100 * done // max(total, 1))


def _key(job: str, key: int) -> str:
    return f"{job}-progress:{key}"
