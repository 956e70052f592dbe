"""Background work of the room: it takes keys only, and the rules live in `actions`."""

from functools import partial

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from registry.audit.context import acting
from registry.boards import progress
from registry.boards.actions import builds

log = structlog.get_logger()

TOO_LONG = "The build took too long and was stopped. Nothing was changed. Build the list again."
BROKE = "Something went wrong while the list was built. Nothing was changed. Build the list again."


@shared_task(acks_late=True)
def build_shortlist(shortlist_id: int) -> None:
    """Build a list that was asked for; a second delivery, or one after a crash, does no harm."""
    with acting(via="task"):
        try:
            builds.build(shortlist_id=shortlist_id, report=partial(progress.report, shortlist_id))
        except SoftTimeLimitExceeded:
            builds.give_up(shortlist_id=shortlist_id, sentence=TOO_LONG)
            raise
        except Exception:
            log.exception("shortlist build failed", shortlist=shortlist_id)
            builds.give_up(shortlist_id=shortlist_id, sentence=BROKE)
            raise
