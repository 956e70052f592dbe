"""Background work of programmes: what is settled, passed on and reminded of at night."""

import contextlib

from celery import shared_task

from programmes import check_ins, outcome_asking
from programmes.actions import offering
from programmes.actions.cohorts import close_when_over
from programmes.actions.settling import settle
from programmes.models import Cohort
from programmes.states import ApplicationState, CohortState
from registry.audit.context import acting
from registry.kernel.clock import today
from registry.kernel.errors import WrongState


@shared_task
def close_applications() -> None:
    """End applications for the cohorts whose last day is over; safe to run twice and side by side."""
    with acting(via="task"):
        close_when_over(today())


@shared_task
def settle_gates() -> None:
    """Settle the gates of every selection that is under way; safe to run twice and side by side.

    While applications are open nobody is judged at night: what a gate behind the line manager asks for can still come.
    """
    states = (CohortState.SELECTING, CohortState.DECIDED)
    waiting = Cohort.objects.filter(state__in=states, applications__state=ApplicationState.SUBMITTED)
    with acting(via="task"):
        for cohort in waiting.distinct():
            # Somebody has ended the selection since the list was read.
            with contextlib.suppress(WrongState):
                settle(cohort=cohort, by=None)


@shared_task
def lapse_offers() -> None:
    """Take back offers that nobody answered in time, and pass the places on; safe to run twice and side by side."""
    with acting(via="task"):
        offering.lapse()


@shared_task
def plan_check_ins() -> None:
    """Remind supporters of check-ins that are near, or that nobody noted; safe to run twice and side by side."""
    with acting(via="task"):
        check_ins.plan_reminders(today())


@shared_task
def ask_for_outcomes() -> None:
    """Ask participants what came of a programme at each point; safe to run twice and side by side."""
    with acting(via="task"):
        outcome_asking.ask(today())
