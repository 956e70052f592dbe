"""The ways to cohorts and places that the pages of taking part share, and the trace that reading leaves."""

from typing import cast

from django.http import Http404
from django.shortcuts import get_object_or_404

from programmes.models import Cohort, Enrolment, Session
from programmes.states import CohortState
from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.kernel.permissions import Permission as P


def own_place(request: SignedInRequest, pk: int) -> Enrolment:
    """The place of this key that the person asking holds or held, or 404."""
    return _place(request, pk, P.PROGRAMME_TAKE_PART)


def led_place(request: SignedInRequest, pk: int) -> Enrolment:
    """The place of this key in a cohort that the person asking runs, or 404."""
    return _place(request, pk, P.PROGRAMME_MANAGE)


def supported_place(request: SignedInRequest, pk: int) -> Enrolment:
    """The place of this key whose holder the person asking supports, or 404."""
    return _place(request, pk, P.FELLOW_SUPPORT)


def taught_place(request: SignedInRequest, pk: int) -> tuple[Enrolment, bool]:
    """The place of this key for who runs or teaches its cohort, and whether they run it; or 404."""
    try:
        return led_place(request, pk), True
    except Http404:
        return _place(request, pk, P.PROGRAMME_TEACH), False


def led_cohort(request: SignedInRequest, pk: int) -> Cohort:
    """The cohort of this key that the person asking runs, or 404."""
    rows = Cohort.visible_to(request.user, P.PROGRAMME_MANAGE).exclude(state=CohortState.DRAFT)
    return cast("Cohort", get_object_or_404(rows.with_programme(), pk=pk))


def taught_cohort(request: SignedInRequest, pk: int) -> tuple[Cohort, bool]:
    """The cohort of this key for who runs or teaches it, and whether they run it; or 404."""
    try:
        return led_cohort(request, pk), True
    except Http404:
        rows = Cohort.visible_to(request.user, P.PROGRAMME_TEACH).exclude(state=CohortState.DRAFT)
        return get_object_or_404(rows.with_programme(), pk=pk), False


def led_session(request: SignedInRequest, pk: int) -> Session:
    """The session of this key of a cohort that the person asking runs, or 404."""
    rows = Session.visible_to(request.user, P.PROGRAMME_MANAGE).select_related("cohort__version__programme")
    return cast("Session", get_object_or_404(rows, pk=pk))


def taught_session(request: SignedInRequest, pk: int) -> Session:
    """The session of this key for who runs or teaches its cohort, or 404."""
    try:
        return led_session(request, pk)
    except Http404:
        rows = Session.visible_to(request.user, P.PROGRAMME_TEACH).select_related("cohort__version__programme")
        return cast("Session", get_object_or_404(rows, pk=pk))


def note_read(request: SignedInRequest, row: Enrolment) -> None:
    """Write down that a lead, a tutor or a supporter looked at somebody's place."""
    detail = {"cohort": row.cohort_id}
    read("programme", row.clinician, by=request.user, organisation_id=row.clinician.organisation_id, detail=detail)


def _place(request: SignedInRequest, pk: int, permission: P) -> Enrolment:
    rows = Enrolment.visible_to(request.user, permission).with_people()
    rows = rows.select_related("cohort__organisation", "supporter", "host")
    return cast("Enrolment", get_object_or_404(rows, pk=pk))
