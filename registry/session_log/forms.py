"""The quick form of a session, and the form of a note."""

from typing import Any

from django import forms

from registry.kernel.clock import today
from registry.nhsuk.widgets import DateField, ProseField
from registry.session_log.fields import FEWEST_MINUTES, MOST_MINUTES, NOTE_LENGTH, USUAL_MINUTES, Medium, Theme

CHOOSE = "Choose one of the answers shown."
NO_PATIENTS = "Do not name patients, or write anything that could tell who they are."


class SessionFields(forms.Form):
    """When, how long, how and about what: filled in already as most sessions are."""

    held_on: Any = DateField(label="When did you meet?", error_messages={"required": "Enter the day."})
    minutes = forms.IntegerField(
        label="For how many minutes?",
        min_value=FEWEST_MINUTES,
        max_value=MOST_MINUTES,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
        error_messages={
            "required": "Enter how many minutes.",
            "invalid": "Enter a whole number of minutes, like 45.",
            "min_value": f"Enter {FEWEST_MINUTES} minutes or more.",
            "max_value": f"Enter {MOST_MINUTES} minutes or fewer.",
        },
    )
    medium = forms.ChoiceField(
        label="How did you meet?",
        choices=Medium.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you met.", "invalid_choice": CHOOSE},
    )
    themes: Any = forms.MultipleChoiceField(
        label="What was it about?",
        help_text="Choose any. Leads see only how often each comes up among many people.",
        choices=Theme.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Choose from the list."},
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        usual = {"held_on": today(), "minutes": USUAL_MINUTES, "medium": Medium.IN_PERSON.value}
        super().__init__(data, initial=usual | (initial or {}))


def note_field(label: str, hint: str, *, needed: str = "") -> ProseField:
    """The words of a note; `needed` is said where they are missing."""
    return ProseField(
        label=label,
        help_text=f"{hint} {NO_PATIENTS}",
        required=bool(needed),
        max_length=NOTE_LENGTH,
        error_messages={"required": needed} if needed else None,
    )
