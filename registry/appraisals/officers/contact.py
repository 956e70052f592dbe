"""What was sent about an appraisal, to whom, and whether it arrived; read from the outbox."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from registry.accounts.models import RoleGrant
from registry.accounts.roles import Role as Held
from registry.appraisals.models import Appraisal, Connection
from registry.appraisals.planning import KIND
from registry.appraisals.schedule import Role, role_of
from registry.nhsuk.dates import long_date
from registry.notifications.models import Message
from registry.notifications.states import MessageState

ESCALATIONS = ("manager", "responsible", "officers")
# Whom a step is for, in words.
CALLED = {
    Role.APPRAISEE: "the person",
    Role.APPRAISER: "the appraiser",
    Role.MANAGER: "the line manager",
    Role.RESPONSIBLE: "the responsible officer",
    Role.OFFICERS: "HR",
}
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
    match step.removesuffix(":appraiser").split(":")[1:]:
        case ["lead", days] if days.isdigit():
            return f"Reminder, {days} {'day' if int(days) == 1 else 'days'} before"
        case ["overdue", number] if number.isdigit():
            return f"Overdue, reminder {number}"
        case [told] if told in ESCALATIONS:
            return "Told that it is overdue"
    return "Message"


def histories(appraisals: Iterable[Appraisal]) -> dict[int, History]:
    """By the appraisal's key, for appraisals that the reader may see; four queries."""
    known = {row.pk: row for row in appraisals}
    told = _messages(known).filter(outcome__in=[MessageState.SENT, MessageState.FAILED])
    last = {row.about_id: row for row in told.order_by("about_id", "-at", "-pk").distinct("about_id")}
    others = list(told.filter(step__regex=f":({'|'.join(ESCALATIONS)})$").order_by("at", "pk"))
    recipients = _Recipients(known, [*last.values(), *others])
    escalated = defaultdict(list)
    for row in others:
        escalated[row.about_id].append(_contact(row, recipients))
    return {key: History(_contact(row, recipients), tuple(_once(escalated[key]))) for key, row in last.items()}


def everything(appraisal: Appraisal) -> Sequence[Contact]:
    """Every message about an appraisal, the newest first; three queries."""
    rows = list(_messages({appraisal.pk: appraisal}).order_by("-planned_for", "-pk"))
    recipients = _Recipients([appraisal.pk], rows)
    return [_contact(row, recipients) for row in rows]


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


def _contact(row: Any, recipients: "_Recipients") -> Contact:
    state = MessageState(row.outcome)
    failed = row.error if state == MessageState.FAILED else ""
    return Contact(row.at or row.planned_for, what(row.step), recipients.of(row), state, failed)


class _Recipients:
    """Who these messages went to, in words; two queries."""

    def __init__(self, appraisals: Iterable[int], rows: Iterable[Message]) -> None:
        connections = Connection.objects.filter(clinician=OuterRef("clinician"), ended_on__isnull=True)
        found = Appraisal.objects.filter(pk__in=list(appraisals)).values_list(
            "pk", "clinician", "clinician__user", "appraiser", "clinician__line_manager",
            "clinician__line_manager__user", Subquery(connections.values("responsible_officer")[:1]),
        )  # fmt: skip
        self.keys = {
            pk: {
                Role.APPRAISEE: {f"c{person}", f"u{account}"},
                Role.APPRAISER: {f"u{appraiser}"},
                Role.MANAGER: {f"c{manager}", f"u{managers_account}"},
                Role.RESPONSIBLE: {f"u{responsible}"},
            }
            for pk, person, account, appraiser, manager, managers_account, responsible in found
        }
        grants = RoleGrant.ever_held_by({row.recipient_id for row in rows if row.recipient_id})
        self.officers = set(grants.filter(role=Held.HR_OFFICER).values_list("user_id", flat=True))

    def of(self, row: Message) -> str:
        """By who they are, because HR is told instead of whoever was not there; the step's own part in it first."""
        meant, keys = role_of(row.step), self.keys[row.about_id]
        for role in (meant, *keys):
            if row.recipient_key in keys.get(role, ()):
                return CALLED[role]
        if meant == Role.OFFICERS or row.recipient_id in self.officers:
            return CALLED[Role.OFFICERS]
        # It went to whoever had the part on that day.
        return f"{CALLED[meant]} at that time"
