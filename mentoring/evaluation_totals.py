"""What people said afterwards, as leads read it: totals only, so that nobody's own answer can be worked out."""

from dataclasses import dataclass
from typing import Any

from mentoring import reviews
from mentoring.models import Evaluation, Relationship
from mentoring.sides import Side
from mentoring.states import RelationshipState
from mentoring.terms import Point
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P

# Nothing is told of fewer; and they are counted in whole groups of so many, so that between two looks at the page
# never less than a group is added.
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
    """The totals of the relationships this lead knows of, for each point and side of which five or more have spoken.

    A relationship counts once its 60 days to look back are over: what was counted then never changes.
    """
    over = Relationship.visible_to(user, P.MENTORING_MANAGE).filter(
        state=RelationshipState.ENDED, ended_at__date__lt=today() - reviews.LOOKING_BACK
    )
    found: dict[tuple[Point, Side], list[Evaluation]] = {(point, side): [] for point in Point for side in Side}
    rows = Evaluation.objects.filter(relationship__in=over.order_by())
    rows = rows.select_related("relationship__mentor")
    for row in rows.order_by("relationship__ended_at", "relationship_id", "pk"):
        side = Side.MENTOR if row.by_id == row.relationship.mentor.user_id else Side.MENTEE
        found[Point(row.point), side].append(row)
    whole = {key: said[: len(said) // FEWEST * FEWEST] for key, said in found.items()}
    return [_total(point, side, said) for (point, side), said in whole.items() if said]


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
