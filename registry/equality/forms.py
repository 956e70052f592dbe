"""The form of one's own answers: every question can be left out."""

from typing import Any

from django import forms

from registry.equality.characteristics import CHARACTERISTICS, SHARED, Characteristic
from registry.nhsuk.widgets import HintedRadios


class AnswersForm(forms.Form):
    """A question for each characteristic."""

    # The page says that all are.
    marks_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, one in CHARACTERISTICS.items():
            self.fields[name] = _question(one)
        self.fields["alike"] = forms.MultipleChoiceField(
            label="Do you want a mentor, or people to mentor, who answer as you do?",
            help_text="Choose what this is to count for. Nobody is told that you asked. It counts only where the other "
            "person asks for it too, and decides between people who suit you equally well. It is for groups that are "
            "few among leaders, so it does not count for White, male, straight or non-disabled people, for example.",
            choices=[(name, CHARACTERISTICS[name].label) for name in SHARED],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "Choose from the list."},
        )


def _question(one: Characteristic) -> forms.ChoiceField:
    widget = HintedRadios()
    widget.hints = dict(one.hints)
    return forms.ChoiceField(
        label=one.question,
        help_text=one.hint,
        choices=one.choices,
        required=False,
        widget=widget,
        error_messages={"invalid_choice": "Choose one of the answers."},
    )
