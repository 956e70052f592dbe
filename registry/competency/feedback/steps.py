"""What the actions of feedback share: holding a round, checking whose it is, moving it, leaving a trace."""

from registry.accounts.models import User
from registry.audit.record import record
from registry.competency.feedback.states import TRANSITIONS, RoundState
from registry.competency.models import FeedbackRound, FeedbackTransition
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission

NOW = {
    RoundState.PREPARING: "This round is with the person it is about, who is naming colleagues.",
    RoundState.PROPOSED: "This round is with the facilitator.",
    RoundState.RUNNING: "This round has been launched: colleagues are answering.",
    RoundState.CLOSED: "This round is closed.",
    RoundState.RELEASED: "The report of this round has been released.",
    RoundState.CANCELLED: "This round was cancelled.",
}


def held(round_id: int) -> FeedbackRound:
    """The round as it is now, locked: of two people at once the second waits, then sees what the first did."""
    rows = FeedbackRound.objects.select_related("subject", "version", "facilitator")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=round_id)


def require_subject(round_: FeedbackRound, by: User) -> None:
    """NotAllowed for anybody but the person the round is about."""
    if by.scope_for(Permission.FEEDBACK_RECEIVE).user_id is None or round_.subject.user_id != by.pk:
        raise NotAllowed("Only the person the feedback is about can do this.")


def require_facilitator(round_: FeedbackRound, by: User) -> None:
    """NotAllowed for anybody but the round's facilitator."""
    if by.scope_for(Permission.FEEDBACK_FACILITATE).user_id is None or round_.facilitator_id != by.pk:
        raise NotAllowed("Only the facilitator can do this.")


def require_state(round_: FeedbackRound, *states: RoundState) -> None:
    """WrongState, saying where the round is, unless it is in one of these."""
    if round_.state not in states:
        raise WrongState(NOW[RoundState(round_.state)])


def move(round_: FeedbackRound, after: RoundState, *, by: User | None, reason: str = "") -> FeedbackRound:
    """Write the round in its next state, with the step."""
    before = RoundState(round_.state)
    if after not in TRANSITIONS[before]:
        raise WrongState(NOW[before])
    round_.state = after
    round_.save()
    note(round_, before=before, by=by, reason=reason)
    return round_


def note(round_: FeedbackRound, *, before: str, by: User | None, reason: str = "") -> None:
    """Leave the step, and what it meant, behind."""
    FeedbackTransition.objects.create(round=round_, before=before, after=round_.state, by=by, reason=reason)
    trace(f"feedback.{round_.state if before else 'started'}", round_, by=by)


def trace(verb: str, round_: FeedbackRound, *, by: User | None, **figures: int) -> None:
    """Write down what somebody did to a round, with figures. Never called for what a rater does."""
    record(
        verb,
        round_,
        by=by,
        organisation_id=round_.subject.organisation_id,
        detail={"clinician": round_.subject_id, "framework": round_.version.code} | figures,
    )
