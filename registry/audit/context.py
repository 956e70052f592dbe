"""Through what somebody acts: the request id, address and channel that audit rows carry."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How an act reached us; `via` is page, api, command or task."""

    request_id: str = ""
    address: str = ""
    via: str = "command"


current: ContextVar[Circumstances] = ContextVar("circumstances", default=Circumstances())  # noqa: B039


@contextmanager
def acting(*, request_id: str = "", address: str = "", via: str) -> Iterator[None]:
    """Everything recorded inside carries these circumstances."""
    token = current.set(Circumstances(request_id, address, via))
    try:
        yield
    finally:
        current.reset(token)
