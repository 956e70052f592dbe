"""When two people look back, who still has to, and asking them."""

import datetime
from collections.abc import Iterator

from django.utils import timezone

from mentoring import pair_news
from mentoring.models import Agreement, Relationship
from mentoring.sides import Side, user_id_of
from mentoring.states import RelationshipState
from mentoring.terms import LOOKING_BACK_DAYS, Point
from registry.accounts.models import User
from registry.kernel.permissions import Permission as P
from registry.notifications import outbox

LOOKING_BACK = datetime.timedelta(days=LOOKING_BACK_DAYS)
# A day that was missed is made up for within a week.
CATCH_UP = datetime.timedelta(days=7)


def halfway(relationship: Relationship, agreement: Agreement) -> datetime.date:
    """The day halfway between the start and the last day agreed on."""
    start = timezone.localdate(relationship.started_at)
    return start + (agreement.ends_on - start) / 2


def held(relationship: Relationship) -> Agreement | None:
    """The agreement, where both have agreed to it."""
    agreement: Agreement | None = getattr(relationship, "agreement", None)
    return agreement if agreement is not None and agreement.holds else None


def question(relationship: Relationship) -> str:
    """The question both answer, of a clinician and a manager: the one they agreed on.

    After the end it is the one that is written, so that a change which waited for the second yes does not lose it.
    """
    agreement: Agreement | None = getattr(relationship, "agreement", None)
    kept = agreement if relationship.state == RelationshipState.ENDED else held(relationship)
    return kept.question if kept else ""


def last_day_to_look_back(relationship: Relationship) -> datetime.date:
    """The last day on which both can say how it was."""
    return timezone.localdate(relationship.ended_at) + LOOKING_BACK


def open_point(relationship: Relationship, day: datetime.date) -> Point | None:
    """What the two can say on this day: how it goes, from halfway on, or how it was, for 60 days."""
    if relationship.state == RelationshipState.ENDED:
        return Point.END if day <= last_day_to_look_back(relationship) else None
    agreement = held(relationship)
    if relationship.state == RelationshipState.ACTIVE and agreement and day >= halfway(relationship, agreement):
        return Point.MIDPOINT
    return None


def ask(day: datetime.date) -> None:
    """Put down a message to both where they are halfway, or at the last day they agreed on; safe to run twice.

    Whoever may not take part any more is not asked.
    """
    outbox.add(found for found in _messages(day) if found is not None)


def _messages(day: datetime.date) -> Iterator[pair_news.Message | None]:
    rows = Relationship.objects.filter(
        state=RelationshipState.ACTIVE,
        agreement__mentor_agreed_at__isnull=False,
        agreement__mentee_agreed_at__isnull=False,
    )
    rows = rows.select_related("agreement", "mentor", "clinician").prefetch_related("evaluations").order_by("pk")
    able = User.able(P.MENTORING_OFFER, {user_id_of(row, side) for row in rows for side in Side})
    for row in rows:
        ends_on = row.agreement.ends_on
        due = {pair_news.MIDPOINT: halfway(row, row.agreement), pair_news.LAST_DAY: ends_on}
        said = {one.by_id for one in row.evaluations.all() if one.point == Point.MIDPOINT}
        for what, on in due.items():
            if not on <= day <= on + CATCH_UP:
                continue
            for side in Side:
                user_id = user_id_of(row, side)
                if user_id in able and (what == pair_news.LAST_DAY or user_id not in said):
                    yield pair_news.message(row, side, f"{what}:{ends_on}", planned_for=day)
