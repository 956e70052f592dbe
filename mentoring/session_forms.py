"""The forms of the session log; the actions decide again what they may hold."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from mentoring.models import PlannedSession
from mentoring.models.sessions import PLACE_LENGTH
from registry.appraisals.forms import TIMES
from registry.nhsuk.widgets import DateField
from registry.session_log.forms import SessionFields, note_field

MINUTE = "%Y-%m-%dT%H:%M"


def _time(label: str, *, needed: str = "") -> Any:
    return forms.TimeField(
        label=label,
        input_formats=TIMES,
        help_text="For example, 14:30",
        required=bool(needed),
        widget=forms.TimeInput(format="%H:%M", attrs={"width": 5}),
        error_messages={"required": needed, "invalid": "Enter a time, like 14:30."},
    )


def _shared(other: str) -> forms.BooleanField:
    return forms.BooleanField(label=f"Let {other} read this note as well", required=False)


class LogForm(SessionFields):
    """A session that took place, a note of it, and when the two meet next."""

    note = note_field("Note", "Only you can read it, unless you share it.")
    next_on = DateField(label="When do you meet next?", help_text="For example, 15 3 2027", required=False)
    next_at = _time("At what time?")
    # The next session as the page was filled in: sent back as it was, it is left alone, wherever it was moved since.
    filled_in = forms.CharField(widget=forms.HiddenInput, required=False)
    # Of this page: two taps on the button log one session.
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, other: str, medium: str, planned: PlannedSession | None, plans: bool
    ) -> None:
        initial: dict[str, Any] = {"token": str(uuid.uuid4())}
        if medium:
            initial["medium"] = medium
        if planned is not None:
            at = timezone.localtime(planned.starts_at)
            initial |= {"next_on": at.date(), "next_at": at.time(), "filled_in": f"{at:{MINUTE}}"}
        super().__init__(data, initial=initial)
        self.fields["shared"] = _shared(other)
        if not plans:
            del self.fields["next_on"], self.fields["next_at"]
        self.order_fields(["held_on", "minutes", "medium", "themes", "note", "shared"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day, time, before = data.get("next_on"), data.get("next_at"), data.pop("filled_in", "")
        if day and time and f"{datetime.datetime.combine(day, time):{MINUTE}}" == before:
            data["next_on"] = data["next_at"] = None
        return data

    def clean_token(self) -> uuid.UUID:
        """What is no token is answered with a new one."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()


class NoteForm(forms.Form):
    """A note for oneself, or for both."""

    text = note_field("Note", "Only you can read it, unless you share it.", needed="Write your note.")

    def __init__(self, data: Any = None, *, other: str) -> None:
        super().__init__(data)
        self.fields["shared"] = _shared(other)


class PlanForm(SessionFields):
    """When and how the two meet next."""

    held_on = None
    themes = None
    day = DateField(label="Day", help_text="For example, 15 3 2027", error_messages={"required": "Enter the day."})
    time = _time("Time", needed="Enter the time.")
    place = forms.CharField(
        label="Where",
        help_text="A room, or how to join. It is in the calendar entry, so write nothing private.",
        required=False,
        max_length=PLACE_LENGTH,
        error_messages={"max_length": "Use at most %(limit_value)d characters; this has %(show_value)d."},
    )

    def __init__(self, data: Any = None, *, medium: str, planned: PlannedSession | None) -> None:
        initial: dict[str, Any] = {"medium": medium} if medium else {}
        if planned is not None:
            at = timezone.localtime(planned.starts_at)
            initial = {"day": at.date(), "time": at.time()}
            initial |= {name: getattr(planned, name) for name in ("minutes", "medium", "place")}
        super().__init__(data, initial=initial)
        self.fields["minutes"].label = "For how many minutes?"
        self.fields["medium"].label = "How do you meet?"
        self.order_fields(["day", "time", "minutes", "medium", "place"])
