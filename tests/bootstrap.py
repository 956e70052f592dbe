"""A pytest plugin, loaded first: the test settings, and the servers they name, before Django.

Several processes of one run share the servers but not the data: pytest-django gives each its own
database, this module its own Redis database.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from registry.embedded import services

ROOT = Path(__file__).parents[1]


def redis_url(url: str, number: int) -> str:
    """The same Redis server's database of that number."""
    return urlsplit(url)._replace(path=f"/{number}").geturl()


def prepare() -> None:
    """Set REGISTRY_MODE, DATABASE_URL and REDIS_URL for this process and those it starts."""
    os.environ["REGISTRY_MODE"] = "test"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    named = "REDIS_URL" in os.environ
    services.ensure(os.environ, Path(os.environ.get("REGISTRY_VAR", ROOT / "var")))
    if worker or not named:  # 0 belongs to the demonstration
        number = int(worker.removeprefix("gw")) if worker else 0
        os.environ["REDIS_URL"] = redis_url(os.environ["REDIS_URL"], number + 1)


prepare()
