"""The days a cohort meets: set, moved, cancelled; each change reaches the calendars of whoever takes part."""

import datetime

from django.db import transaction
from django.utils import timezone

from programmes import session_news, steps
from programmes.models import Cohort, Session
from programmes.states import COHORT_OVER
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date

TITLE_LENGTH, PLACE_LENGTH = 120, 200


@transaction.atomic
def add(
    *, cohort: Cohort, title: str, starts_at: datetime.datetime, ends_at: datetime.datetime, place: str = "", by: User
) -> Session:
    """Set a day, within the time of the cohort."""
    held = _run(cohort.pk, by)
    wanted = _wanted(held, title, starts_at, ends_at, place)
    row = Session.objects.create(cohort=held, **wanted)
    session_news.tell(row)
    _trace("added", row, by)
    return row


@transaction.atomic
def change(
    *, session: Session, title: str, starts_at: datetime.datetime, ends_at: datetime.datetime, place: str = "", by: User
) -> Session:
    """Move a session, or call it something else; whoever was noted as present stays so."""
    held = _run(session.cohort_id, by)
    row = _standing(held, session)
    wanted = _wanted(held, title, starts_at, ends_at, place)
    if all(getattr(row, name) == value for name, value in wanted.items()):
        return row
    if row.attendances.exists() and starts_at > timezone.now():
        raise Invalid("Attendance is noted already, so it has taken place.", field="day")
    for name, value in wanted.items():
        setattr(row, name, value)
    _save(row, *wanted)
    _trace("changed", row, by)
    return row


@transaction.atomic
def cancel(*, session: Session, by: User) -> Session:
    """Call a session off, before anybody was noted as present."""
    held = _run(session.cohort_id, by)
    row = _standing(held, session)
    if row.attendances.exists():
        raise WrongState("Attendance is noted already, so it has taken place.")
    row.cancelled_at = timezone.now()
    _save(row, "cancelled_at")
    _trace("cancelled", row, by)
    return row


def _save(row: Session, *names: str) -> None:
    row.calendar_sequence += 1
    row.save(update_fields=[*names, "calendar_sequence"])
    session_news.tell(row)


def _run(cohort_id: int, by: User) -> Cohort:
    held = steps.locked(cohort_id)
    steps.require(by, P.PROGRAMME_MANAGE, held.organisation_id)
    if held.state in COHORT_OVER:
        raise WrongState("This cohort is over.")
    return held


def _standing(held: Cohort, session: Session) -> Session:
    row: Session = held.sessions.select_for_update(no_key=True).get(pk=session.pk)
    row.cohort = held
    if row.cancelled_at:
        raise WrongState("This session has been cancelled.")
    return row


def _wanted(
    held: Cohort, title: str, starts_at: datetime.datetime, ends_at: datetime.datetime, place: str
) -> dict[str, object]:
    day = timezone.localdate(starts_at)
    if not held.starts_on <= day <= held.ends_on:
        first, last = long_date(held.starts_on), long_date(held.ends_on)
        raise Invalid(f"The day must be between {first} and {last}, when the cohort runs.", field="day")
    if ends_at <= starts_at:
        raise Invalid("It must end later than it starts.", field="ends")
    return {
        "title": steps.worded(title, field="title", needed="Say what the session is called.", most=TITLE_LENGTH),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place": steps.worded(place, field="place", most=PLACE_LENGTH),
    }


def _trace(what: str, row: Session, by: User) -> None:
    detail = {"cohort": row.cohort_id, "starts_at": row.starts_at.isoformat()}
    record(f"programme.session_{what}", row, by=by, organisation_id=row.cohort.organisation_id, detail=detail)
