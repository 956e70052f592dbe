"""The ways to appraisals that the pages share, and the trace that reading leaves."""

from typing import cast

from django.http import Http404
from django.shortcuts import get_object_or_404

from registry.accounts.http import SignedInRequest
from registry.appraisals.models import Appraisal, AppraisalObjective, ChecklistEntry
from registry.appraisals.states import SIGNED
from registry.audit.record import read
from registry.kernel.permissions import Permission as P


def own_appraisal(request: SignedInRequest, pk: int, *, signed: bool | None = None) -> Appraisal:
    """The appraisal of this key about the person asking, or 404; `signed` also says of which sort it must be."""
    return _appraisal(request, pk, P.APPRAISAL_PREPARE, signed)


def conducted_appraisal(request: SignedInRequest, pk: int) -> Appraisal:
    """The appraisal of this key that the person asking is, or was, the appraiser of, or 404."""
    return _appraisal(request, pk, P.APPRAISAL_CONDUCT, True)


def entry_of(row: Appraisal, pk: int) -> ChecklistEntry:
    """One thing to bring to an appraisal one was let through to."""
    found = get_object_or_404(row.checklist.all(), pk=pk)
    found.appraisal = row
    return cast("ChecklistEntry", found)


def objective_of(row: Appraisal, pk: int) -> AppraisalObjective:
    """One objective of an appraisal one was let through to."""
    found = get_object_or_404(row.objectives.all(), pk=pk)
    found.appraisal = row
    return cast("AppraisalObjective", found)


def note_read(request: SignedInRequest, row: Appraisal) -> None:
    """Write down that the appraiser read this person's appraisal."""
    detail = {"appraisal": row.pk}
    read("appraisal", row.clinician, by=request.user, organisation_id=row.clinician.organisation_id, detail=detail)


def _appraisal(request: SignedInRequest, pk: int, permission: P, signed: bool | None) -> Appraisal:  # noqa: FBT001
    rows = Appraisal.visible_to(request.user, permission).with_people()
    rows = rows.select_related("assessment__version", "assessment__clinician", "plan__version")
    row = cast("Appraisal", get_object_or_404(rows, pk=pk))
    if signed is not None and (row.rule.cycle.kind in SIGNED) != signed:
        raise Http404
    return row
