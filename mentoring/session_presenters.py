"""What pages say of a pair's sessions, and what of them waits for somebody."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from mentoring.models import MentoringSession, PlannedSession, Relationship
from mentoring.session_steps import can_log
from mentoring.sides import other_of
from mentoring.states import RelationshipState
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date

# So many of the last sessions stand on the page of a pair.
LAST = 3


def sessions_of(relationship: Relationship, user: User) -> dict[str, Any]:
    """For one of the two: the next session, the last ones, and what they can do; for `mentoring/_sessions.jinja`.

    Needs both people loaded. The page's context names it `log`.
    """
    sessions = MentoringSession.visible_to(user, P.MENTORING_OFFER).filter(relationship=relationship)
    return {
        "pair": relationship.pk,
        "other": other_of(relationship, user),
        "next": next_of(relationship, user),
        "last": list(sessions.order_by("-held_on")[:LAST]),
        "can_log": can_log(relationship),
        "can_plan": relationship.state == RelationshipState.ACTIVE,
    }


def next_of(relationship: Relationship, user: User) -> PlannedSession | None:
    """The session that is planned, for one of the two."""
    planned = PlannedSession.visible_to(user, P.MENTORING_OFFER).to_come()
    found: PlannedSession | None = planned.filter(relationship=relationship).first()
    return found


def last_medium(relationship: Relationship, user: User) -> str:
    """How the two met last; empty where they have not met yet."""
    sessions = MentoringSession.visible_to(user, P.MENTORING_OFFER).filter(relationship=relationship)
    return sessions.order_by("-held_on").values_list("medium", flat=True).first() or ""


def needs_now(user: User) -> list[Need]:
    """Sessions that are planned, and pairs that have gone quiet."""
    needs = []
    for planned in PlannedSession.visible_to(user, P.MENTORING_OFFER).to_come().with_people().order_by("starts_at"):
        pair = planned.relationship
        href, due = reverse("mentoring:sessions", args=[pair.pk]), timezone.localdate(planned.starts_at)
        text = f"Your next session with {other_of(pair, user)}"
        needs.append(Need(text, href, due=due, role=_role(pair, user), on=True))
    for pair in Relationship.visible_to(user, P.MENTORING_OFFER).quiet(today()).with_people().order_by("quiet_since"):
        text = f"Nothing on your log with {other_of(pair, user)} since {long_date(pair.quiet_since)}"
        needs.append(Need(text, reverse("mentoring:sessions", args=[pair.pk]), role=_role(pair, user)))
    return needs


def _role(pair: Relationship, user: User) -> str:
    mentors = pair.mentor.user_id == user.pk and user.holds(Role.MENTOR)
    return Role.MENTOR if mentors else Role.CLINICIAN
