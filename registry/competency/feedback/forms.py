"""The forms of feedback: starting a round, naming colleagues, answering, and leading the round."""

from typing import Any

from django import forms

from registry.competency.feedback.actions.raters import NAME_LENGTH
from registry.competency.feedback.actions.rounds import MOST_MINIMUM
from registry.competency.feedback.questionnaire import (
    COMMENT_LENGTH,
    PROMPTS,
    UNCOUNTED,
    Answers,
    Part,
    Question,
)
from registry.competency.feedback.states import INVITED, RaterGroup
from registry.competency.models import REASON_LENGTH
from registry.nhsuk.widgets import DateField, HintedRadios, ProseField, SmallRadios

WARNING = (
    "Shown word for word. Do not write anything that tells who you are, "
    "and never name patients or anything that could tell who they are."
)


class FacilitatorForm(forms.Form):
    """Who leads a round."""

    facilitator: Any = forms.ModelChoiceField(
        queryset=None,
        label="Your facilitator",
        help_text="They confirm whom you ask, and talk the report through with you before you read it.",
        error_messages={
            "required": "Choose a facilitator.",
            "invalid_choice": "Choose a facilitator from the list.",
        },
    )

    def __init__(self, data: Any = None, *, facilitators: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["facilitator"]
        field.queryset = facilitators


class RoundForm(FacilitatorForm):
    """Which framework a round asks about, and who leads it."""

    version: Any = forms.ModelChoiceField(
        queryset=None,
        label="What should colleagues answer about?",
        widget=HintedRadios,
        empty_label=None,
        error_messages={"required": "Choose a framework.", "invalid_choice": "Choose one of the frameworks shown."},
    )

    field_order = ("version", "facilitator")

    def __init__(self, data: Any = None, *, versions: Any, facilitators: Any) -> None:
        super().__init__(data, facilitators=facilitators)
        field: Any = self.fields["version"]
        field.queryset = versions
        field.label_from_instance = lambda row: row.name
        field.widget.hints = {str(row.pk): row.audience for row in versions}
        field.initial = next((row for row in versions if row.is_default), None)


class RaterForm(forms.Form):
    """Somebody to ask."""

    name = forms.CharField(
        label="Their name", max_length=NAME_LENGTH, error_messages={"required": "Enter the person's name."}
    )
    email = forms.EmailField(
        label="Their e-mail address",
        max_length=254,
        help_text="They get a link there, and need no account.",
        error_messages={
            "required": "Enter their e-mail address.",
            "invalid": "Enter an e-mail address, like name@example.org.",
        },
    )
    group = forms.TypedChoiceField(
        label="How do they know the person?",
        choices=[(group.value, group.label) for group in INVITED],
        coerce=RaterGroup,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose how they know the person.",
            "invalid_choice": "Choose one of the answers shown.",
        },
    )


class AddressForm(forms.Form):
    """The address a new link goes to."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={
            "required": "Enter their e-mail address.",
            "invalid": "Enter an e-mail address, like name@example.org.",
        },
    )


class TermsForm(forms.Form):
    """Until when colleagues answer, and by how many replies a group is shown."""

    closes_on = DateField(label="Last day to answer", error_messages={"required": "Enter the last day to answer."})
    minimum = forms.TypedChoiceField(
        label="Show a group on its own from",
        help_text=(
            "Smaller groups are shown together as “Others”, or not at all. This can be raised later, never lowered."
        ),
        coerce=int,
        error_messages={"invalid_choice": "Choose one of the numbers shown."},
    )

    def __init__(self, data: Any = None, *, least: int, closes_on: Any = None) -> None:
        super().__init__(data, initial={"closes_on": closes_on, "minimum": least})
        field: Any = self.fields["minimum"]
        field.choices = [(number, f"{number} replies") for number in range(least, MOST_MINIMUM + 1)]


class ConversationForm(forms.Form):
    """When the facilitator talked the report through."""

    conversation_on = DateField(
        label="When did you talk the report through?",
        error_messages={"required": "Enter the day of the conversation."},
    )


class ReasonForm(forms.Form):
    """Why a round goes back, or ends."""

    reason = ProseField(
        label="Why?",
        rows=4,
        max_length=REASON_LENGTH,
        error_messages={"required": "Say why."},
    )

    def __init__(self, data: Any = None, *, label: str, hint: str) -> None:
        super().__init__(data)
        self.fields["reason"].label, self.fields["reason"].help_text = label, hint


class AnswersForm(forms.Form):
    """One part of the questionnaire; every question may be left out."""

    marks_optional = False

    def __init__(self, data: Any = None, *, part: Part | None, answers: Answers, about: str) -> None:
        super().__init__(data)
        self.part, self.prompts = part, PROMPTS if part is None else part.prompts
        for question in part.questions if part else ():
            self.fields[f"level_{question.key}"] = _radios(question, answers.levels.get(question.key))
        if part and part.importance:
            self.fields[f"importance_{part.code}"] = _radios(part.importance, answers.importance.get(part.code))
        for key, label in self.prompts.items():
            self.fields[f"comment_{key}"] = ProseField(
                label=label,
                help_text=WARNING if about else "Do not name patients, or write anything that could tell who they are.",
                required=False,
                rows=5 if part is None else 3,
                max_length=COMMENT_LENGTH,
                initial=answers.comments.get(key, ""),
            )

    @property
    def answers(self) -> Answers:
        """What was chosen and written; what was left out is not among it."""
        data = self.cleaned_data

        def of(name: str) -> dict[str, Any]:
            start = f"{name}_"
            return {key.removeprefix(start): said for key, said in data.items() if key.startswith(start) and said != ""}

        return Answers(of("level"), of("importance"), of("comment"))


def _radios(question: Question, chosen: int | str | None) -> forms.TypedChoiceField:
    widget = SmallRadios()
    widget.uncounted = frozenset(UNCOUNTED)
    return forms.TypedChoiceField(
        label=question.text,
        choices=[*question.answers, *UNCOUNTED.items()],
        coerce=lambda value: value if value in UNCOUNTED else int(value),
        empty_value="",
        required=False,
        initial="" if chosen is None else chosen,
        widget=widget,
        error_messages={"invalid_choice": "Choose one of the answers shown."},
    )
