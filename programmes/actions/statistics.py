"""Publishing a cohort's selection statistics: made once, when its selection is over, and kept as they are."""

from django.db import transaction
from django.utils import timezone

from programmes import steps
from programmes.models import Application, Cohort, SelectionStatistics
from programmes.selecting.statistics import tables
from programmes.states import ApplicationState, CohortState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission

STATES = (CohortState.DECIDED, CohortState.RUNNING, CohortState.FINISHED)
STILL_OPEN = (ApplicationState.SUBMITTED, ApplicationState.RESERVE, ApplicationState.OFFERED)


def not_yet(cohort: Cohort) -> str:
    """Why the statistics of a cohort cannot be published now; empty where they can."""
    if cohort.statistics_published_at is not None:
        return "The statistics of this cohort are published already."
    if cohort.state not in STATES:
        return "Places have not been offered yet."
    if Application.objects.filter(cohort=cohort, state__in=STILL_OPEN).exists():
        return "Somebody still waits for a gate or a place, or has an offer to answer. Close the waiting list first."
    return ""


@transaction.atomic
def publish(*, cohort: Cohort, by: User) -> SelectionStatistics:
    """Work out who got how far, and show it to everybody who is signed in.

    Made once: of two tables made at different times somebody could subtract one from the other.
    """
    held = steps.locked(cohort.pk)
    steps.require(by, Permission.PROGRAMME_MANAGE, held.organisation_id)
    if reason := not_yet(held):
        raise WrongState(reason)
    made = SelectionStatistics.rows().create(cohort=held, tables=tables(held))
    held.statistics_published_at = timezone.now()
    held.save(update_fields=["statistics_published_at"])
    record("statistics.published", held, by=by, organisation_id=held.organisation_id)
    return made
