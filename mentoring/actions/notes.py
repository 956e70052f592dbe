"""Private notes of sessions: written, shared with the other one, taken back. None of it leaves a trace."""

from django.db import transaction

from mentoring import session_steps
from mentoring.models import MentoringSession, SessionNote
from registry.accounts.models import User
from registry.kernel.errors import NotAllowed, WrongState
from registry.session_log.checking import checked_note
from registry.session_log.sealing import CannotOpen


@transaction.atomic
def write_note(*, session: MentoringSession, text: str, shared: bool = False, by: User) -> SessionNote:
    """Write a note for oneself, or for both.

    Raises NotAllowed for anybody but the two, WrongState for a session that is off the log, or once mentoring is over
    for long.
    """
    row = session_steps.to_log(session.relationship_id, by)
    stored: MentoringSession | None = row.sessions.filter(pk=session.pk).first()
    if stored is None:
        raise WrongState("This session is not on the log any more.")
    return put_note(session=stored, text=text, field="text", shared=shared, by=by)


def put_note(*, session: MentoringSession, text: str, field: str, shared: bool, by: User) -> SessionNote:
    """The note itself, of a pair that is locked; `field` is where the form asks for it."""
    note = SessionNote(session=session, author=by, shared=shared).put(checked_note(text, field=field))
    note.save(force_insert=True)
    return note


@transaction.atomic
def share_note(*, note: SessionNote, shared: bool, by: User) -> None:
    """Let the other one read one's note, or no longer. To stop is possible at any time."""
    stored = _own(note, by)
    if shared:
        session_steps.to_log(stored.session.relationship_id, by)
    if stored.shared == shared:
        raise WrongState("You share this note already." if shared else "You do not share this note any more.")
    try:
        text = stored.read()
    except CannotOpen as error:
        raise WrongState("This note cannot be opened any more.") from error
    stored.shared = shared
    stored.put(text).save(update_fields=["shared", "sealed"])


@transaction.atomic
def remove_note(*, note: SessionNote, by: User) -> None:
    """Take one's own note back for good, at any time."""
    _own(note, by).delete()


def _own(note: SessionNote, by: User) -> SessionNote:
    session_steps.of_two(note.session.relationship_id, by)
    rows = SessionNote.objects.select_for_update(of=("self",), no_key=True).select_related("session")
    stored: SessionNote | None = rows.filter(pk=note.pk).first()
    if stored is None:
        raise WrongState("This note is gone already.")
    if stored.author_id != by.pk:
        raise NotAllowed("Only whoever wrote a note can do this.")
    return stored
