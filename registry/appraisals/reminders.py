"""Reminders in words: what is still needed of a message when it is sent, as one text for one thing or for several."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from registry.accounts.models import User
from registry.accounts.roles import Role as Held
from registry.appraisals import calendar
from registry.appraisals.meetings import over
from registry.appraisals.models import Appraisal, Connection
from registry.appraisals.planning import KIND as KIND_NAME
from registry.appraisals.schedule import Role, role_of
from registry.appraisals.states import OPEN, SIGNED, WRITABLE, CycleKind
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.nhsuk.dates import long_date
from registry.notifications.kinds import Attachment, Kind, Outgoing, Part, Words

NOUNS = {
    CycleKind.APPRAISAL: ("an appraisal", "appraisal", "appraisals"),
    CycleKind.REVIEW: ("a review", "review", "reviews"),
    CycleKind.REVALIDATION: ("a revalidation", "revalidation", "revalidations"),
    CycleKind.RENEWAL: ("a renewal of registration", "renewal of registration", "renewals of registration"),
}
# A message names so many and then counts: the rest is in the registry.
MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One appraisal in a message, and as what its reader hears of it."""

    appraisal: Appraisal
    role: Role
    href: str
    # Whoever should have been told and is not in the registry.
    instead_of: str = ""

    @property
    def overdue(self) -> bool:
        """Whether its last day is over."""
        return self.appraisal.due_on < today()

    @property
    def may_be_put_off(self) -> bool:
        """Whether its reader can ask for a later date (`preparing.ask_to_postpone`)."""
        appraisal = self.appraisal
        return self.role == Role.APPRAISEE and appraisal.rule.cycle.kind in SIGNED and appraisal.state in WRITABLE

    @property
    def nouns(self) -> tuple[str, str, str]:
        """What it is: with its article, alone, and several of them."""
        return NOUNS[CycleKind(self.appraisal.rule.cycle.kind)]

    @property
    def when(self) -> str:
        """By when, in words that go on from its name."""
        return f"{'was' if self.overdue else 'is'} due by {long_date(self.appraisal.due_on)}"


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages, in as many queries for one as for many.

    Left out are messages of which nothing is needed any more: each appraisal is done, cancelled or due on another
    day, or the recipient has nothing to do with it now.
    """
    facts = _Facts(batch)
    words = {}
    for outgoing in batch:
        to = facts.address(outgoing.head)
        lines = facts.lines(outgoing)
        if lines:
            made = _words(lines, to=to, name=facts.name(outgoing.head), rest=outgoing.more)
            words[outgoing.head.pk] = replace(made, left_out=facts.left_out(outgoing))
    return words


class _Facts:
    """What a batch is about, read at once."""

    def __init__(self, batch: Sequence[Outgoing]) -> None:
        parts = [part for outgoing in batch for part in outgoing.parts]
        appraisals = Appraisal.objects.filter(pk__in={part.about_id for part in parts}, state__in=OPEN)
        self.appraisals = {
            row.pk: row
            for row in appraisals.with_people().select_related("clinician__user", "clinician__line_manager__user")
        }
        of = {row.clinician_id for row in self.appraisals.values()}
        connections = Connection.objects.filter(clinician__in=of, ended_on__isnull=True)
        connected = {
            clinician: (officer, body)
            for clinician, officer, body in connections.values_list(
                "clinician_id", "responsible_officer_id", "designated_body_id"
            )
            if officer
        }
        reach = User.reaching(
            Held.RESPONSIBLE_OFFICER, {officer for officer, _ in connected.values()}, {b for _, b in connected.values()}
        )
        self.responsible = {clinician: pair[0] for clinician, pair in connected.items() if pair in reach}
        self.appraisers = User.active_holders(
            Held.APPRAISER, {row.appraiser_id for row in self.appraisals.values() if row.appraiser_id}
        )
        self.users = User.objects.in_bulk({part.recipient_id for part in parts if part.recipient_id})
        self.clinicians = Clinician.objects.select_related("user").in_bulk(
            {int(part.recipient_key[1:]) for part in parts if part.recipient_id is None}
        )
        self.officers = User.reaching(
            Held.HR_OFFICER, self.users, {row.clinician.organisation_id for row in self.appraisals.values()}
        )

    def address(self, head: Part) -> str:
        """Where the message goes now: to the account, also of somebody who had none when it was planned."""
        if head.recipient_id is not None:
            user = self.users.get(head.recipient_id)
            return user.email if user is not None and user.is_active else ""
        clinician = self._clinician(head)
        user = clinician.user if clinician else None
        return user.email if user is not None and user.is_active else (clinician.email if clinician else "")

    def name(self, head: Part) -> str:
        """Whom the message greets."""
        person = self.users.get(head.recipient_id) if head.recipient_id is not None else self._clinician(head)
        return person.name if person is not None else ""

    def lines(self, outgoing: Outgoing) -> list[Line]:
        """What is still needed of a message: each appraisal once for each part the reader has in it, oldest first."""
        found: dict[tuple[int, str], Line] = {}
        for line in filter(None, map(self.line, outgoing.parts)):
            found[line.appraisal.pk, section_of(line.role)] = line
        return sorted(found.values(), key=lambda line: (line.appraisal.due_on, line.appraisal.pk))

    def left_out(self, outgoing: Outgoing) -> tuple[int, ...]:
        """The parts that are not needed any more, or not by this reader."""
        return tuple(part.pk for part in outgoing.parts if self.line(part) is None)

    def line(self, part: Part) -> Line | None:
        """What is said of one part; None where it is not needed any more, or not by this reader."""
        appraisal = self.appraisals.get(part.about_id)
        if appraisal is None or not part.step.startswith(f"{appraisal.due_on.isoformat()}:"):
            return None
        return self._line(part, appraisal)

    def _line(self, part: Part, appraisal: Appraisal) -> Line | None:
        role, person = role_of(part.step), appraisal.clinician
        if part.recipient_key in self._keys(role, appraisal):
            if role == Role.APPRAISEE:
                return Line(appraisal, role, reverse("appraisals:appraisal", args=[appraisal.pk]))
            if role == Role.APPRAISER:
                return Line(appraisal, role, reverse("appraisals:conduct", args=[appraisal.pk]))
            return Line(appraisal, role, reverse("officers:doctors") if role == Role.RESPONSIBLE else "")
        if (part.recipient_id, person.organisation_id) in self.officers:
            missing = "" if role == Role.OFFICERS or self._keys(role, appraisal) else MISSING[role]
            if missing and role == Role.APPRAISER and appraisal.appraiser_id:
                missing = NO_LONGER_APPRAISER
            return Line(appraisal, Role.OFFICERS, reverse("officers:overdue"), missing)
        return None

    def _keys(self, role: Role, appraisal: Appraisal) -> set[str]:
        """The recipient keys of whoever has this part in it now, and still holds the role it needs."""
        person = appraisal.clinician
        if role == Role.APPRAISEE:
            return _keys_of(person)
        if role == Role.MANAGER:
            return _keys_of(person.line_manager)
        if role == Role.APPRAISER:
            return {f"u{appraisal.appraiser_id}"} if appraisal.appraiser_id in self.appraisers else set()
        user_id = self.responsible.get(person.pk)
        return {f"u{user_id}"} if user_id and role == Role.RESPONSIBLE else set()

    def _clinician(self, head: Part) -> Clinician | None:
        return self.clinicians.get(int(head.recipient_key[1:]))


MISSING = {
    Role.APPRAISEE: "has no address in the registry, so nobody reminds them",
    Role.APPRAISER: "has no appraiser",
    Role.MANAGER: "has no line manager in the registry",
    Role.RESPONSIBLE: "has no responsible officer in the registry",
}
NO_LONGER_APPRAISER = "has an appraiser who does not hold the role any more"


def section_of(role: Role) -> str:
    """Under which heading of a message something stands: one's own, one's appraisees', or other people's."""
    return {Role.APPRAISEE: "own", Role.APPRAISER: "appraisees"}.get(role, "others")


def _keys_of(person: Clinician | None) -> set[str]:
    if person is None:
        return set()
    user = person.user
    account = {f"u{user.pk}"} if user is not None and user.is_active else set()
    return account | ({f"c{person.pk}"} if account or person.email else set())


def _words(lines: list[Line], *, to: str, name: str, rest: int) -> Words:
    """`rest` is how many more reminders there are, needed still or not."""
    sections: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        sections[section_of(line.role)].append(line)
    subject = _subject(lines, rest=rest)
    # One place to go to, where all of it is there.
    hrefs = {line.href for line in lines}
    href = hrefs.pop() if len(hrefs) == 1 else ""
    href = href or reverse("dashboard:home")
    single = lines[0] if len(lines) == 1 and not rest and lines[0].role in {Role.APPRAISEE, Role.APPRAISER} else None
    context = {
        "name": name,
        "subject": subject,
        "line": single,
        "sections": {key: rows[:MOST_NAMED] for key, rows in sections.items()},
        "more": {key: len(rows) - MOST_NAMED for key, rows in sections.items() if len(rows) > MOST_NAMED},
        "rest": rest,
        "url": settings.PUBLIC_URL,
        "href": href,
        "statutory": all(line.appraisal.rule.cycle.statutory for line in lines),
        "settings_href": settings.PUBLIC_URL + reverse("message_settings"),
        "service_name": settings.SERVICE_NAME,
    }
    return Words(
        to=to,
        name=name,
        organisations=frozenset(line.appraisal.clinician.organisation_id for line in lines),
        subject=subject,
        text=render_to_string("reminders/email/reminder.txt", context, using="jinja2").strip() + "\n",
        html=render_to_string("reminders/email/reminder.html", context, using="jinja2"),
        attachments=_attachments(single),
        href=href,
    )


def _subject(lines: list[Line], *, rest: int) -> str:
    """Without anybody's name, because subjects are read over shoulders."""
    first = lines[0]
    if not rest and len(lines) == 1 and first.role == Role.APPRAISEE:
        return f"Your {first.nouns[1]} {first.when}"
    if not rest and len(lines) == 1 and first.role == Role.APPRAISER:
        return f"{first.nouns[0].capitalize()} you carry out {first.when}"
    count = len({line.appraisal.pk for line in lines})
    kinds = {line.nouns for line in lines}
    _, one, several = kinds.pop() if len(kinds) == 1 else NOUNS[CycleKind.APPRAISAL]
    if rest:
        return f"{count} or more {several} are due or overdue"
    state = "overdue" if all(line.overdue for line in lines) else "due or overdue"
    if not any(line.overdue for line in lines):
        state = "due"
    return f"{count} {one if count == 1 else several} {'is' if count == 1 else 'are'} {state}"


def _attachments(single: Line | None) -> tuple[Attachment, ...]:
    """The calendar entry, where the message is about one thing that lies ahead."""
    if single is None or (single.overdue and single.appraisal.meeting_at is None):
        return ()
    return (
        Attachment(
            "calendar.ics",
            calendar.as_file(single.appraisal, for_appraiser=single.role == Role.APPRAISER),
            "text/calendar",
        ),
    )


KIND = Kind(KIND_NAME, "Reminder of an appraisal, a revalidation or a renewal", compose, is_over=over)
