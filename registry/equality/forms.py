"""The form of one's own answers: every question can be left out."""

from typing import Any

from django import forms

from registry.equality.characteristics import CHARACTERISTICS, Characteristic
from registry.nhsuk.widgets import HintedRadios


class AnswersForm(forms.Form):
    """A question for each characteristic."""

    # The page says that all are.
    marks_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, one in CHARACTERISTICS.items():
            self.fields[name] = _question(one)


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
