"""The ways to cohorts and programmes that the room's pages share."""

from typing import Any, cast

from django.shortcuts import get_object_or_404

from programmes.models import Cohort, Programme, ProgrammeVersion
from registry.accounts.http import SignedInRequest
from registry.accounts.models import User
from registry.kernel.permissions import Permission as P

# Any of these lets somebody know of a cohort.
KNOWS = (
    P.PROGRAMME_TAKE_PART,
    P.PROGRAMME_MANAGE,
    P.PROGRAMME_PEOPLE,
    P.PROGRAMME_REPORT,
    P.PROGRAMME_TEACH,
    P.APPLICATION_SCORE,
)


def cohorts_known(user: User) -> Any:
    """The cohorts that this person may know of, in whichever way."""
    found: Any = None
    for permission in KNOWS:
        if user.scope_for(permission):
            rows = Cohort.visible_to(user, permission)
            found = rows if found is None else found | rows
    return Cohort.visible_to(user, P.PROGRAMME_TAKE_PART) if found is None else found


def cohort_known(request: SignedInRequest, pk: int) -> Cohort:
    """The cohort, for whoever may know of it; 404 for others."""
    return cast("Cohort", get_object_or_404(cohorts_known(request.user).with_programme(), pk=pk))


def cohort_led(request: SignedInRequest, pk: int) -> Cohort:
    """The cohort, for whoever runs its programme."""
    return cast("Cohort", get_object_or_404(cohorts_led(request.user), pk=pk))


def cohorts_led(user: User) -> Any:
    """The cohorts of the programmes this person runs."""
    return Cohort.visible_to(user, P.PROGRAMME_MANAGE).with_programme()


def programmes_led(user: User) -> Any:
    """The programmes this person runs."""
    scope = user.scope_for(P.PROGRAMME_MANAGE)
    rows = Programme.rows()
    return rows if scope.everything else rows.filter(organisation__in=scope.organisation_ids)


def leads(user: User, organisation_id: int) -> bool:
    """Whether this person runs the programmes of this organisation."""
    return user.scope_for(P.PROGRAMME_MANAGE).covers(frozenset({organisation_id}))


def programme_led(request: SignedInRequest, code: str) -> Programme:
    """The programme, for whoever runs it: reading the catalogue is everybody's, changing it is its leads'."""
    rows = programmes_led(request.user).select_related("organisation", "region")
    return cast("Programme", get_object_or_404(rows, code=code))


def version_led(request: SignedInRequest, pk: int) -> ProgrammeVersion:
    """The version of a programme, for whoever runs it."""
    rows = ProgrammeVersion.rows().filter(programme__in=programmes_led(request.user))
    return cast("ProgrammeVersion", get_object_or_404(rows.select_related("programme__organisation"), pk=pk))
