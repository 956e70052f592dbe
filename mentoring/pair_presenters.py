"""What the pages of two people matched with each other show each of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from mentoring import pair_wording, reviews
from mentoring.fields import Kind
from mentoring.models import Evaluation, Goal, Relationship
from mentoring.session_presenters import sessions_of
from mentoring.sides import Side, name_of
from mentoring.states import FAILED, LIVE, RelationshipState
from mentoring.terms import LIMITS, GoalState, Point
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P

S = RelationshipState
GOAL_COLOURS = {GoalState.OPEN: "blue", GoalState.MET: "green", GoalState.DROPPED: "grey"}


@dataclass(frozen=True, slots=True)
class Line:
    """One pair in somebody's list."""

    row: Relationship
    other: str
    works_at: str
    # What the other is to the reader.
    relation: str
    is_mentor: bool
    tag: dict[str, str]
    to_answer: bool


def line(row: Relationship, user: User) -> Line:
    """A pair as one of the two sees it in a list; needs the loading of `with_people`."""
    side = Side.MENTOR if row.mentor.user_id == user.pk else Side.MENTEE
    return Line(
        row=row,
        other=name_of(row, side.other),
        works_at=str(row.clinician.organisation) if side is Side.MENTOR else row.mentor.works_at,
        relation=_relation(row, side),
        is_mentor=side is Side.MENTOR,
        tag=pair_wording.own_tag(row.state),
        to_answer=_can_answer(row, side),
    )


def of(user: User) -> Any:
    """Everybody this person is or was matched with, those first who wait or are under way."""
    order = Case(When(state__in=LIVE, then=Value(1)), default=Value(0), output_field=IntegerField())
    return Relationship.visible_to(user, P.MENTORING_OFFER).with_people().annotate(live_now=order)


def live(user: User) -> list[Line]:
    """Whom this person is matched with now: first whoever waits for an answer."""
    lines = [line(row, user) for row in of(user).live().order_by("pk")]
    return sorted(lines, key=lambda one: not one.to_answer)


def pair_page(row: Relationship, user: User) -> dict[str, Any]:
    """Everything about one pair, for one of the two; of one that did not come about nothing but that."""
    side = Side.MENTOR if row.mentor.user_id == user.pk else Side.MENTEE
    shown = line(row, user)
    context: dict[str, Any] = {"pair": row, "line": shown, "failed": row.state in FAILED}
    if context["failed"]:
        return context
    agreement = getattr(row, "agreement", None)
    point = reviews.open_point(row, today())
    said = list(Evaluation.visible_to(user, P.MENTORING_OFFER).filter(relationship=row))
    goals = Goal.visible_to(user, P.MENTORING_OFFER).filter(relationship=row).select_related("element__domain")
    return context | {
        "domains": [str(one) for one in (row.wanted.needs.all() if shown.is_mentor else row.mentor.strengths.all())],
        "reasons": pair_wording.reasons(row.reasons),
        "said_yes": row.state == S.PROPOSED and getattr(row, f"{side}_accepted_at") is not None,
        "active": row.state == S.ACTIVE,
        "agreement": agreement,
        "i_agreed": agreement is not None and getattr(agreement, f"{side}_agreed_at") is not None,
        "limits": LIMITS,
        "joint": row.kind == Kind.MANAGER,
        "goals": [
            (one, {"text": one.get_state_display(), "colour": GOAL_COLOURS[GoalState(one.state)]}) for one in goals
        ],
        "halfway": reviews.halfway(row, agreement) if agreement and agreement.holds and row.started_at else None,
        "last_day_over": row.state == S.ACTIVE and agreement and agreement.holds and agreement.ends_on <= today(),
        "look_back": point if point and not any(one.by_id == user.pk and one.point == point for one in said) else None,
        "look_back_until": reviews.last_day_to_look_back(row) if row.state == S.ENDED else None,
        "log": sessions_of(row, user),
        "looking_back": [one for one in (_looking_back(said, user, one) for one in Point) if one],
    }


def _looking_back(said: list[Evaluation], user: User, point: Point) -> dict[str, Any] | None:
    """What was said at one point: one's own and the other's words, and both answers once there are two."""
    mine = next((one for one in said if one.point == point and one.by_id == user.pk), None)
    theirs = next((one for one in said if one.point == point and one.by_id != user.pk), None)
    if mine is None and theirs is None:
        return None
    both = mine is not None and theirs is not None and bool(mine.question and theirs.question)
    return {
        "title": point.label,
        "mine": mine,
        "words": theirs.words if theirs else "",
        "other_said": theirs is not None,
        "asked": bool(mine and mine.question),
        "answers": (mine, theirs) if both else None,
    }


def _relation(row: Relationship, side: Side) -> str:
    kind = str(row.get_kind_display())
    if row.kind == Kind.MANAGER:
        return kind
    return "Your mentee" if side is Side.MENTOR else f"Your {kind.lower()}"


def _can_answer(row: Relationship, side: Side) -> bool:
    waits = row.state == S.PROPOSED and row.answer_by >= today()
    return waits and getattr(row, f"{side}_accepted_at") is None
