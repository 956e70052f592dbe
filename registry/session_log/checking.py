"""What a session may say, for the actions of every room."""

from collections.abc import Collection

from registry.kernel.errors import Invalid
from registry.session_log.fields import FEWEST_MINUTES, MOST_MINUTES, NOTE_LENGTH, Medium, Theme


def check_minutes(minutes: int) -> None:
    """Raises Invalid for a session that is too short or too long."""
    if not FEWEST_MINUTES <= minutes <= MOST_MINUTES:
        raise Invalid(f"Enter {FEWEST_MINUTES} to {MOST_MINUTES} minutes.", field="minutes")


def check_medium(medium: str) -> None:
    """Raises Invalid for a way to meet that is not on the list."""
    if medium not in Medium.values:
        raise Invalid("Choose how you met.", field="medium")


def checked_themes(themes: Collection[str]) -> list[str]:
    """The themes, each once, in the order of the list; raises Invalid for another."""
    if set(themes) - set(Theme.values):
        raise Invalid("Choose from the list.", field="themes")
    return [theme for theme in Theme.values if theme in themes]


def checked_note(text: str, *, field: str = "text") -> str:
    """The words of a note without space around them; raises Invalid where there are none or too many."""
    text = text.strip()
    if not text:
        raise Invalid("Write your note.", field=field)
    if len(text) > NOTE_LENGTH:
        raise Invalid(f"Use at most {NOTE_LENGTH:,} characters; this has {len(text):,}.", field=field)
    if "\x00" in text:
        raise Invalid("Remove the null characters.", field=field)
    return text
