"""Ending: by either of the two, at any time, without a reason; and saying how it was."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from mentoring import pair_news, reviews
from mentoring.actions.sessions import call_off
from mentoring.models import Evaluation, Relationship
from mentoring.models.register import PROSE_LENGTH
from mentoring.sides import Side, side_of
from mentoring.states import RelationshipState
from mentoring.steps import locked, move
from mentoring.terms import Point
from registry.accounts.models import User
from registry.audit.record import record
from registry.competency.development.steps import worded
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P

S = RelationshipState


@dataclass(frozen=True, slots=True)
class Said:
    """What one of the two says when they look back; ratings and the joint answer from 1 to 5."""

    helpful: int
    aims_met: int
    would_again: bool
    words: str = ""
    answer: int | None = None
    answer_words: str = ""


@transaction.atomic
def end(*, relationship: Relationship, by: User) -> None:
    """End it; nobody is asked why, the other is told that it has ended, and a session to come is cancelled.

    Raises NotAllowed for anybody but the two, WrongState unless it is under way.
    """
    row = _under_way(relationship)
    side = side_of(row, by)
    _end(row, by)
    pair_news.tell(row, [side.other], pair_news.ENDED)


@transaction.atomic
def end_for(*, relationship: Relationship, by: User) -> None:
    """End it as a lead, for somebody whose account is closed; the other is told.

    Raises NotAllowed for whoever does not lead where either works, or is one of the two, and WrongState unless it is
    under way, or while both can still end it themselves.
    """
    row = _under_way(relationship)
    led = Relationship.visible_to(by, P.MENTORING_MANAGE).filter(pk=row.pk).exists()
    if not led or by.pk in (row.mentor.user_id, row.clinician.user_id):
        raise NotAllowed("Only a lead of where one of them works can do this.")
    if not somebody_left(row):
        raise WrongState("Both can still end it themselves.")
    _end(row, by)
    pair_news.tell(row, list(Side), pair_news.ENDED)


def somebody_left(relationship: Relationship) -> bool:
    """Whether one of the two cannot sign in any more."""
    user = relationship.clinician.user
    return not relationship.mentor.user.is_active or user is None or not user.is_active


@transaction.atomic
def evaluate(*, relationship: Relationship, point: Point, said: Said, by: User) -> Evaluation:
    """Say how it goes, or how it was; once at each point.

    Raises NotAllowed for anybody but the two, WrongState where it is not the time or was said already, Invalid for
    ratings outside 1 to 5 and words that are too long, and where both answer a question and no answer is given.
    """
    row = locked(relationship.pk)
    side_of(row, by)
    if reviews.open_point(row, today()) != point:
        raise WrongState("This cannot be said now.")
    if row.evaluations.filter(by=by, point=point).exists():
        raise WrongState("You have said how it is already.")
    question = reviews.question(row)
    for name in ("helpful", "aims_met", *(["answer"] if question else [])):
        if getattr(said, name) not in range(1, 6):
            raise Invalid("Choose one of the answers.", field=name)
    return Evaluation.objects.create(
        relationship=row,
        by=by,
        point=point,
        helpful=said.helpful,
        aims_met=said.aims_met,
        would_again=said.would_again,
        words=worded(said.words, field="words", most=PROSE_LENGTH),
        question=question,
        answer=said.answer if question else None,
        answer_words=worded(said.answer_words, field="answer_words", most=PROSE_LENGTH) if question else "",
    )


def _under_way(relationship: Relationship) -> Relationship:
    row = locked(relationship.pk)
    if row.state != S.ACTIVE:
        raise WrongState("It is not under way, so there is nothing to end.")
    return row


def _end(row: Relationship, by: User) -> None:
    call_off(row, by)
    row.ended_at = timezone.now()
    move(row, S.ENDED, by=by, also=("ended_at",))
    record("mentoring.ended", row, by=by, organisation_id=row.clinician.organisation_id, detail={"kind": row.kind})
