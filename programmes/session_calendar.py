"""Sessions in a person's calendar: those of the cohorts they take part in, and of those they teach."""

import datetime
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from programmes.models import CohortTutor, Enrolment, Session
from programmes.states import HOLDING, CohortState
from registry.accounts.calendar import Entry
from registry.accounts.models import User

# How long a session that is over stays in a feed.
KEPT = datetime.timedelta(days=92)


def entry(session: Session, *, href: str) -> Entry:
    """The entry: the same one, by its `uid`, whatever is moved. A cohort that is cancelled cancels each of its own."""
    cohort = session.cohort
    called_off = cohort.state == CohortState.CANCELLED
    return Entry(
        uid=f"{session.calendar_uid}@{urlsplit(settings.PUBLIC_URL).hostname}",
        sequence=session.calendar_sequence + called_off,
        starts=session.starts_at,
        ends=session.ends_at,
        title=f"{cohort.version.programme}: {session.title}",
        href=href,
        place=session.place,
        cancelled=called_off or session.cancelled_at is not None,
    )


def events(user: User) -> Iterator[Entry]:
    """What is in a person's feed; cancelled ones among it, so that they leave the calendar."""
    holding = Enrolment.objects.filter(clinician__user=user, state__in=HOLDING)
    own = dict(holding.values_list("cohort_id", "pk"))
    taught = set(CohortTutor.objects.filter(user=user).values_list("cohort_id", flat=True))
    rows = Session.objects.filter(Q(cohort__in=own) | Q(cohort__in=taught), ends_at__gte=timezone.now() - KEPT)
    for session in rows.select_related("cohort__version__programme").order_by("starts_at", "pk"):
        place = own.get(session.cohort_id)
        yield entry(
            session,
            href=reverse("taking_part:place", args=[place])
            if place
            else reverse("taking_part:cohort", args=[session.cohort_id]),
        )
