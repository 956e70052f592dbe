"""Giving appraisals an appraiser, one or many at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.appraisals import meetings
from registry.appraisals.models import Appraisal
from registry.appraisals.officers.conflicts import Conflict, Planned, planned
from registry.appraisals.states import SIGNED, WRITABLE
from registry.audit.record import record_many
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission

MOST_AT_ONCE = 500


@transaction.atomic
def assign_appraiser(*, seen: Mapping[int, int | None], appraiser: User, reason: str, by: User) -> int:
    """Give all of these appraisals this appraiser, or none; answers how many.

    `seen` is, for each appraisal's key, the appraiser it had when the officer looked (None for nobody): what somebody
    else has assigned meanwhile is never overwritten unseen. Raises WrongState then, and for an appraisal that has been
    signed, done or cancelled; NotAllowed outside the officer's organisations; Invalid for somebody who does not hold
    the role or would appraise themself, for too many at once, and, with the field, where the appraiser is in somebody's
    line of management and no reason is given.
    """
    if not 0 < len(seen) <= MOST_AT_ONCE:
        raise Invalid(f"Choose between one person and {MOST_AT_ONCE} people.")
    rows = _held(seen, by)
    if not (appraiser.is_active and appraiser.holds(Role.APPRAISER)):
        raise Invalid(f"{appraiser} does not hold the role appraiser any more.")
    if any(row.clinician.user_id == appraiser.pk for row in rows):
        raise Invalid(f"{appraiser} cannot appraise themself. Leave them out.")
    plans = planned(rows, appraiser)
    if any(Conflict.LINE in plan.conflicts for plan in plans) and not reason.strip():
        raise Invalid("Say why somebody of the line of management appraises all the same.", field="reason")
    Appraisal.objects.filter(pk__in=seen).update(appraiser=appraiser)
    meetings.tell(*(row for row in rows if row.meeting_at and seen[row.pk] != appraiser.pk), before=seen)
    _trace(plans, appraiser, reason.strip(), by)
    return len(rows)


def _held(seen: Mapping[int, int | None], by: User) -> list[Appraisal]:
    """The appraisals, locked in one order, as the officer saw them."""
    held = Appraisal.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=seen)
    rows = list(held.select_related("clinician", "rule__cycle").order_by("pk"))
    places = frozenset(row.clinician.organisation_id for row in rows)
    if len(rows) != len(seen) or not by.scope_for(Permission.APPRAISAL_MANAGE).covers(places):
        raise NotAllowed("You do not manage all of these appraisals.")
    if any(row.state not in WRITABLE or row.rule.cycle.kind not in SIGNED for row in rows):
        raise WrongState("One of these appraisals has been signed or closed meanwhile. Nobody was assigned.")
    if any(row.appraiser_id != seen[row.pk] for row in rows):
        raise WrongState("Somebody has changed an appraiser since you looked. Nobody was assigned: look again.")
    return rows


def _trace(plans: Sequence[Planned], appraiser: User, reason: str, by: User) -> None:
    traces = defaultdict(list)
    for plan in plans:
        traces[plan.appraisal.clinician.organisation_id, plan.conflicts].append(plan.appraisal)
    for (organisation_id, conflicts), some in traces.items():
        detail = {"appraiser": appraiser.pk, "conflicts": [conflict.value for conflict in conflicts]}
        if Conflict.LINE in conflicts:
            detail["reason"] = reason
        record_many("appraisal.assigned", some, by=by, organisation_id=organisation_id, detail=detail)
