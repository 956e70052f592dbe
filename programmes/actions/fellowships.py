"""A fellowship: the host organisation, and objectives that the fellow sets and looks back on at the end."""

import datetime

from django.db import transaction

from programmes import steps
from programmes.fields import ProgrammeKind
from programmes.models import Enrolment, FellowshipObjective
from programmes.states import NOT_LEFT
from registry.accounts.models import User
from registry.competency.development.steps import check_ahead
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P
from registry.organisations.models import Organisation

MOST = 20


@transaction.atomic
def choose_host(*, enrolment: Enrolment, host: Organisation | None, by: User) -> None:
    """Say where the fellow works during the fellowship."""
    row = _own(enrolment, by)
    if host is not None and not Organisation.objects.open_on(today()).filter(pk=host.pk).exists():
        raise Invalid("Choose an organisation that is open.", field="host")
    row.host = host
    row.save(update_fields=["host"])


@transaction.atomic
def set_objective(
    *, enrolment: Enrolment, text: str, by_date: datetime.date, by: User, objective: FellowshipObjective | None = None
) -> FellowshipObjective:
    """Add an objective, or put one in other words; supporter and leads see it."""
    row = _own(enrolment, by)
    text = steps.worded(text, field="text", needed="Say what you set out to do.")
    if objective is None and row.objectives.count() >= MOST:
        raise WrongState(f"There are {MOST} objectives, and no fellowship has room for more.")
    found = _of(row, objective) if objective else FellowshipObjective(enrolment=row)
    if found.by_date != by_date:
        check_ahead(by_date, field="by_date", what="day")
    found.text, found.by_date = text, by_date
    found.save()
    return found


@transaction.atomic
def remove_objective(*, objective: FellowshipObjective, by: User) -> None:
    """Take an objective off."""
    _of(_own(objective.enrolment, by), objective).delete()


@transaction.atomic
def look_back(*, enrolment: Enrolment, met: dict[int, bool | None], by: User) -> None:
    """Say of objectives (by key) whether they were met; None where that is open."""
    row = _own(enrolment, by)
    objectives = {one.pk: one for one in row.objectives.select_for_update(no_key=True)}
    if not met.keys() <= objectives.keys():
        raise Invalid("This objective has been removed in the meantime.")
    for key, value in met.items():
        if objectives[key].met != value:
            objectives[key].met = value
            objectives[key].save(update_fields=["met"])


def _own(enrolment: Enrolment, by: User) -> Enrolment:
    cohort = steps.locked(enrolment.cohort_id)
    rows = cohort.enrolments.select_for_update(of=("self",), no_key=True).select_related("clinician")
    row: Enrolment = rows.get(pk=enrolment.pk)
    steps.require_own(by, P.PROGRAMME_TAKE_PART, row.clinician.user_id)
    if cohort.version.programme.kind != ProgrammeKind.FELLOWSHIP:
        raise WrongState("Only fellowships have a host and objectives.")
    if row.state not in NOT_LEFT:
        raise WrongState("Your fellowship is over.")
    row.cohort = cohort
    return row


def _of(row: Enrolment, objective: FellowshipObjective) -> FellowshipObjective:
    found: FellowshipObjective | None = row.objectives.select_for_update(no_key=True).filter(pk=objective.pk).first()
    if found is None:
        raise WrongState("This objective has been removed in the meantime.")
    return found
