"""Saying yes or no to somebody who is proposed, and what becomes of proposals that nobody answers."""

import datetime

from django.db import transaction
from django.utils import timezone

from mentoring import pair_news
from mentoring.fields import RequestState
from mentoring.models import MentoringRequest, MentorProfile, Relationship
from mentoring.models.relationships import REASON_LENGTH
from mentoring.sides import Side, side_of
from mentoring.states import REASONS, Decline, RelationshipState
from mentoring.steps import locked, move
from registry.accounts.models import User
from registry.audit.record import record
from registry.competency.development.steps import worded
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState

S = RelationshipState


@transaction.atomic
def accept(*, relationship: Relationship, by: User) -> Relationship:
    """Say yes; once both have, it is under way.

    Raises NotAllowed for anybody but the two, WrongState once it is answered, or too late.
    """
    row, side = _waiting(relationship, by)
    if getattr(row, f"{side}_accepted_at") is not None:
        raise WrongState("You have said yes already.")
    now = timezone.now()
    setattr(row, f"{side}_accepted_at", now)
    if getattr(row, f"{side.other}_accepted_at") is None:
        row.save(update_fields=[f"{side}_accepted_at"])
    else:
        row.started_at = now
        move(row, S.ACTIVE, by=by, also=(f"{side}_accepted_at", "started_at"))
        _request(row, RequestState.MATCHED)
        pair_news.tell(row, list(Side), pair_news.STARTED)
    _trace("mentoring.accepted", row, by)
    return row


@transaction.atomic
def decline(*, relationship: Relationship, because: str, reason: str = "", by: User) -> None:
    """Say no. The other is told that it did not come about, and nothing else; leads read why.

    Raises NotAllowed for anybody but the two, WrongState once it is answered, or too late, Invalid without a reason
    from the list.
    """
    row, side = _waiting(relationship, by)
    if because not in REASONS:
        raise Invalid("Choose why.", field="because")
    _decline(row, side, because, worded(reason, field="reason", most=REASON_LENGTH), by)


def decline_all(*, profile: MentorProfile, by: User) -> None:
    """Say no for a mentor who leaves to everybody who is proposed to them; in the transaction in which they leave."""
    waiting = Relationship.objects.filter(mentor=profile, state=S.PROPOSED).order_by("pk")
    for key in waiting.values_list("pk", flat=True):
        row = locked(key)
        if row.state == S.PROPOSED:
            _decline(row, Side.MENTOR, Decline.STOPPED, "", by)


def lapse(day: datetime.date) -> None:
    """End the proposals whose last day to answer is over on this day; safe to run twice and side by side."""
    late = Relationship.objects.filter(state=S.PROPOSED, answer_by__lt=day).order_by("pk")
    for key in late.values_list("pk", flat=True):
        with transaction.atomic():
            row = locked(key)
            if row.state != S.PROPOSED:
                continue
            move(row, S.LAPSED, by=None)
            _request(row, RequestState.OPEN)
            pair_news.tell(row, list(Side), pair_news.LAPSED)
            _trace("mentoring.lapsed", row, None)


def _waiting(relationship: Relationship, by: User) -> tuple[Relationship, Side]:
    row = locked(relationship.pk)
    side = side_of(row, by)
    if row.state == S.ACTIVE:
        raise WrongState("Both of you have said yes already.")
    if row.state != S.PROPOSED or row.answer_by < today():
        raise WrongState("This match cannot be answered any more.")
    return row, side


def _decline(row: Relationship, side: Side, because: str, reason: str, by: User) -> None:
    move(row, S.DECLINED, by=by, because=because, reason=reason)
    _request(row, RequestState.OPEN)
    pair_news.tell(row, [side.other], pair_news.DECLINED)
    _trace("mentoring.declined", row, by)


def _request(row: Relationship, state: RequestState) -> None:
    """What the mentee asked for; while it waits they cannot ask for the same a second time, so it can be open again."""
    MentoringRequest.objects.filter(pk=row.wanted_id).update(state=state)


def _trace(verb: str, row: Relationship, by: User | None) -> None:
    """That it was answered; the audit does not keep why."""
    record(verb, row, by=by, organisation_id=row.clinician.organisation_id, detail={"kind": row.kind})
