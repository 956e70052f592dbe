"""Background work of programmes: what is settled, asked and reminded of at night."""

from celery import shared_task

from programmes import check_ins
from registry.audit.context import acting
from registry.kernel.clock import today


@shared_task
def plan_check_ins() -> None:
    """Remind supporters of check-ins that are near, or that nobody noted; safe to run twice and side by side."""
    with acting(via="task"):
        check_ins.plan_reminders(today())
