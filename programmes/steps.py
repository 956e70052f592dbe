"""What every action of the room does first and last: lock, ask whether it is allowed, move, note."""

from typing import Any

from programmes.models import (
    Application,
    ApplicationTransition,
    Cohort,
    CohortTransition,
    Enrolment,
    EnrolmentTransition,
)
from programmes.models.cohorts import REASON_LENGTH
from registry.accounts.models import User
from registry.competency.development import steps as development
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission

_TRANSITIONS: dict[type[Any], tuple[Any, str]] = {
    Application: (ApplicationTransition, "application"),
    Cohort: (CohortTransition, "cohort"),
    Enrolment: (EnrolmentTransition, "enrolment"),
}


def locked(cohort_id: int) -> Cohort:
    """The cohort, for whoever changes it or anything that belongs to it; everything below it is locked after it."""
    rows = Cohort.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("version__programme", "organisation").get(pk=cohort_id)


def require(by: User, permission: Permission, organisation_id: int) -> None:
    """Raises NotAllowed unless `by` holds this permission at the organisation that runs the programme."""
    if not by.scope_for(permission).covers(frozenset({organisation_id})):
        raise NotAllowed(f"You cannot do this at this organisation ({permission}).")


def require_selecting(by: User, cohort: Cohort) -> None:
    """Raises NotAllowed unless `by` runs the programme, and does not compete for a place in this cohort."""
    require(by, Permission.PROGRAMME_MANAGE, cohort.organisation_id)
    if competes(by, cohort):
        raise NotAllowed("You have applied for this cohort, so somebody else runs its selection.")


def competes(user: User, cohort: Cohort) -> bool:
    """Whether somebody has won a place in this cohort, or still can."""
    return bool(Application.objects.competing(user).filter(cohort=cohort).exists())


def require_of_others(by: User, user_id: int | None) -> None:
    """Raises WrongState where somebody who runs a programme acts on their own application or place."""
    if user_id == by.pk:
        raise WrongState("This is your own. Ask another lead.")


def require_own(by: User, permission: Permission, user_id: int | None) -> None:
    """Raises NotAllowed unless it is about `by`, who holds this permission over themself."""
    if user_id is None or user_id != by.pk or by.scope_for(permission).user_id is None:
        raise NotAllowed(f"You cannot do this for somebody else ({permission}).")


def move(row: Any, state: str, *, by: User | None, reason: str = "", also: tuple[str, ...] = ()) -> None:
    """Bring a cohort, an application or a place to another state, and note who did it and why."""
    model, name = _TRANSITIONS[type(row)]
    before, row.state = row.state, state
    row.save(update_fields=["state", *also])
    model.objects.create(**{name: row}, before=before, after=state, by=by, reason=reason)


def worded(text: str, *, field: str, needed: str = "", most: int = REASON_LENGTH) -> str:
    """The text without space around it; Invalid where it is too long, or empty though `needed` (the message)."""
    return development.worded(text, field=field, needed=needed, most=most)
