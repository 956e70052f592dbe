"""Messages about sessions: that one is new, moved or cancelled, with the calendar entry that says so."""

from collections.abc import Collection, Mapping, Sequence

from django.urls import reverse
from django.utils import timezone

from programmes import session_calendar
from programmes.models import Enrolment, Session
from programmes.states import CohortState
from registry.accounts import calendar
from registry.accounts.letters import from_template, to_user
from registry.accounts.models import User
from registry.nhsuk.dates import long_date_time
from registry.notifications import outbox
from registry.notifications.kinds import Attachment, Kind, Outgoing, Words

KIND_NAME = "programme_session"


def tell(session: Session) -> None:
    """Put down a message to whoever takes part; in the transaction that changed it, with the cohort locked.

    Of sessions set before the programme starts nobody is told one by one: they are on the person's page.
    """
    new = session.calendar_sequence == 0
    if new and session.cohort.state != CohortState.RUNNING:
        return
    people = session.cohort.enrolments.taking_part().exclude(clinician__user=None)
    outbox.add(
        to_user(
            user_id,
            KIND_NAME,
            session.pk,
            f"version:{session.calendar_sequence}",
            organisation_id=session.cohort.organisation_id,
        )
        for user_id in people.values_list("clinician__user", flat=True)
    )


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out are those of an earlier version, and to people who left."""
    heads = [outgoing.head for outgoing in batch]
    rows = Session.objects.filter(pk__in={head.about_id for head in heads})
    sessions = {row.pk: row for row in rows.select_related("cohort__version__programme", "cohort__organisation")}
    readers = User.objects.filter(is_active=True).in_bulk({head.recipient_id for head in heads})
    cohorts = {row.cohort_id for row in sessions.values()}
    holders = Enrolment.objects.taking_part().filter(cohort__in=cohorts, clinician__user__in=readers)
    found = holders.values_list("clinician__user", "cohort", "pk")
    places: dict[tuple[int | None, int], int] = {(user, cohort): pk for user, cohort, pk in found}
    words = {}
    for head in heads:
        session, reader = sessions.get(head.about_id), readers.get(head.recipient_id)
        place = places.get((head.recipient_id, session.cohort_id)) if session else None
        if session and reader and place and head.step == f"version:{session.calendar_sequence}":
            words[head.pk] = _words(session, reader, place)
    return words


def _words(session: Session, reader: User, place: int) -> Words:
    href = reverse("taking_part:place", args=[place])
    when = long_date_time(session.starts_at)
    if session.cancelled_at:
        subject = f"The session on {when} is cancelled"
    else:
        subject = f"{'Changed' if session.calendar_sequence else 'New'} session on {when}"
    entry = calendar.as_file([session_calendar.entry(session, href=href)])
    attachments = (Attachment("calendar.ics", entry, "text/calendar"),)
    context = {"session": session}
    return from_template(reader, subject, "programmes/email/session.txt", context, href=href, attachments=attachments)


def over(sessions: Collection[int]) -> Collection[int]:
    """Those of these sessions about which nothing will be said any more: over, cancelled or gone."""
    still = Session.objects.filter(pk__in=sessions, cancelled_at=None, ends_at__gte=timezone.now())
    return set(sessions) - set(still.values_list("pk", flat=True))


KIND = Kind(KIND_NAME, "Session of a programme", compose, is_over=over)
