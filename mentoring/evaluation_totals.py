"""What people said afterwards, as leads read it: totals only, so that nobody's own answer can be worked out."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from mentoring import reviews
from mentoring.models import Evaluation
from mentoring.sides import Side
from mentoring.states import RelationshipState
from mentoring.terms import Point
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P

# Nothing is told of fewer; and each organisation's are counted in whole groups of so many, so that neither two looks at
# the page nor the pages of two leads ever differ by less than a group.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Total:
    """What those on one side of so many relationships said at one point; means of ratings from 1 to 5, and a share."""

    point: Point
    side: Side
    relationships: int
    helpful: float
    aims_met: float
    would_again: int


def totals(user: Any) -> list[Total]:
    """The totals for each point and side, of the organisations this lead leads of which five or more have spoken.

    A relationship counts where the mentee worked when it was proposed, which never changes, and once its 60 days to
    look back are over: what was counted then never changes either.
    """
    scope = user.scope_for(P.MENTORING_MANAGE)
    rows = Evaluation.objects.filter(
        relationship__state=RelationshipState.ENDED, relationship__ended_at__date__lt=today() - reviews.LOOKING_BACK
    )
    if not scope.everything:
        rows = rows.filter(relationship__organisation__in=scope.organisation_ids)
    found: defaultdict[tuple[Point, Side, int], list[Evaluation]] = defaultdict(list)
    rows = rows.select_related("relationship__mentor")
    for row in rows.order_by("relationship__ended_at", "relationship_id", "pk"):
        pair = row.relationship
        side = Side.MENTOR if row.by_id == pair.mentor.user_id else Side.MENTEE
        found[Point(row.point), side, pair.organisation_id].append(row)
    whole: defaultdict[tuple[Point, Side], list[Evaluation]] = defaultdict(list)
    for (point, side, _), said in found.items():
        whole[point, side] += said[: len(said) // FEWEST * FEWEST]
    order = [(point, side) for point in Point for side in Side]
    return [_total(point, side, whole[point, side]) for point, side in order if whole[point, side]]


def _total(point: Point, side: Side, said: list[Evaluation]) -> Total:
    number = len(said)
    return Total(
        point=point,
        side=side,
        relationships=number,
        helpful=round(sum(one.helpful for one in said) / number, 1),
        aims_met=round(sum(one.aims_met for one in said) / number, 1),
        would_again=round(100 * sum(one.would_again for one in said) / number),
    )
