"""What the pages of assessments share: the ways to a person's own rows, and the trace that reading leaves."""

from typing import Any, cast

from django.http import Http404
from django.shortcuts import get_object_or_404

from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.clinicians.models import Clinician
from registry.competency.models import Assessment
from registry.kernel.permissions import Permission as P


def require_own(request: SignedInRequest, permission: P) -> None:
    """404 for whoever has this permission over nothing of their own."""
    if request.user.scope_for(permission).user_id is None:
        raise Http404


def own_profile(request: SignedInRequest, permission: P = P.ASSESSMENT_EDIT) -> Clinician | None:
    """The profile of the person asking, who must hold the permission over what is theirs; None where they keep none."""
    require_own(request, permission)
    own: Clinician | None = Clinician.visible_to(request.user, P.PROFILE_EDIT).filter(user=request.user).first()
    return own


def assessment_of(request: SignedInRequest, pk: int, permission: P) -> Assessment:
    """The assessment of this key, or 404."""
    rows = Assessment.visible_to(request.user, permission).select_related("version", "clinician", "appraiser")
    return cast("Assessment", get_object_or_404(rows, pk=pk))


def as_stored_now(form: Any, row: Assessment) -> Any:
    """The same form with what is stored now, for its marks and for what another tab saved."""
    form.stored = {level.element_id: level for level in row.levels.all()}
    form.show_stored_marks()
    return form


def note_read(request: SignedInRequest, row: Assessment, purpose: str) -> None:
    """Write down that somebody else read this person's levels."""
    detail = {"assessment": row.pk, "framework": row.framework}
    organisation_id = row.clinician.organisation_id
    read(purpose, row.clinician, by=request.user, organisation_id=organisation_id, detail=detail)
