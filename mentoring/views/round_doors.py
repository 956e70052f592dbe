"""The doors of the pages about matching rounds: a round, a version or a pair that the lead reaches, or 404."""

from django.shortcuts import get_object_or_404

from mentoring.models import Round, RoundPair, RoundVersion
from mentoring.states import RoundState
from registry.accounts.http import SignedInRequest
from registry.audit import record as audit
from registry.kernel.permissions import Permission as P


def round_led(request: SignedInRequest, pk: int) -> Round:
    """A round with the version it has."""
    rows = Round.visible_to(request.user, P.MENTORING_MANAGE).select_related("current", "opened_by", "ended_by")
    found: Round = get_object_or_404(rows, pk=pk)
    return found


def version_led(request: SignedInRequest, pk: int) -> RoundVersion:
    """A version with its round and the one it is based on."""
    rows = RoundVersion.visible_to(request.user, P.MENTORING_MANAGE)
    found: RoundVersion = get_object_or_404(rows.select_related("round__current", "based_on", "asked_by"), pk=pk)
    return found


def pair_led(request: SignedInRequest, pk: int) -> RoundPair:
    """What a version says of somebody."""
    rows = RoundPair.visible_to(request.user, P.MENTORING_MANAGE).with_people()
    found: RoundPair = get_object_or_404(rows.select_related("version__round"), pk=pk)
    return found


def may_decide(version: RoundVersion) -> bool:
    """Whether pairs of this version can be decided about: it is the round's own, and nothing is published."""
    return version.round.state == RoundState.PREPARING and version.round.current_id == version.pk


def record_read(request: SignedInRequest, version: RoundVersion, clinician_ids: list[int]) -> None:
    """Write down whose matching a lead has read."""
    detail = {"version": version.number, "clinicians": clinician_ids}
    audit.read("matching round", version.round, by=request.user, detail=detail)
