"""A round from its start to the release of its report."""

import datetime
import random

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency import aggregation
from registry.competency.aggregation import LEAST
from registry.competency.feedback import mail, reporting, steps
from registry.competency.feedback.asking import questionnaire_of
from registry.competency.feedback.facilitators import facilitators_for
from registry.competency.feedback.links import hash_of, link_of
from registry.competency.feedback.questionnaire import Answers, counted
from registry.competency.feedback.states import OPEN, RaterGroup, RoundState
from registry.competency.models import (
    REASON_LENGTH,
    FeedbackRater,
    FeedbackReply,
    FeedbackReport,
    FeedbackRound,
    FrameworkVersion,
)
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date

# How many people a round is advised to ask; fewer often means groups too small to show.
ADVISED = 12
MOST_MINIMUM = 10
LONGEST = datetime.timedelta(days=182)
# Two reports about one person are at least this far apart, so that they cannot be subtracted from each other.
APART = datetime.timedelta(days=182)


@transaction.atomic
def start(*, subject: Clinician, version: FrameworkVersion, facilitator: User, by: User) -> FeedbackRound:
    """Begin a round about oneself, on a framework version in force, with a facilitator of one's organisation.

    Raises WrongState where a round is open already, Invalid with the field for who or what cannot be chosen.
    """
    if by.scope_for(Permission.FEEDBACK_RECEIVE).user_id is None or subject.user_id != by.pk:
        raise NotAllowed("Only the person themself starts a round.")
    if not FrameworkVersion.objects.open_to_new(today()).filter(pk=version.pk).exists():
        raise Invalid("Choose one of the frameworks shown.", field="version")
    if not facilitators_for(subject).filter(pk=facilitator.pk).exists():
        raise Invalid("Choose a facilitator from the list.", field="facilitator")
    try:
        with transaction.atomic():
            round_ = FeedbackRound.objects.create(subject=subject, version=version, facilitator=facilitator)
    except IntegrityError as error:
        raise WrongState("You already have a feedback round in progress.") from error
    FeedbackRater.objects.create(round=round_, group=RaterGroup.SELF, name=subject.name)
    steps.note(round_, before="", by=by)
    return round_


@transaction.atomic
def propose(*, round: FeedbackRound, by: User) -> FeedbackRound:  # noqa: A002 (the field's word)
    """Send the colleagues one has named to the facilitator."""
    held = steps.held(round.pk)
    steps.require_subject(held, by)
    steps.require_state(held, RoundState.PREPARING)
    _require_raters(held)
    return steps.move(held, RoundState.PROPOSED, by=by)


@transaction.atomic
def send_back(*, round: FeedbackRound, reason: str, by: User) -> FeedbackRound:  # noqa: A002
    """The facilitator returns the list of colleagues, saying what should change."""
    held = steps.held(round.pk)
    steps.require_facilitator(held, by)
    steps.require_state(held, RoundState.PROPOSED)
    return steps.move(held, RoundState.PREPARING, by=by, reason=_worded(reason))


@transaction.atomic
def launch(*, round: FeedbackRound, closes_on: datetime.date, minimum: int, by: User) -> FeedbackRound:  # noqa: A002
    """The facilitator confirms the colleagues: their groups and the questions are fixed, and everybody is invited.

    `closes_on` is the last day to answer; `minimum` the fewest replies a group is shown by, 3 or more. Raises
    WrongState within half a year of the person's last report, or where the facilitator has become too close to them.
    """
    held = steps.held(round.pk)
    steps.require_facilitator(held, by)
    steps.require_state(held, RoundState.PROPOSED)
    _require_raters(held)
    _require_distance(held)
    _set_terms(held, closes_on, minimum)
    held.questionnaire = questionnaire_of(held.version, held.subject.organisation_id).plain()
    held.launched_at = timezone.now()
    raters = list(held.raters.exclude(group=RaterGroup.SELF))
    for rater in raters:
        rater.link_hash = hash_of(link_of(rater.key, rater.link_number))
    FeedbackRater.objects.bulk_update(raters, ["link_hash"])
    mail.invite(raters)
    return steps.move(held, RoundState.RUNNING, by=by)


@transaction.atomic
def change_terms(*, round: FeedbackRound, closes_on: datetime.date, minimum: int, by: User) -> FeedbackRound:  # noqa: A002
    """While colleagues answer: a later last day, and a higher minimum; never an earlier day or a lower minimum."""
    held = steps.held(round.pk)
    steps.require_facilitator(held, by)
    steps.require_state(held, RoundState.RUNNING)
    if held.closes_on and closes_on < held.closes_on:
        raise Invalid("The last day can only be moved later. To end now, close the round.", field="closes_on")
    if minimum < held.minimum:
        raise Invalid(f"This can be raised, never lowered: it is {held.minimum} now.", field="minimum")
    _set_terms(held, closes_on, minimum)
    held.save()
    steps.trace("feedback.terms_changed", held, by=by)
    return held


@transaction.atomic
def change_facilitator(*, round: FeedbackRound, facilitator: User, by: User) -> FeedbackRound:  # noqa: A002
    """The subject chooses another facilitator, where the one they had can no longer lead the round.

    Raises Invalid for somebody who cannot lead it, or who was asked to answer.
    """
    held = steps.held(round.pk)
    steps.require_subject(held, by)
    steps.require_state(held, *OPEN, RoundState.CLOSED)
    able = facilitators_for(held.subject)
    if able.filter(pk=held.facilitator_id).exists():
        raise WrongState(f"{held.facilitator} leads this round.")
    if not able.filter(pk=facilitator.pk).exists():
        raise Invalid("Choose a facilitator from the list.", field="facilitator")
    if held.raters.filter(email__iexact=facilitator.email).exists():
        raise Invalid("They were asked to answer, so they cannot lead the round as well.", field="facilitator")
    held.facilitator = facilitator
    held.save()
    steps.trace("feedback.facilitator_changed", held, by=by)
    return held


@transaction.atomic
def cancel(*, round: FeedbackRound, reason: str, by: User | None) -> FeedbackRound:  # noqa: A002
    """The subject, the facilitator or the passing of time ends a round without a report.

    What was answered is removed at once.
    """
    held = steps.held(round.pk)
    if by is not None and held.facilitator_id == by.pk:
        steps.require_facilitator(held, by)
    elif by is not None:
        steps.require_subject(held, by)
    cancelled = steps.move(held, RoundState.CANCELLED, by=by, reason=_worded(reason))
    forget(round_=cancelled)
    cancelled.raters.all().delete()
    return cancelled


@transaction.atomic
def close(*, round: FeedbackRound, by: User | None) -> FeedbackRound:  # noqa: A002
    """End the answering and write the one report; by the facilitator, or by nobody when the last day is over.

    Who was asked, who answered and who did not is forgotten in the same transaction.
    """
    held = steps.held(round.pk)
    if by is not None:
        steps.require_facilitator(held, by)
    steps.require_state(held, RoundState.RUNNING)
    held.closed_at = timezone.now()
    closed = steps.move(held, RoundState.CLOSED, by=by)
    report = _report_of(closed)
    FeedbackReport.objects.create(
        round=closed,
        figures=reporting.figures(report),
        comments=reporting.comments(report),
        built_on=today(),
    )
    closed.raters.all().delete()
    return closed


@transaction.atomic
def release(*, round: FeedbackRound, conversation_on: datetime.date, by: User) -> FeedbackRound:  # noqa: A002
    """The facilitator has talked the report through on this day; from now on its subject may read it."""
    held = steps.held(round.pk)
    steps.require_facilitator(held, by)
    steps.require_state(held, RoundState.CLOSED)
    if conversation_on > today():
        raise Invalid("The conversation must have taken place: enter today or an earlier day.", field="conversation_on")
    if held.closed_at and conversation_on < timezone.localdate(held.closed_at):
        raise Invalid("The conversation cannot be earlier than the day the round closed.", field="conversation_on")
    held.conversation_on, held.released_at = conversation_on, timezone.now()
    return steps.move(held, RoundState.RELEASED, by=by)


@transaction.atomic
def forget(*, round_: FeedbackRound) -> dict[str, int]:
    """Remove what raters sent, and the comments; the figures of the report stay.

    Answers how many of each were removed. The row must be locked.
    """
    replies, _ = FeedbackReply.objects.filter(round=round_).delete()
    comments = FeedbackReport.objects.filter(round=round_).exclude(comments={}).update(comments={})
    round_.forgotten_on = today()
    round_.save(update_fields=["forgotten_on"])
    return {"replies": replies, "reports_without_comments": comments}


def _report_of(round_: FeedbackRound) -> aggregation.Report:
    sent = [
        (group, counted(group, Answers.from_plain(answers)))
        for group, answers in FeedbackReply.objects.filter(round=round_).order_by("pk").values_list("group", "answers")
    ]
    return aggregation.report(
        items=round_.asks.items(),
        replies=[reply for group, reply in sent if group != RaterGroup.SELF],
        own=next((reply for group, reply in sent if group == RaterGroup.SELF), None),
        invited=round_.raters.exclude(group=RaterGroup.SELF).values_list("group", flat=True),
        minimum=round_.minimum,
        shuffle=random.SystemRandom().shuffle,
    )


def _require_raters(round_: FeedbackRound) -> None:
    if round_.raters.exclude(group=RaterGroup.SELF).count() < LEAST:
        raise Invalid(f"Name at least {LEAST} people. We advise {ADVISED} or more.")


def _require_distance(round_: FeedbackRound) -> None:
    if not facilitators_for(round_.subject).filter(pk=round_.facilitator_id).exists():
        raise WrongState("You can no longer lead this round: the person has to choose another facilitator.")
    reports = FeedbackRound.objects.filter(subject=round_.subject, closed_at__isnull=False)
    last = reports.aggregate(last=Max("closed_at"))["last"]
    if last and (first := timezone.localdate(last) + APART) > today():
        raise WrongState(
            f"The last report about {round_.subject} is too recent: two within half a year could be compared "
            f"to find out who said what. This round can be launched from {long_date(first)}."
        )


def _set_terms(round_: FeedbackRound, closes_on: datetime.date, minimum: int) -> None:
    launched = timezone.localdate(round_.launched_at) if round_.launched_at else today()
    if closes_on <= today() and closes_on != round_.closes_on:
        raise Invalid("The last day must be in the future.", field="closes_on")
    if closes_on > launched + LONGEST:
        raise Invalid("The last day must be within six months of the invitations.", field="closes_on")
    if not LEAST <= minimum <= MOST_MINIMUM:
        raise Invalid(f"Choose a number from {LEAST} to {MOST_MINIMUM}.", field="minimum")
    round_.closes_on, round_.minimum = closes_on, minimum


def _worded(reason: str) -> str:
    if not reason.strip():
        raise Invalid("Say why.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Invalid(f"Use at most {REASON_LENGTH:,} characters.", field="reason")
    return reason.strip()
