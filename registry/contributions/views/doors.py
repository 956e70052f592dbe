"""The ways to rows that the pages share."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from registry.accounts.http import SignedInRequest
from registry.clinicians.models import Clinician
from registry.contributions.models import Venture
from registry.contributions.states import Stage
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission as P


def own_profile(request: SignedInRequest) -> Clinician | None:
    """The profile of the person asking, None where they have none; 404 for whoever keeps nothing here."""
    if request.user.scope_for(P.VENTURE_EDIT).user_id is None:
        raise Http404
    rows = Clinician.visible_to(request.user, P.VENTURE_EDIT).filter(user=request.user)
    own: Clinician | None = rows.select_related("organisation").first()
    return own


def require_profile(request: SignedInRequest) -> Clinician:
    """The same, or 404 without one."""
    own = own_profile(request)
    if own is None:
        raise Http404
    return own


def own_venture(request: SignedInRequest, pk: int) -> Venture:
    """The venture of this key that belongs to the person asking, with its clearance, or 404."""
    rows = Venture.visible_to(request.user, P.VENTURE_EDIT).with_clearance()
    found: Venture = get_object_or_404(rows.select_related("clinician__organisation"), pk=pk)
    return found


def venture_going_on(request: SignedInRequest, pk: int) -> Venture:
    """The same where it has not ended; WrongState otherwise, as for its actions."""
    found = own_venture(request, pk)
    if found.stage == Stage.ENDED:
        raise WrongState("This venture has ended, so what is written about it stays as it is.")
    return found
