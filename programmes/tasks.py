"""Background work of the room."""

from celery import shared_task

from programmes.actions.cohorts import close_when_over
from registry.audit.context import acting
from registry.kernel.clock import today


@shared_task
def close_applications() -> None:
    """End applications for the cohorts whose last day is over; safe to run twice and side by side."""
    with acting(via="task"):
        close_when_over(today())
