"""The session log of a pair: writing sessions down, and planning, moving and cancelling the next one."""

import datetime
import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from mentoring import session_news, session_steps
from mentoring.actions.notes import put_note
from mentoring.models import MentoringSession, PlannedSession, Relationship
from mentoring.models.sessions import PLACE_LENGTH
from registry.accounts.models import User
from registry.audit.record import record
from registry.competency.development.steps import worded
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.nhsuk.dates import long_date, long_date_time
from registry.nhsuk.seen import Stale, mark
from registry.session_log.checking import check_medium, check_minutes, checked_themes

FURTHEST = datetime.timedelta(days=366)


@transaction.atomic
def log_session(
    *,
    relationship: Relationship,
    held_on: datetime.date,
    minutes: int,
    medium: str,
    themes: Collection[str] = (),
    note: str = "",
    shared: bool = False,
    next_on: datetime.date | None = None,
    next_at: datetime.time | None = None,
    token: uuid.UUID | None = None,
    seen: str | None = None,
    by: User,
) -> MentoringSession:
    """Write down that the two met, with a note and the next date where there are any.

    The same `token` and day again write nothing more; another day on the same page (by the Back button) is another
    session. Raises NotAllowed for anybody but the two, Invalid for a day that
    cannot be or is logged already, WrongState once mentoring is over for long, Stale where the next
    session is another by now (`seen` is the mark of what the page showed).
    """
    row = session_steps.to_log(relationship.pk, by)
    token = token or uuid.uuid4()
    before: MentoringSession | None = row.sessions.filter(token=token, held_on=held_on).first()
    if before is not None:
        return before
    said = _checked(row, held_on, minutes, medium, themes)
    made = MentoringSession.objects.create(relationship=row, token=token, logged_by=by, **said)
    if note.strip():
        put_note(session=made, text=note, field="note", shared=shared, by=by)
    if next_on is not None or next_at is not None:
        if row.ended_at is not None:
            raise Invalid("Mentoring has ended, so there is no next session.", field="next_on")
        starts_at = _moment(next_on, next_at, ("next_on", "next_at"))
        _set_next(row, starts_at, {"minutes": minutes, "medium": medium}, by, seen=seen, changes=False)
    _trace("logged", made, row, by)
    return made


@transaction.atomic
def change_session(
    *,
    session: MentoringSession,
    held_on: datetime.date,
    minutes: int,
    medium: str,
    themes: Collection[str] = (),
    by: User,
) -> MentoringSession:
    """Put right what one logged oneself."""
    row, stored = _own(session, by)
    for name, value in _checked(row, held_on, minutes, medium, themes, but=stored.pk).items():
        setattr(stored, name, value)
    stored.save(update_fields=["held_on", "minutes", "medium", "themes"])
    _trace("changed", stored, row, by)
    return stored


@transaction.atomic
def remove_session(*, session: MentoringSession, by: User) -> None:
    """Take off the log what one logged oneself; one's own notes of it go with it.

    Raises WrongState where the other one wrote a note about it: that is not one's own to take away.
    """
    row, stored = _own(session, by)
    if stored.notes.exclude(author=by).exists():
        raise WrongState("This session has a note that is not yours, so it stays on the log.")
    _trace("removed", stored, row, by)
    stored.delete()


@transaction.atomic
def plan_next(
    *,
    relationship: Relationship,
    day: datetime.date,
    time: datetime.time,
    minutes: int,
    medium: str,
    place: str = "",
    seen: str | None = None,
    by: User,
) -> PlannedSession:
    """Plan the next session of the two, or move the one that is planned; both get it for their calendars.

    Raises Stale where it is another by now (`seen` is the mark of what the page showed).
    """
    row = session_steps.to_plan(relationship.pk, by)
    check_minutes(minutes)
    check_medium(medium)
    place = worded(place, field="place", most=PLACE_LENGTH)
    starts_at = _moment(day, time, ("day", "time"))
    return _set_next(row, starts_at, {"minutes": minutes, "medium": medium, "place": place}, by, seen=seen)


def mark_of_next(relationship: Relationship) -> str:
    """A mark of the session that is planned, and as it is."""
    return _mark(_planned(relationship))


@transaction.atomic
def cancel_next(*, relationship: Relationship, by: User) -> None:
    """Call the next session off; it leaves both calendars."""
    row = session_steps.to_plan(relationship.pk, by)
    if not call_off(row, by):
        raise WrongState("No session is planned any more.")


def call_off(row: Relationship, by: User) -> bool:
    """Cancel the session to come of a pair under way, locked, and tell both; whether there was one."""
    planned: PlannedSession | None = row.planned.to_come().first()
    if planned is None:
        return False
    planned.cancelled_at, planned.is_next = timezone.now(), False
    planned.calendar_sequence += 1
    planned.save(update_fields=["cancelled_at", "is_next", "calendar_sequence"])
    _announce("cancelled", planned, row, by)
    return True


def _planned(row: Relationship) -> PlannedSession | None:
    found: PlannedSession | None = row.planned.filter(is_next=True).first()
    return found


def _mark(planned: PlannedSession | None) -> str:
    return mark(planned and (planned.pk, planned.calendar_sequence))


def _set_next(
    row: Relationship,
    starts_at: datetime.datetime,
    agreed: dict[str, object],
    by: User,
    *,
    seen: str | None,
    changes: bool = True,
) -> PlannedSession:
    """The next session at this time; unless `changes`, what else was agreed of one that is planned stays."""
    planned, wanted = _planned(row), {"starts_at": starts_at} | (agreed if changes else {})
    if planned is not None and all(getattr(planned, name) == value for name, value in wanted.items()):
        return planned
    if seen is not None and seen != _mark(planned):
        now = f"is on {long_date_time(planned.starts_at)}" if planned else "is cancelled"
        raise Stale(f"Your next session was changed since you opened the page: it {now}.")
    if planned is not None and planned.starts_at < timezone.now():
        planned.is_next = False
        planned.save(update_fields=["is_next"])
        planned = None
    if planned is None:
        planned = PlannedSession.objects.create(relationship=row, starts_at=starts_at, **agreed)
        _announce("planned", planned, row, by)
        return planned
    for name, value in wanted.items():
        setattr(planned, name, value)
    planned.calendar_sequence += 1
    planned.save(update_fields=[*wanted, "calendar_sequence"])
    _announce("moved", planned, row, by)
    return planned


def _moment(day: datetime.date | None, time: datetime.time | None, names: tuple[str, str]) -> datetime.datetime:
    """The time of a session to come; `names` are the fields that ask for day and time."""
    if day is None:
        raise Invalid("Enter the day of the next session as well.", field=names[0])
    last = today() + FURTHEST
    if not today() <= day <= last:
        raise Invalid(f"The day must be between today and {long_date(last)}.", field=names[0])
    if time is None:
        raise Invalid("Enter the time of the next session as well.", field=names[1])
    starts_at = timezone.make_aware(datetime.datetime.combine(day, time))
    if starts_at <= timezone.now():
        raise Invalid("The time must be in the future.", field=names[1])
    return starts_at


def _checked(
    row: Relationship,
    held_on: datetime.date,
    minutes: int,
    medium: str,
    themes: Collection[str],
    *,
    but: int = 0,
) -> dict[str, object]:
    first = timezone.localdate(row.started_at)
    last = today() if row.ended_at is None else timezone.localdate(row.ended_at)
    if held_on > today():
        raise Invalid("The day must be today or in the past.", field="held_on")
    if not first <= held_on <= last:
        between = f"between {long_date(first)} and {long_date(last)}"
        raise Invalid(f"The day must be {between}, when mentoring was under way.", field="held_on")
    if row.sessions.filter(held_on=held_on).exclude(pk=but).exists():
        raise Invalid("A session on this day is logged already.", field="held_on")
    check_minutes(minutes)
    check_medium(medium)
    return {"held_on": held_on, "minutes": minutes, "medium": medium, "themes": checked_themes(themes)}


def _own(session: MentoringSession, by: User) -> tuple[Relationship, MentoringSession]:
    row = session_steps.to_log(session.relationship_id, by)
    stored: MentoringSession | None = row.sessions.filter(pk=session.pk).first()
    if stored is None:
        raise WrongState("This session is not on the log any more.")
    if stored.logged_by_id != by.pk:
        raise NotAllowed("Only whoever logged a session can change it.")
    return row, stored


def _announce(what: str, planned: PlannedSession, row: Relationship, by: User) -> None:
    session_news.tell(planned)
    _trace(what, planned, row, by)


def _trace(what: str, subject: MentoringSession | PlannedSession, row: Relationship, by: User) -> None:
    """That it happened, and of which pair; never what they talked about."""
    organisation = row.clinician.organisation_id
    record(f"mentoring.session_{what}", subject, by=by, organisation_id=organisation, detail={"relationship": row.pk})
