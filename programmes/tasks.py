"""Background work of the room."""

from celery import shared_task

from programmes import outcome_asking
from registry.audit.context import acting
from registry.kernel.clock import today


@shared_task
def ask_for_outcomes() -> None:
    """Ask participants what came of a programme at each point; safe to run twice and side by side."""
    with acting(via="task"):
        outcome_asking.ask(today())
