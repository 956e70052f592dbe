"""What somebody who was asked does: save, send, or decline.

Nothing here is written to the audit and no time is kept: who did what when could tell who said what.
"""

from collections.abc import Iterable
from typing import cast

from django.db import transaction

from registry.competency.feedback import steps
from registry.competency.feedback.questionnaire import Answers, check
from registry.competency.feedback.states import RaterState, RoundState
from registry.competency.models import FeedbackRater, FeedbackReply
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState

OVER = "This round is closed, so answers are no longer taken. What was not sent before is not counted."
SENT = "You have sent your answers already. They cannot be read back or changed."
GONE = "This link has been withdrawn. Ask the facilitator if you think that is a mistake."
DECLINED = "You have said that you will not give feedback. Nobody is told, and you get no more messages about it."


def refusal(rater: FeedbackRater) -> str:
    """Why this rater cannot answer now, in a sentence for them; empty where they can."""
    if rater.round.state != RoundState.RUNNING or _is_late(rater):
        return OVER
    if rater.state == RaterState.SENT:
        return SENT
    if rater.link_revoked:
        return GONE
    return DECLINED if rater.state == RaterState.DECLINED else ""


@transaction.atomic
def save(*, rater: FeedbackRater, part: str, keys: Iterable[str], prompts: Iterable[str], answers: Answers) -> None:
    """Keep the answers to one part (its questions `keys`, its `prompts`) until they are sent; the other parts stay.

    Raises WrongState where they are no longer taken, and Invalid with the field for what does not fit.
    """
    held = _hold(rater)
    check(held.round.asks, held.group, answers)
    held.draft = Answers.from_plain(held.draft).replacing(keys, part, prompts, answers).plain()
    held.save(update_fields=["draft"])


@transaction.atomic
def send(*, rater: FeedbackRater) -> None:
    """Send what was saved, for good: it is kept under the group alone, and nothing ties it to the rater any more."""
    held = _hold(rater)
    answers = Answers.from_plain(held.draft)
    check(held.round.asks, held.group, answers)
    if not answers.says_something:
        raise Invalid("Answer at least one question, or say something in your own words, before you send.")
    FeedbackReply.objects.create(round=held.round, group=held.group, answers=answers.plain())
    held.state, held.draft = RaterState.SENT, {}
    held.save(update_fields=["state", "draft"])


@transaction.atomic
def decline(*, rater: FeedbackRater) -> None:
    """Say that one will not give feedback; what was saved is removed, and nobody is told."""
    held = _hold(rater)
    held.state, held.draft = RaterState.DECLINED, {}
    held.save(update_fields=["state", "draft"])


def _hold(rater: FeedbackRater) -> FeedbackRater:
    """The round, then the rater, locked: a close that runs at this moment is waited for, and then seen."""
    steps.held(rater.round_id)
    rows = FeedbackRater.objects.select_related("round").select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=rater.pk).first()
    if sentence := OVER if row is None else refusal(row):
        raise WrongState(sentence)
    return cast("FeedbackRater", row)


def _is_late(rater: FeedbackRater) -> bool:
    return rater.round.closes_on is not None and rater.round.closes_on < today()
