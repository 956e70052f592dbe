"""Background work of the room: reminding raters, closing rounds, and forgetting in time."""

from celery import shared_task

from registry.audit.context import acting
from registry.competency.feedback import housekeeping, mail
from registry.kernel.clock import today


@shared_task
def keep_feedback_rounds() -> None:
    """Close the rounds whose last day is over, and put down today's reminders; safe to run twice."""
    with acting(via="task"):
        housekeeping.close_due(today())
        mail.plan_reminders(today())


@shared_task
def forget_feedback() -> None:
    """Remove raw answers whose time is over, and rounds that never began; safe to run twice."""
    with acting(via="task"):
        housekeeping.cancel_idle(today())
        housekeeping.forget_old(today())
