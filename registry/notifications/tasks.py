"""Background work of the room: delivering what is due, and taking back what workers held when they stopped."""

from celery import shared_task

from registry.notifications import delivery, outbox


@shared_task
def drain() -> None:
    """Deliver what is due; safe twice and side by side. It ends long before its time limit, and the next goes on."""
    delivery.drain()


@shared_task
def reap() -> None:
    """Take back what workers held when they stopped, and have it sent; safe twice and side by side."""
    if outbox.reap():
        outbox.ring()
