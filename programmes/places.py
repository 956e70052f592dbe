"""A place that falls free, or is taken by somebody who moves here: who is told, and what stands against it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.db.models import Q

from programmes.fields import QuotaKind
from programmes.models import Cohort
from programmes.states import HOLDING, ApplicationState, CohortState
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.organisations.models import RegionLink

# Called with a cohort that has a free place and whoever freed it: the part that selects offers it to the next.
Fill = Callable[[Cohort, User], None]
_fillers: list[Fill] = []


def register_filling(fill: Fill) -> None:
    """Add what gives free places away; called once, when the room is ready."""
    _fillers.append(fill)


def freed(cohort: Cohort, *, by: User) -> None:
    """A place is free, in this transaction and with the cohort locked; before it starts, the next one is asked."""
    if cohort.state == CohortState.DECIDED:
        for fill in _fillers:
            fill(cohort, by)


@contextmanager
def taking(cohort: Cohort, *, field: str | None = None) -> Iterator[None]:
    """Around what takes a place: Invalid, beside the field, where the database finds that there is none."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        if "is full" not in str(error):
            raise
        raise Invalid(
            f"{cohort.name} has no free place. Raise its capacity, or choose another.", field=field
        ) from error


def check_limits(cohort: Cohort, clinician: Clinician, *, field: str | None = None) -> None:
    """Invalid where the cohort has no place left for the person's profession or region."""
    here = clinician.organisation.region_links.filter(period__contains=today())
    regions = set(here.values_list("region__code", flat=True))
    for limit in cohort.limits.all():
        if limit.kind == QuotaKind.PROFESSION and limit.value == clinician.profession:
            same = Q(clinician__profession=limit.value)
        elif limit.kind == QuotaKind.REGION and limit.value in regions:
            links = RegionLink.objects.filter(region__code=limit.value, period__contains=today())
            same = Q(clinician__organisation__in=links.values("organisation"))
        else:
            continue
        taken = cohort.enrolments.filter(same, state__in=HOLDING).count()
        taken += cohort.applications.filter(same, state=ApplicationState.OFFERED).count()
        if taken >= limit.places:
            raise Invalid(f"{cohort.name} has no place left for this {limit.get_kind_display().lower()}.", field=field)
