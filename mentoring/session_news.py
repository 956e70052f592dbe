"""Messages about the next session of a pair: that it is planned, moved or cancelled, with the calendar entry."""

from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone

from mentoring import session_calendar
from mentoring.models import PlannedSession
from mentoring.sides import other_of
from mentoring.states import RelationshipState
from registry.accounts import calendar
from registry.accounts.letters import from_template, to_user, with_readers
from registry.accounts.models import User
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date_time
from registry.notifications import outbox
from registry.notifications.kinds import Attachment, Kind, Outgoing, Words

KIND_NAME = "mentoring_session"


def tell(planned: PlannedSession) -> None:
    """Put down a message to both; of no organisation, so that no officer sees who meets whom."""
    pair = planned.relationship
    outbox.add(
        to_user(user_id, KIND_NAME, planned.pk, f"version:{planned.calendar_sequence}", organisation_id=None)
        for user_id in (pair.mentor.user_id, pair.clinician.user_id)
        if user_id is not None
    )


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out are those of an earlier version."""
    found = PlannedSession.objects.with_people().in_bulk({outgoing.head.about_id for outgoing in batch})
    able = User.able(P.MENTORING_OFFER, {outgoing.head.recipient_id for outgoing in batch})
    words = {}
    for head, reader in with_readers(batch):
        planned = found.get(head.about_id)
        if planned and reader.pk in able and head.step == f"version:{planned.calendar_sequence}":
            words[head.pk] = _words(planned, reader)
    return words


def _words(planned: PlannedSession, reader: User) -> Words:
    other, when = other_of(planned.relationship, reader), long_date_time(planned.starts_at)
    subject = f"Your session with {other} is on {when}"
    if planned.cancelled_at:
        subject = f"Your session with {other} on {when} is cancelled"
    elif planned.calendar_sequence:
        subject = f"Your session with {other} has changed: {when}"
    entry = session_calendar.entry(planned, reader)
    attachments = (Attachment("calendar.ics", calendar.as_file([entry]), "text/calendar"),)
    context = {"planned": planned, "other": other}
    return from_template(
        reader, subject, "mentoring/email/session.txt", context, href=entry.href, attachments=attachments
    )


def over(planned: Collection[int]) -> Collection[int]:
    """Those of these sessions about which nothing will be said any more: over, cancelled, or mentoring has ended."""
    still = PlannedSession.objects.filter(
        pk__in=planned, cancelled_at=None, starts_at__gte=timezone.now(), relationship__state=RelationshipState.ACTIVE
    )
    return set(planned) - set(still.values_list("pk", flat=True))


KIND = Kind(KIND_NAME, "Mentoring session", compose, is_over=over)
