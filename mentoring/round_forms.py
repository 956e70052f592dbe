"""The forms of matching rounds; the actions decide again what they may hold."""

from typing import Any

from django import forms

from mentoring.fields import Kind
from mentoring.models.rounds import LINE_LENGTH, MOST_DAYS, MOST_POINTS
from mentoring.points import Part, Weights
from mentoring.reach import reaches
from mentoring.wording import PARTS
from registry.accounts.models import User
from registry.clinicians.fields import Profession
from registry.nhsuk.filtering import FilterForm

MOST_WEIGHT = 100


def _whole(label: str, low: int, high: int, hint: str = "") -> forms.IntegerField:
    asked = f"Enter a whole number from {low} to {high}."
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=low,
        max_value=high,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), asked),
    )


class RoundForm(forms.Form):
    """Whom a round matches, and how long they have to answer."""

    name = forms.CharField(
        label="What do you call this round?",
        help_text="Only leads read it. For example, Spring 2027.",
        max_length=LINE_LENGTH,
        error_messages={"required": "Enter a name.", "max_length": f"Use at most {LINE_LENGTH} characters."},
    )
    reach = forms.ChoiceField(
        label="Whose people does it match?",
        help_text="Whoever looks there is matched with whoever offers there. This cannot be changed later.",
        error_messages={
            "required": "Choose whose people it matches.",
            "invalid_choice": "Choose whose people it matches from the list.",
        },
    )
    kinds = forms.MultipleChoiceField(
        label="What does it match people for?",
        help_text="Choose all that apply.",
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what to match people for.", "invalid_choice": "Choose from the list."},
    )
    professions = forms.MultipleChoiceField(
        label="Only people of these professions?",
        help_text="Of those who look. Choose none for all professions.",
        choices=Profession.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list."},
    )
    answer_days = _whole("How many days do both have to say yes or no?", 1, MOST_DAYS, "Two weeks is usual.")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"answer_days": 14, "kinds": [Kind.MENTOR, Kind.COACH]})
        self.reaches = {one.value: one for one in reaches(user)}
        fields: dict[str, Any] = self.fields
        fields["reach"].choices = [("", "Choose from the list")] if len(self.reaches) > 1 else []
        fields["reach"].choices += [(one.value, one.label) for one in self.reaches.values()]


class WeightsForm(forms.Form):
    """What a pair earns points for, and the fewest points that a pair must have."""

    def __init__(self, data: Any = None, *, weights: dict[str, int], minimum: int) -> None:
        super().__init__(data, initial=weights | {"minimum": minimum})
        for part in Part:
            hint = "For each domain they want to work on." if part == Part.NEED else ""
            self.fields[part.value] = _whole(PARTS[part], 0, MOST_WEIGHT, hint)
        self.fields["minimum"] = _whole(
            "The fewest points of a pair",
            0,
            MOST_POINTS,
            "Somebody whose pairs all have fewer gets nobody. With 0, no pair is too weak.",
        )

    def weights(self) -> Weights:
        """The weights as they were filled in."""
        return Weights(**{part.value: self.cleaned_data[part.value] for part in Part})


class PairFilter(FilterForm):
    """Which of a version's people are shown."""

    q = forms.CharField(label="Name", required=False, max_length=100)
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "Everybody"),
            ("nobody", "Those without a mentor"),
            ("second", "Those without their first choice"),
        ],
    )


class MentorSearch(FilterForm):
    """Another mentor of the round, by name."""

    q = forms.CharField(label="Find another mentor by name", required=False, max_length=100)


class DecisionForm(forms.Form):
    """The mentor of a pair that a lead decides about."""

    mentor = forms.IntegerField(min_value=1, max_value=2**62)
