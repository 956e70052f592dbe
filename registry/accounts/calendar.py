"""Calendar entries and files of them: what every room's entries look like, the private feed, and its secret address."""

import datetime
import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from registry.accounts.models import CalendarLink, User
from registry.audit.record import record

LONDON = ZoneInfo("Europe/London")
MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """A time, or a whole day. A calendar takes a new version of the same `uid` where `sequence` is higher."""

    uid: str
    sequence: int
    # A day, or a time that knows its zone; where it ends, unless it is a day.
    starts: datetime.date | datetime.datetime
    ends: datetime.datetime | None
    title: str
    href: str
    place: str = ""
    cancelled: bool = False


# Each room's list of what is in a person's calendar.
Source = Callable[[User], Iterable[Entry]]
_sources: list[Source] = []


def register_events(source: Source) -> None:
    """Add a room's entries to everybody's feed; called once, when the room is ready."""
    _sources.append(source)


def feed(user: User) -> bytes:
    """Everything in a person's calendar, as a file that says when and where to sign in, and not what it is about."""
    entries = [entry for source in _sources for entry in source(user)]
    return as_file(entries, discreet=True)


def as_file(entries: Iterable[Entry], *, discreet: bool = False) -> bytes:
    """The entries as an iCalendar file, times in London as its own rules of summer time say.

    A file of entries that are all cancelled takes them out of a calendar. `discreet` leaves out what they are about.
    """
    entries = list(entries)
    file = Calendar()
    file.add("prodid", f"-//{settings.SERVICE_NAME}//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    cancels = bool(entries) and all(entry.cancelled for entry in entries)
    file.add("method", "CANCEL" if cancels else "PUBLISH")
    if discreet:
        file.add("x-wr-calname", "Leadership registry")
    for entry in entries:
        file.add_component(_event(entry, discreet=discreet))
    file.add_missing_timezones()
    return file.to_ical()


def _event(entry: Entry, *, discreet: bool) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    whole_day = not isinstance(entry.starts, datetime.datetime)
    if isinstance(entry.starts, datetime.datetime):
        event.add("dtstart", entry.starts.astimezone(LONDON))
        event.add("dtend", (entry.ends or entry.starts).astimezone(LONDON))
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.starts + datetime.timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # nobody is busy all day because something is due
    organiser = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    organiser.params["CN"] = vText(settings.SERVICE_NAME)
    event.add("organizer", organiser)
    link = settings.PUBLIC_URL + entry.href
    if discreet:
        event.add("summary", f"{'Due date' if whole_day else 'Appointment'} (leadership registry)")
        event.add("class", "PRIVATE")
    else:
        event.add("summary", entry.title)
        if entry.place:
            event.add("location", entry.place)
    event.add("description", f"Sign in to see it: {link}")
    event.add("url", link)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event


# --- the feed's address ----------------------------------------------------------------------------------------------


@transaction.atomic
def make_link(*, user: User, by: User) -> str:
    """The secret part of a new address for a person's feed; the address before it, if any, stops working."""
    token = secrets.token_urlsafe(32)
    CalendarLink.objects.update_or_create(user=user, defaults={"token_hash": _hash(token), "made_at": timezone.now()})
    record("calendar_link.made", user, by=by)
    return token


@transaction.atomic
def revoke_link(*, user: User, by: User) -> None:
    """The address of a person's feed stops working at once."""
    removed, _ = CalendarLink.objects.filter(user=user).delete()
    if removed:
        record("calendar_link.revoked", user, by=by)


def holder_of(token: str) -> Any:
    """Whose feed this is; None for an address that was revoked, never was, or is of somebody who may not sign in."""
    link = CalendarLink.objects.select_related("user").filter(token_hash=_hash(token), user__is_active=True).first()
    return link.user if link else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
