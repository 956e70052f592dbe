"""What was sent about an appraisal, to whom, and whether it arrived; read from the outbox."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Coalesce

from registry.appraisals.models import Appraisal
from registry.appraisals.planning import KIND
from registry.nhsuk.dates import long_date
from registry.notifications.models import Message
from registry.notifications.states import MessageState

# Steps at which somebody else is told, and who.
ESCALATIONS = {"manager": "the line manager", "responsible": "the responsible officer", "officers": "HR"}
COLOURS = {
    MessageState.SENT: "green",
    MessageState.FAILED: "red",
    MessageState.DROPPED: "grey",
    MessageState.WAITING: "blue",
    MessageState.SENDING: "blue",
}


@dataclass(frozen=True, slots=True)
class Contact:
    """One message in words: when (planned for, until it is finished), what, to whom, and what became of it."""

    on: datetime.date | datetime.datetime
    what: str
    to: str
    state: MessageState
    error: str = ""

    @property
    def failed(self) -> bool:
        return self.state == MessageState.FAILED

    @property
    def tag(self) -> dict[str, str]:
        return {"text": self.state.label, "colour": COLOURS[self.state]}

    @property
    def words(self) -> str:
        """`3 November 2026: reminder, 28 days before, to the person (could not be delivered)`."""
        outcome = " (could not be delivered)" if self.failed else ""
        return f"{long_date(self.on)}: {self.what[:1].lower()}{self.what[1:]}, to {self.to}{outcome}"


@dataclass(frozen=True, slots=True)
class History:
    """The last message that was sent or failed, and who else was told so far."""

    last: Contact | None = None
    escalations: tuple[Contact, ...] = ()


NOTHING = History()


def what(step: str) -> str:
    """A step in words; its first part is the due date it belongs to."""
    match step.split(":")[1:]:
        case ["lead", days] if days.isdigit():
            return f"Reminder, {days} {'day' if int(days) == 1 else 'days'} before"
        case ["overdue", number] if number.isdigit():
            return f"Overdue, reminder {number}"
        case [told] if told in ESCALATIONS:
            return "Told that it is overdue"
    return "Message"


def histories(appraisals: Iterable[Appraisal]) -> dict[int, History]:
    """By the appraisal's key, for appraisals that the reader may see; two queries."""
    known = {row.pk: row for row in appraisals}
    told = _messages(known).filter(outcome__in=[MessageState.SENT, MessageState.FAILED])
    last = {row.about_id: row for row in told.order_by("about_id", "-at", "-pk").distinct("about_id")}
    escalated = defaultdict(list)
    for row in told.filter(step__regex=f":({'|'.join(ESCALATIONS)})$").order_by("at", "pk"):
        escalated[row.about_id].append(_contact(row, known[row.about_id]))
    return {key: History(_contact(row, known[key]), tuple(_once(escalated[key]))) for key, row in last.items()}


def everything(appraisal: Appraisal) -> Sequence[Contact]:
    """Every message about an appraisal, the newest first; one query."""
    rows = _messages({appraisal.pk: appraisal}).order_by("-planned_for", "-pk")
    return [_contact(row, appraisal) for row in rows]


def _messages(known: dict[int, Appraisal]) -> Any:
    """Of messages that went out as one, each has the state of the one that was sent."""
    rows = Message.objects.filter(kind=KIND, about_id__in=known)
    return rows.annotate(
        outcome=Coalesce("head__state", "state"),
        at=Coalesce("head__finished_at", "finished_at"),
        error=Coalesce("head__last_error", "last_error"),
    )


def _once(contacts: Sequence[Contact]) -> Iterable[Contact]:
    return {contact.to: contact for contact in contacts}.values()


def _contact(row: Any, appraisal: Appraisal) -> Contact:
    state = MessageState(row.outcome)
    failed = row.error if state == MessageState.FAILED else ""
    return Contact(row.at or row.planned_for, what(row.step), _to(row, appraisal), state, failed)


def _to(row: Message, appraisal: Appraisal) -> str:
    told = ESCALATIONS.get(row.step.rpartition(":")[2])
    if told:
        return told
    person = {f"c{appraisal.clinician_id}"} | (
        {f"u{appraisal.clinician.user_id}"} if appraisal.clinician.user_id else set()
    )
    return "the person" if row.recipient_key in person else "the appraiser"
