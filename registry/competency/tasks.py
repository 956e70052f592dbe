"""Background work of the room: messages to raters, closing rounds, and forgetting in time."""

from celery import shared_task

from registry.audit.context import acting
from registry.competency.feedback import housekeeping, mail
from registry.kernel.clock import today


@shared_task
def send_feedback_mail(round_id: int | None = None) -> None:
    """Send the messages that are due, of one round or of all; safe to run twice and side by side."""
    mail.send_due(round_id)


@shared_task
def keep_feedback_rounds() -> None:
    """Close the rounds whose last day is over, put down today's reminders, and have them sent; safe to run twice."""
    with acting(via="task"):
        housekeeping.close_due(today())
        mail.plan_reminders(today())
    mail.send_due()


@shared_task
def forget_feedback() -> None:
    """Remove raw answers whose time is over, and rounds that never began; safe to run twice."""
    with acting(via="task"):
        housekeeping.cancel_idle(today())
        housekeeping.forget_old(today())
