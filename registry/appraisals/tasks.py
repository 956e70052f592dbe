"""Background work of the room: the next appraisal of everybody who has none open, and reminders."""

from celery import shared_task

from registry.appraisals import planning
from registry.appraisals.actions.obligations import open_due
from registry.audit.context import acting
from registry.kernel.clock import today
from registry.notifications import outbox


@shared_task
def open_appraisals() -> None:
    """Open what is to be opened today; safe to run twice and side by side."""
    with acting(via="task"):
        open_due(today())


@shared_task
def plan_reminders() -> None:
    """Put down the reminders due today, and have them sent; safe to run twice and side by side.

    It runs every hour: what a missed run or a date changed meanwhile left out comes within the hour, so that nobody
    who changes a date needs to plan anything.
    """
    if planning.plan_today():
        outbox.ring()
