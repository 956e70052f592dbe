"""Planned sessions in the calendars of the two."""

import datetime
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from mentoring.models import PlannedSession
from mentoring.sides import other_of
from registry.accounts.calendar import Entry
from registry.accounts.models import User
from registry.kernel.permissions import Permission as P

# How long a session that is over stays in a feed.
KEPT = datetime.timedelta(days=92)


def entry(planned: PlannedSession, reader: User) -> Entry:
    """The entry: the same one, by its `uid`, whenever it is moved."""
    pair = planned.relationship
    return Entry(
        uid=f"{planned.calendar_uid}@{urlsplit(settings.PUBLIC_URL).hostname}",
        sequence=planned.calendar_sequence,
        starts=planned.starts_at,
        ends=planned.starts_at + datetime.timedelta(minutes=planned.minutes),
        title=f"Session with {other_of(pair, reader)}",
        href=reverse("mentoring:sessions", args=[pair.pk]),
        place=planned.place or planned.get_medium_display(),
        cancelled=planned.cancelled_at is not None,
    )


def events(user: User) -> Iterator[Entry]:
    """What is in a person's feed; cancelled ones among it, so that they leave the calendar."""
    rows = PlannedSession.visible_to(user, P.MENTORING_OFFER).filter(starts_at__gte=timezone.now() - KEPT)
    for planned in rows.with_people().order_by("starts_at", "pk"):
        yield entry(planned, user)
