"""What happens to rounds as days pass: they close after their last day, and raw answers are removed in time."""

import datetime

import structlog
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce

from registry.competency.feedback import steps
from registry.competency.feedback.actions import rounds
from registry.competency.feedback.states import NAMING, RoundState
from registry.competency.models import FeedbackRound
from registry.kernel.errors import WrongState

log = structlog.get_logger(__name__)

IDLE_MONTHS = 6


def close_due(day: datetime.date) -> int:
    """Close each running round whose last day was before this day, each by itself; answers how many."""
    closed = 0
    for round_ in FeedbackRound.objects.due_to_close(day).order_by("pk"):
        try:
            rounds.close(round=round_, by=None)
        except WrongState:
            continue  # the facilitator closed it at this moment
        except Exception:  # one round that cannot be closed must not keep the others open
            log.exception("feedback_round_not_closed", round=round_.pk)
            continue
        closed += 1
    return closed


def cancel_idle(day: datetime.date) -> int:
    """Cancel the rounds that nobody launched within `IDLE_MONTHS`, and remove whom they named; answers how many."""
    before = day - relativedelta(months=IDLE_MONTHS)
    idle = list(FeedbackRound.objects.filter(state__in=NAMING, created_at__date__lt=before).order_by("pk"))
    for round_ in idle:
        rounds.cancel(round=round_, reason=f"Not launched within {IDLE_MONTHS} months.", by=None)
    return len(idle)


def forget_old(day: datetime.date) -> dict[str, int]:
    """Remove raw answers and comments of rounds released, or closed and never released, too long ago.

    The time is `FEEDBACK_KEEP_MONTHS` (24 unless set). Says in the log and in the audit what was removed from which
    round, and answers the totals.
    """
    before = day - relativedelta(months=settings.FEEDBACK_KEEP_MONTHS)
    ended = FeedbackRound.objects.annotate(ended_at=Coalesce("released_at", "closed_at")).filter(
        state__in=[RoundState.CLOSED, RoundState.RELEASED], ended_at__date__lt=before, forgotten_on__isnull=True
    )
    totals: dict[str, int] = {}
    for key in ended.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            held = steps.held(key)
            if held.forgotten_on is not None:
                continue
            removed = rounds.forget(round_=held)
            steps.trace("feedback.forgotten", held, by=None, **removed)
        log.info("feedback_forgotten", round=key, **removed)
        totals = {name: totals.get(name, 0) + count for name, count in removed.items()}
    return totals
