"""What waits for the two of a pair, on their home pages."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from mentoring import reviews
from mentoring.models import Relationship
from mentoring.sides import Side, name_of
from mentoring.states import RelationshipState
from mentoring.terms import Point
from registry.accounts.roles import Role
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P

S = RelationshipState


def of_pairs(user: Any) -> list[Need]:
    """Proposals to answer, agreements to make, and looking back; three queries, however many pairs."""
    if user.scope_for(P.MENTORING_OFFER).user_id is None:
        return []
    rows = Relationship.visible_to(user, P.MENTORING_OFFER).filter(
        Q(state=S.PROPOSED, answer_by__gte=today()) | Q(state__in=(S.ACTIVE, S.ENDED))
    )
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__date__gte=today() - reviews.LOOKING_BACK))
    rows = rows.select_related("agreement", "mentor__user", "clinician").prefetch_related("evaluations")
    return [need for row in rows for need in _of(row, user)]


def _of(row: Relationship, user: Any) -> Iterator[Need]:
    side = Side.MENTOR if row.mentor.user_id == user.pk else Side.MENTEE
    other = name_of(row, side.other)
    page = reverse("mentoring:pair", args=[row.pk])
    # A clinician who mentors, too, finds it among what concerns them as a clinician.
    role = Role.MENTOR.value if side is Side.MENTOR and user.holds(Role.MENTOR) else ""
    if row.state == S.PROPOSED:
        if getattr(row, f"{side}_accepted_at") is None:
            yield Need(f"Say yes or no to {other}", page, due=row.answer_by, role=role)
        return
    held = reviews.held(row)
    if row.state == S.ACTIVE:
        if getattr(getattr(row, "agreement", None), f"{side}_agreed_at", None) is None:
            yield Need(f"Agree how you work with {other}", page, role=role)
        elif held and held.ends_on <= today():
            # Looking back halfway has no point any more.
            yield Need(f"End mentoring with {other}, or agree on a new last day", page, due=held.ends_on, role=role)
            return
    point = reviews.open_point(row, today())
    if point is None or any(one.by_id == user.pk and one.point == point for one in row.evaluations.all()):
        return
    href = reverse("mentoring:evaluate", args=[row.pk, point.value])
    if point == Point.END:
        yield Need(f"Say how it was with {other}", href, due=reviews.last_day_to_look_back(row), role=role)
    elif held:
        yield Need(f"Look back halfway with {other}", href, due=reviews.halfway(row, held), role=role)
