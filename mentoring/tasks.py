"""Background work of the room: it takes keys only, and the rules live in `actions`."""

from functools import partial

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from mentoring import progress, quiet_news, reviews
from mentoring.actions import answering
from mentoring.actions.rounds import give_up
from registry.audit.context import acting
from registry.kernel.clock import today

log = structlog.get_logger()

TOO_LONG = "The matching took too long and was stopped. Nothing was changed. Match fewer people at once."
BROKE = "Something went wrong while people were matched. Nothing was changed. Match again."


# Twenty thousand people take some minutes, on a slow machine more than the usual limit.
@shared_task(acks_late=True, soft_time_limit=1740, time_limit=1800)
def solve_round(version_id: int) -> None:
    """Match a version of a round; a second delivery, or one after a crash, does no harm."""
    # Pages import this module to ask for the task; only the worker loads the solver.
    from mentoring.actions import solving

    with acting(via="task"):
        try:
            solving.solve(version_id=version_id, report=partial(progress.report, version_id))
        except SoftTimeLimitExceeded:
            give_up(version_id=version_id, sentence=TOO_LONG)
            raise
        except Exception:
            log.exception("matching failed", version=version_id)
            give_up(version_id=version_id, sentence=BROKE)
            raise


@shared_task
def plan_quiet_news() -> None:
    """Write to pairs that have gone quiet; safe to run twice and side by side."""
    with acting(via="task"):
        quiet_news.plan(today())


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
