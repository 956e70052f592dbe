"""The forms of applying, endorsing and earlier learning; the actions decide again what they may hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from programmes.actions.applying import field
from programmes.actions.equivalences import EARLIEST_YEAR, TITLE_LENGTH
from programmes.fields import Tier
from programmes.models import Criterion, Programme
from programmes.models.applications import ANSWER_LENGTH
from programmes.models.cohorts import REASON_LENGTH
from registry.competency.forms import ProseField
from registry.nhsuk.widgets import DateField
from registry.organisations.models import Organisation

CHOOSE = "Choose one of the answers shown."


class ApplicationForm(forms.Form):
    """One answer for each criterion of the written application; whole only where it is sent."""

    marks_optional = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, criteria: Sequence[Criterion], answers: Mapping[int, str], seen: str, whole: bool
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        self.criteria = criteria
        for criterion in criteria:
            self.fields[field(criterion)] = ProseField(
                label=criterion.question or criterion.name,
                help_text=_hint(criterion),
                rows=8,
                required=whole,
                max_length=ANSWER_LENGTH,
                initial=answers.get(criterion.pk, ""),
                error_messages={"required": f"Answer the question about “{criterion.name}”."},
            )

    @property
    def answers(self) -> dict[int, str]:
        """What was written, by the criterion's key."""
        return {criterion.pk: self.cleaned_data[field(criterion)] for criterion in self.criteria}


def _hint(criterion: Criterion) -> str:
    full = f" What earns full marks: {criterion.full_marks.rstrip('.')}." if criterion.full_marks else ""
    weight = f" It counts {criterion.weight} times." if criterion.weight > 1 else ""
    return f"Scored from 0 to 3 as “{criterion.name}”.{full}{weight}"


class WithdrawForm(forms.Form):
    """Why an application is taken back, for whoever wants to say."""

    reason = ProseField(
        label="Why do you withdraw?",
        help_text="Those who run the programme read this.",
        required=False,
        max_length=REASON_LENGTH,
    )


class EndorsementForm(forms.Form):
    """Yes with protected time, or no with a reason."""

    endorsed: Any = forms.TypedChoiceField(
        label="Do you endorse this application?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no.", "invalid_choice": CHOOSE},
    )
    protected_time = forms.BooleanField(label="The time that the programme takes will be protected", required=False)
    reason = ProseField(
        label="Reason",
        required=False,
        max_length=REASON_LENGTH,
    )

    def __init__(self, data: Any = None, *, applicant: Any) -> None:
        super().__init__(data)
        self.fields[
            "reason"
        ].help_text = f"Needed if you choose no. {applicant} reads it, and so do the programme’s leads."


class EquivalenceForm(forms.Form):
    """Something done elsewhere, and as what it should count."""

    title = forms.CharField(
        label="What is it called?",
        help_text="A qualification, a programme or an experience, for example an MBA in health",
        max_length=TITLE_LENGTH,
        error_messages={"required": "Say what it is called.", "max_length": "Use at most %(limit_value)d characters."},
    )
    awarded_by = forms.CharField(
        label="Where did you do it?",
        help_text="The university, organisation or employer",
        max_length=TITLE_LENGTH,
        error_messages={"required": "Say where you did it.", "max_length": "Use at most %(limit_value)d characters."},
    )
    year = forms.IntegerField(
        label="In which year did you finish?",
        widget=forms.TextInput(attrs={"width": 4, "inputmode": "numeric"}),
        error_messages={"required": "Enter the year.", "invalid": "Enter a year, like 2019."},
    )
    evidence = ProseField(
        label="What did it cover, and how was it assessed?",
        help_text="Those who decide read this. Do not name patients.",
        rows=8,
        max_length=ANSWER_LENGTH,
        error_messages={"required": "Say what it covered."},
    )
    tier: Any = forms.TypedChoiceField(
        label="As which tier should it count?",
        choices=Tier.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a tier.", "invalid_choice": CHOOSE},
    )

    def __init__(self, data: Any = None, *, own: Organisation) -> None:
        super().__init__(data)
        running = Programme.rows().filter(retired_at__isnull=True).order_by().values("organisation")
        asked: Any = forms.ModelChoiceField(
            queryset=Organisation.rows().filter(pk__in=running).order_by("name"),
            label="Who should decide?",
            help_text=(
                "The organisation that runs the programme you want it to count for. "
                "Each decides up to the highest tier of its own programmes."
            ),
            initial=own.pk,
            error_messages={"required": "Choose an organisation.", "invalid_choice": "Choose one from the list."},
        )
        self.fields["organisation"] = asked

    def clean_year(self) -> int:
        """Within what a column of the database and a life can hold."""
        year: int = self.cleaned_data["year"]
        if not EARLIEST_YEAR <= year <= 9999:
            raise forms.ValidationError(f"Enter a year from {EARLIEST_YEAR} on.")
        return year


class DecisionForm(forms.Form):
    """Whether it counts, until when, and why."""

    decision = forms.ChoiceField(
        label="Does it count?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it counts.", "invalid_choice": CHOOSE},
    )
    expires_on = DateField(
        label="The last day on which it counts",
        help_text="For example, 31 3 2030. Leave it empty if it does not end.",
        required=False,
    )
    reason = ProseField(
        label="Why?",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say why. The person who asked reads it."},
    )

    def __init__(self, data: Any = None, *, tier: int, applicant: Any) -> None:
        super().__init__(data)
        choices = [("yes", f"Yes, as tier {tier} or lower"), ("no", "No")]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].help_text = f"{applicant} reads this."
