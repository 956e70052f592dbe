"""Messages about a meeting: that it is set, moved or called off, with the calendar entry that says so."""

from collections.abc import Collection, Mapping, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from registry.accounts.letters import from_template, to_user, with_readers
from registry.accounts.models import User
from registry.appraisals import calendar
from registry.appraisals.models import Appraisal
from registry.appraisals.states import OPEN, AppraisalState
from registry.nhsuk.dates import long_date_time
from registry.notifications import outbox
from registry.notifications.kinds import Attachment, Kind, Outgoing, Words
from registry.notifications.models import Message

KIND_NAME = "appraisal_meeting"


def tell(*appraisals: Appraisal, before: Mapping[int, int | None] | None = None) -> None:
    """Put down a message to both about what is in their calendars now; in the transaction that changed it.

    One to each for each version of the entry (`calendar_sequence`), and one to the appraiser `before`, by the
    appraisal's key, in whose calendar it is no longer. People without an account hear of it from their appraiser.
    """
    keys = [appraisal.pk for appraisal in appraisals]
    now = {row.pk: row for row in Appraisal.objects.filter(pk__in=keys).select_related("clinician")}
    outbox.add(
        to_user(
            user_id,
            KIND_NAME,
            row.pk,
            f"version:{row.calendar_sequence}",
            organisation_id=row.clinician.organisation_id,
        )
        for row in now.values()
        for user_id in {row.clinician.user_id, row.appraiser_id, (before or {}).get(row.pk)}
        if user_id is not None
    )


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out is one that a newer one to the same person has overtaken.

    Whoever has nothing to do with the appraisal any more has its entry taken out, where it was put in.
    """
    about = {outgoing.head.about_id for outgoing in batch}
    rows = Appraisal.objects.filter(pk__in=about).with_people().select_related("clinician__user")
    appraisals = {row.pk: row for row in rows}
    newest = {
        (about_id, recipient): pk
        for about_id, recipient, pk in Message.objects.filter(kind=KIND_NAME, about_id__in=about)
        .order_by("pk")
        .values_list("about_id", "recipient_id", "pk")
    }
    words = {}
    for head, reader in with_readers(batch):
        appraisal = appraisals[head.about_id]
        if newest[head.about_id, head.recipient_id] != head.pk:
            continue
        if reader.pk in (appraisal.appraiser_id, appraisal.clinician.user_id):
            words[head.pk] = _words(appraisal, reader, conducts=reader.pk == appraisal.appraiser_id)
        elif reader.is_active:
            words[head.pk] = _farewell(appraisal, reader)
    return words


def _farewell(appraisal: Appraisal, reader: User) -> Words:
    """To somebody who does not carry it out any more; nothing to go to, because it is not theirs to see."""
    context = {"name": reader.name, "appraisal": appraisal, "service_name": settings.SERVICE_NAME}
    entry = calendar.as_file(appraisal, for_appraiser=True, taken_out=True)
    return Words(
        to=reader.email,
        name=reader.name,
        organisations=frozenset({appraisal.clinician.organisation_id}),
        subject="An appraisal meeting is not yours any more",
        text=render_to_string("reminders/email/not_yours.txt", context, using="jinja2").strip() + "\n",
        attachments=(Attachment("calendar.ics", entry, "text/calendar"),),
    )


def _words(appraisal: Appraisal, reader: User, *, conducts: bool) -> Words:
    cancelled = appraisal.state == AppraisalState.CANCELLED
    if cancelled:
        subject = "An appraisal is cancelled"
    elif appraisal.meeting_at:
        subject = f"Appraisal meeting on {long_date_time(appraisal.meeting_at)}"
    else:
        subject = "An appraisal meeting is called off"
    href = reverse("appraisals:conduct" if conducts else "appraisals:appraisal", args=[appraisal.pk])
    context = {
        "appraisal": appraisal,
        "other": appraisal.clinician.name if conducts else appraisal.appraiser.name if appraisal.appraiser else "",
        "cancelled": cancelled,
    }
    entry = calendar.as_file(appraisal, for_appraiser=conducts)
    return from_template(
        reader,
        subject,
        "reminders/email/meeting.txt",
        context,
        href=href,
        organisations=frozenset({appraisal.clinician.organisation_id}),
        attachments=(Attachment("calendar.ics", entry, "text/calendar"),),
    )


def over(appraisals: Collection[int]) -> Collection[int]:
    """Those of these appraisals about which nothing will be planned any more: done, cancelled or gone."""
    still = Appraisal.objects.filter(pk__in=appraisals, state__in=OPEN).values_list("pk", flat=True)
    return set(appraisals) - set(still)


KIND = Kind(KIND_NAME, "Meeting of an appraisal", compose, is_over=over)
