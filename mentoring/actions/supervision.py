"""A mentor's or coach's own log of supervision and professional development."""

import datetime

from django.db import transaction

from mentoring.models import MentorProfile, Supervision
from mentoring.models.supervision import LONGEST, SHORTEST
from mentoring.terms import SupervisionKind
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P

EARLIEST = 1990


@transaction.atomic
def log(*, profile: MentorProfile, held_on: datetime.date, kind: str, minutes: int, by: User) -> Supervision:
    """Note a session that took place.

    Raises NotAllowed unless it is one's own, Invalid for a day to come, a length nobody meets for, and a session that
    is noted already.
    """
    _own(profile, by)
    if held_on > today():
        raise Invalid("The day must be today or in the past.", field="held_on")
    if held_on.year < EARLIEST:
        raise Invalid(f"The year must be {EARLIEST} or later.", field="held_on")
    if kind not in SupervisionKind.values:
        raise Invalid("Choose what it was.", field="kind")
    if not SHORTEST <= minutes <= LONGEST:
        raise Invalid(f"Enter {SHORTEST} to {LONGEST} minutes.", field="minutes")
    # Two taps on the button note it once.
    if profile.supervisions.filter(held_on=held_on, kind=kind, minutes=minutes).exists():
        raise Invalid("This is noted already.", field="held_on")
    return Supervision.objects.create(mentor=profile, held_on=held_on, kind=kind, minutes=minutes)


@transaction.atomic
def remove(*, supervision: Supervision, by: User) -> None:
    """Take a session off one's log."""
    _own(supervision.mentor, by)
    deleted, _ = Supervision.objects.filter(pk=supervision.pk).delete()
    if not deleted:
        raise WrongState("This is not on your list any more.")


def _own(profile: MentorProfile, by: User) -> None:
    if profile.user_id != by.pk or by.scope_for(P.MENTORING_OFFER).user_id is None:
        raise NotAllowed("Only the mentor themself can do this.")
    MentorProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)
