"""Messages to raters: which are due, and what they say; the outbox sends them."""

import datetime
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from registry.competency.feedback.links import hash_of, link_of
from registry.competency.feedback.states import OUTBOX_KIND, REMINDERS, MailKind, RaterGroup, RaterState, RoundState
from registry.competency.models import FeedbackRater
from registry.kernel.clock import today
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Part, Words
from registry.notifications.models import Message


def invite(raters: Iterable[FeedbackRater]) -> None:
    """Put down the invitation of each, with the link they have now: whoever gets a new link is invited anew."""
    outbox.add([_message(rater.pk, _step(MailKind.INVITATION, rater.link_number), today()) for rater in raters])


def plan_reminders(day: datetime.date) -> int:
    """Put down the reminders due on this day; those that were put down before stay as they are. Answers how many.

    A reminder missed while nothing ran is made up for; of two that are due, only the last goes. With a later last
    day all are due again.
    """
    planned: list[Message] = []
    for kind, days in sorted(REMINDERS.items(), key=lambda item: item[1]):
        later = [other for other, fewer in REMINDERS.items() if fewer < days]
        waiting = FeedbackRater.objects.filter(
            round__state=RoundState.RUNNING,
            round__closes_on__gte=day,
            round__closes_on__lte=day + datetime.timedelta(days=days),
            round__launched_at__lt=timezone.now() - datetime.timedelta(days=1),
            state=RaterState.WAITING,
            link_revoked=False,
        ).exclude(group=RaterGroup.SELF)
        last_day = Cast(OuterRef("round__closes_on"), CharField())
        steps = [Concat(Value(f"{each}:"), last_day) for each in (kind, *later)]
        reminded = Message.objects.filter(kind=OUTBOX_KIND, about_id=OuterRef("pk"), step__in=steps)
        rows = waiting.filter(~Exists(reminded)).select_related("round").order_by("pk")
        reminders = [_message(rater.pk, _step(kind, rater.round.closes_on), day) for rater in rows]
        outbox.add(reminders)
        planned += reminders
    return len(planned)


def _step(kind: MailKind, which: int | datetime.date | None) -> str:
    """An invitation is to one link, by its number; a reminder is of one last day."""
    return f"{kind.value}:{which}"


def _message(rater_id: int, step: str, day: datetime.date) -> Message:
    """A message to a rater; of no organisation, so that no officer sees whom it was for."""
    key = f"r{rater_id}"
    return Message(kind=OUTBOX_KIND, about_id=rater_id, step=step, recipient_key=key, planned_for=day)


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The messages in words, each with its rater's link; one that is no longer needed is removed.

    Removed, because the time at which it was dropped would tell that its rater had answered by then.
    """
    raters = FeedbackRater.objects.select_related("round__subject", "round__facilitator")
    found = raters.in_bulk([outgoing.head.about_id for outgoing in batch])
    needed = {
        outgoing.head.pk: _words(rater, MailKind(outgoing.head.step.partition(":")[0]))
        for outgoing in batch
        if (rater := found.get(outgoing.head.about_id)) is not None and _is_needed(outgoing.head, rater)
    }
    Message.objects.filter(pk__in=[outgoing.head.pk for outgoing in batch if outgoing.head.pk not in needed]).delete()
    return needed


def _is_needed(message: Part, rater: FeedbackRater) -> bool:
    if rater.round.state != RoundState.RUNNING or not rater.may_answer:
        return False
    current = [_step(MailKind.INVITATION, rater.link_number)]
    current += [_step(kind, rater.round.closes_on) for kind in REMINDERS]
    return message.step in current


def _words(rater: FeedbackRater, kind: MailKind) -> Words:
    """The message to one rater; plain text, because nothing else is needed to follow a link."""
    round_ = rater.round
    link = link_of(rater.key, rater.link_number)
    if rater.link_hash != hash_of(link):  # the server's secret has been renewed since
        FeedbackRater.objects.filter(pk=rater.pk, link_number=rater.link_number).update(link_hash=hash_of(link))
    reminder = kind != MailKind.INVITATION
    context = {
        "rater": rater,
        "subject": round_.subject,
        "facilitator": round_.facilitator,
        "closes_on": round_.closes_on,
        "minimum": round_.minimum,
        "alone": rater.group == RaterGroup.MANAGER,
        "reminder": reminder,
        "service_name": settings.SERVICE_NAME,
        "link": settings.PUBLIC_URL + reverse("feedback:give", args=[link]),
    }
    return Words(
        to=rater.email,
        subject=f"{'Reminder: f' if reminder else 'F'}eedback for {round_.subject.name}",
        text=render_to_string("feedback/email/invitation.txt", context, using="jinja2"),
    )


# Not in an inbox: raters need no account, and the link is a secret.
KIND = Kind(OUTBOX_KIND, "Invitation or reminder to give feedback", compose, in_inbox=False)
