"""The ways to cohorts and programmes that the room's pages share."""

from typing import Any, cast

from django.http import Http404
from django.shortcuts import get_object_or_404

from programmes.models import Cohort, Programme
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
    rows = Cohort.visible_to(request.user, P.PROGRAMME_MANAGE).with_programme()
    return cast("Cohort", get_object_or_404(rows, pk=pk))


def leads(user: User, organisation_id: int) -> bool:
    """Whether this person runs the programmes of this organisation."""
    return user.scope_for(P.PROGRAMME_MANAGE).covers(frozenset({organisation_id}))


def programme_led(request: SignedInRequest, code: str) -> Programme:
    """The programme, for whoever runs it: reading the catalogue is everybody's, changing it is its leads'."""
    programme = get_object_or_404(Programme.rows().select_related("organisation", "region"), code=code)
    if not leads(request.user, programme.organisation_id):
        raise Http404
    return cast("Programme", programme)
