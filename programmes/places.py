"""A place that is taken by somebody who moves or comes back: what stands against it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.db.models import Q

from programmes.assessors import region_codes
from programmes.fields import QuotaKind
from programmes.models import Cohort
from programmes.states import HOLDING, ApplicationState
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.organisations.models import RegionLink, RegionScheme


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
    region = region_codes({clinician.organisation_id}).get(clinician.organisation_id)
    for limit in cohort.limits.all():
        if limit.kind == QuotaKind.PROFESSION and limit.value == clinician.profession:
            same = Q(clinician__profession=limit.value)
        elif limit.kind == QuotaKind.REGION and limit.value == region:
            links = RegionLink.objects.filter(period__contains=today())
            links = links.filter(region__scheme=RegionScheme.NHS_ENGLAND, region__code=region)
            same = Q(clinician__organisation__in=links.values("organisation"))
        else:
            continue
        taken = cohort.enrolments.filter(same, state__in=HOLDING).count()
        taken += cohort.applications.filter(same, state=ApplicationState.OFFERED).count()
        if taken >= limit.places:
            raise Invalid(f"{cohort.name} has no place left for this {limit.get_kind_display().lower()}.", field=field)
