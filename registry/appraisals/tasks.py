"""Background work of the room: the next appraisal of everybody who has none open."""

from celery import shared_task

from registry.appraisals.actions.obligations import open_due
from registry.audit.context import acting
from registry.kernel.clock import today


@shared_task
def open_appraisals() -> None:
    """Open what is to be opened today; safe to run twice and side by side."""
    with acting(via="task"):
        open_due(today())
