"""Check-ins of supporters: which days are suggested, who is reminded when, and the dates a fellow may see."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from programmes.models import CheckIn, Enrolment
from programmes.states import COHORT_OVER, EnrolmentState
from registry.accounts.letters import from_template, to_user
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Part, Words
from registry.notifications.models import Message

KIND_NAME = "programme_check_in"
EVERY = datetime.timedelta(weeks=4)
# A supporter is reminded three days ahead, and again when a week has passed without a note that it took place.
STEPS = (("ahead", -3), ("late", 7))
# So many are suggested at once: those of a programme of two years.
MOST = 26


def suggested(enrolment: Enrolment) -> list[datetime.date]:
    """The days to propose: every four weeks after the last one there is, from today to the end of the cohort."""
    cohort = enrolment.cohort
    last = enrolment.check_ins.filter(supporter=enrolment.supporter_id).order_by("-planned_on").first()
    day = last.planned_on + EVERY if last else max(cohort.starts_on, today()) + EVERY
    day = max(day, today())
    found: list[datetime.date] = []
    while day <= cohort.ends_on and len(found) < MOST:
        found.append(day)
        day += EVERY
    return found


def dates(enrolment: Enrolment) -> list[tuple[datetime.date, datetime.date | None]]:
    """When check-ins are planned for and took place: all that the fellow is shown of them."""
    return list(enrolment.check_ins.filter(supporter=enrolment.supporter_id).values_list("planned_on", "held_on"))


def plan_reminders(day: datetime.date) -> int:
    """Put down the reminders due on this day; those that were put down before stay as they are. Answers how many.

    Nobody is reminded who cannot support people any more, and of nobody whose cohort is over.
    """
    waiting = CheckIn.objects.filter(held_on=None, enrolment__state=EnrolmentState.ENROLLED)
    waiting = waiting.exclude(enrolment__cohort__state__in=COHORT_OVER).filter(enrolment__supporter=F("supporter"))
    planned: list[Message] = []
    for name, after in STEPS:
        due = waiting.filter(planned_on__lte=day - datetime.timedelta(days=after))
        if name == "ahead":
            due = due.filter(planned_on__gte=day)
        step = Concat(Value(f"{name}:"), Cast(OuterRef("planned_on"), CharField()))
        told = Message.objects.filter(kind=KIND_NAME, about_id=OuterRef("pk"), step=step)
        planned += [_message(row, name, day) for row in due.filter(~Exists(told)).order_by("pk")]
    able = User.able(Permission.FELLOW_SUPPORT, {message.recipient_id for message in planned})
    planned = [message for message in planned if message.recipient_id in able]
    outbox.add(planned)
    return len(planned)


def _message(row: CheckIn, name: str, day: datetime.date) -> Message:
    """Of no organisation: no officer sees who was reminded of whom."""
    step = f"{name}:{row.planned_on}"
    return to_user(row.supporter_id, KIND_NAME, row.pk, step, organisation_id=None, planned_for=day)


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out is one about a check-in that was held, moved, or is not theirs any more."""
    heads = [outgoing.head for outgoing in batch]
    rows: Any = CheckIn.objects.select_related("enrolment__clinician", "enrolment__cohort", "supporter")
    # Neither note nor flag is read for a message.
    found = rows.defer("note", "worried").in_bulk({head.about_id for head in heads})
    able = User.able(Permission.FELLOW_SUPPORT, {head.recipient_id for head in heads})
    return {
        head.pk: _words(row)
        for head in heads
        if (row := found.get(head.about_id)) is not None and head.recipient_id in able and _is_needed(head, row)
    }


def _is_needed(head: Part, row: CheckIn) -> bool:
    place = row.enrolment
    mine = head.recipient_id == row.supporter_id == place.supporter_id
    open_ = row.held_on is None and place.state == EnrolmentState.ENROLLED and place.cohort.state not in COHORT_OVER
    return mine and open_ and head.step.partition(":")[2] == str(row.planned_on)


def _words(row: CheckIn) -> Words:
    href = reverse("taking_part:fellow", args=[row.enrolment_id])
    late = row.planned_on < today()
    context = {"fellow": row.enrolment.clinician.name, "on": row.planned_on, "late": late}
    day = long_date(row.planned_on)
    subject = f"Did your check-in of {day} take place?" if late else f"A check-in is planned for {day}"
    return from_template(row.supporter, subject, "programmes/email/check_in.txt", context, href=href)


def over(check_ins: Collection[int]) -> Collection[int]:
    """Those of these check-ins about which nothing will be said any more: held or gone, or the cohort is over."""
    still = CheckIn.objects.filter(pk__in=check_ins, held_on=None).exclude(enrolment__cohort__state__in=COHORT_OVER)
    return set(check_ins) - set(still.values_list("pk", flat=True))


KIND = Kind(KIND_NAME, "Check-in with a fellow", compose, is_over=over)
