"""Background work of the room: delivering, taking back what workers held when they stopped, forgetting in time."""

from celery import shared_task

from registry.kernel.clock import today
from registry.notifications import delivery, housekeeping, outbox


@shared_task
def drain() -> None:
    """Deliver what is due; safe twice and side by side. It ends long before its time limit, and the next goes on."""
    delivery.drain()


@shared_task
def reap() -> None:
    """Take back what workers held when they stopped, and have it sent; safe twice and side by side."""
    if outbox.reap():
        outbox.ring()


@shared_task
def forget_old() -> None:
    """Remove old messages about what is over; safe twice."""
    housekeeping.forget_old(today())
