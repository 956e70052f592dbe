"""Background work of mentoring: what lapses and what is asked for by itself."""

from celery import shared_task

from mentoring import reviews
from mentoring.actions import answering
from registry.audit.context import acting
from registry.kernel.clock import today


@shared_task
def lapse_proposals() -> None:
    """End proposals that were not answered in time; safe to run twice and side by side."""
    with acting(via="task"):
        answering.lapse(today())


@shared_task
def ask_for_reviews() -> None:
    """Ask both of a pair to look back, halfway and on the last day; safe to run twice and side by side."""
    with acting(via="task"):
        reviews.ask(today())
