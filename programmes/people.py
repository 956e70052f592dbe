"""What officers see of their people on programmes: where applications and places stand, never what is in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from programmes.models import Application, Enrolment
from programmes.states import HOLDING, WAITING
from registry.accounts.models import User
from registry.clinicians.fields import Profession
from registry.kernel.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Mix:
    """Of one profession, how many applications are open, and how many hold or have completed a place."""

    profession: str
    applications: int
    places: int


def applications_of(user: User) -> Any:
    """The applications of the people this officer looks after, once sent."""
    return Application.visible_to(user, P.PROGRAMME_PEOPLE)


def places_of(user: User) -> Any:
    """The places of the people this officer looks after."""
    return Enrolment.visible_to(user, P.PROGRAMME_PEOPLE)


def mix(user: User) -> list[Mix]:
    """By profession, the most first; two queries."""
    applied = _counted(applications_of(user).filter(state__in=WAITING))
    placed = _counted(places_of(user).filter(state__in=HOLDING))
    rows = [Mix(Profession(value).label, applied.get(value, 0), placed.get(value, 0)) for value in {*applied, *placed}]
    return sorted(rows, key=lambda row: (-row.applications - row.places, row.profession))


def _counted(rows: Any) -> dict[str, int]:
    found: Iterable[tuple[str, int]] = rows.order_by().values_list("clinician__profession").annotate(n=Count("pk"))
    return dict(found)
