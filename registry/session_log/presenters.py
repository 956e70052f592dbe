"""What pages show of private notes."""

from registry.session_log.models import SealedNote
from registry.session_log.sealing import CannotOpen

GONE = "This note cannot be opened any more."


def words_of(note: SealedNote) -> str:
    """The words of a note that somebody may read, or that they cannot be opened any more."""
    try:
        return note.read()
    except CannotOpen:
        return GONE
