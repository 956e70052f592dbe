"""An appraisal in a calendar: its meeting once one is arranged, until then the day it is due by."""

import datetime
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from registry.accounts import calendar
from registry.accounts.calendar import Entry
from registry.accounts.models import User
from registry.appraisals.models import Appraisal
from registry.appraisals.states import AppraisalState

# Where nobody has said how long a meeting takes.
MEETING = datetime.timedelta(hours=1)


def entry(appraisal: Appraisal, *, for_appraiser: bool = False, taken_out: bool = False) -> Entry:
    """The entry: the same one, by its `uid`, whatever is moved; the database counts its versions.

    `taken_out`: for somebody who has nothing to do with it any more.
    """
    meeting = appraisal.meeting_at
    name = str(appraisal.rule.cycle)
    return Entry(
        uid=f"{appraisal.calendar_uid}@{urlsplit(settings.PUBLIC_URL).hostname}",
        sequence=appraisal.calendar_sequence,
        starts=meeting or appraisal.due_on,
        ends=meeting + MEETING if meeting else None,
        title=f"{name}: meeting" if meeting else f"{name}: due",
        href=reverse("dashboard:home") if taken_out else _page(appraisal, for_appraiser=for_appraiser),
        place=appraisal.meeting_place if meeting else "",
        cancelled=taken_out or appraisal.state == AppraisalState.CANCELLED,
    )


def _page(appraisal: Appraisal, *, for_appraiser: bool) -> str:
    return reverse("appraisals:conduct" if for_appraiser else "appraisals:appraisal", args=[appraisal.pk])


def as_file(appraisal: Appraisal, *, for_appraiser: bool = False, taken_out: bool = False) -> bytes:
    """One appraisal as a calendar file; of one that was cancelled or is `taken_out`, a file that takes it out."""
    return calendar.as_file([entry(appraisal, for_appraiser=for_appraiser, taken_out=taken_out)])


def events(user: User) -> Iterator[Entry]:
    """What is in a person's feed: their own open appraisals, and the meetings and due dates of those they appraise."""
    theirs = Appraisal.objects.still_open().filter(Q(clinician__user=user) | Q(appraiser=user)).distinct()
    for appraisal in theirs.with_people().order_by("due_on", "pk"):
        yield entry(appraisal, for_appraiser=appraisal.clinician.user_id != user.pk)
