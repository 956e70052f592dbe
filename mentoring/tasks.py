"""Background work of mentoring."""

from celery import shared_task

from mentoring import quiet_news
from registry.audit.context import acting
from registry.kernel.clock import today


@shared_task
def plan_quiet_news() -> None:
    """Write to pairs that have gone quiet; safe to run twice and side by side."""
    with acting(via="task"):
        quiet_news.plan(today())
