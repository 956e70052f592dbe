"""The forms of selection; the actions decide again what they may hold."""

from typing import Any

from django import forms

from programmes.actions.appealing import UPHELD
from programmes.actions.scoring import Given, field_of
from programmes.fields import MOST_POINTS
from programmes.models import Criterion, Reading
from programmes.models.applications import ANSWER_LENGTH
from programmes.models.cohorts import REASON_LENGTH
from registry.competency.forms import ProseField
from registry.nhsuk.widgets import HintedRadios

CHOOSE = "Choose one of the answers shown."
ERRORS = {"required": CHOOSE, "invalid_choice": CHOOSE}


def _choice(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=ERRORS, **options)


class DeclareForm(forms.Form):
    """Whether something speaks against reading an application."""

    conflict = _choice(
        "Do you have a conflict of interest?",
        [("no", "No, I can read it fairly"), ("yes", "Yes, or I would rather not read it")],
    )
    reason = ProseField(
        label="What the conflict is",
        help_text="Needed if you answer yes. Only the programme leads see it.",
        required=False,
        max_length=REASON_LENGTH,
    )


class ScoresForm(forms.Form):
    """Points from 0 to 3 and a comment for each criterion; a draft can have gaps."""

    # Points can be left out of a draft, and of nothing else.
    marks_optional = False

    def __init__(self, data: Any = None, *, reading: Reading, whole: bool = False) -> None:
        self.criteria: list[Criterion] = list(reading.gate.criteria.all())
        stored = {score.criterion_id: score for score in reading.scores.all()}
        super().__init__(data, initial=_stored(stored))
        for one in self.criteria:
            self.fields[field_of(one.pk)] = _points(one, whole)
            self.fields[f"comment_{one.pk}"] = ProseField(
                label=f"Comment on “{one.name}” (optional)", required=False, max_length=REASON_LENGTH
            )

    @property
    def given(self) -> Given:
        """Points and comments by the criterion's key, as the actions take them."""
        data = self.cleaned_data
        return {one.pk: (data[field_of(one.pk)], data[f"comment_{one.pk}"]) for one in self.criteria}

    def of(self, criterion: Criterion) -> list[Any]:
        """The two fields of one criterion."""
        return [self[field_of(criterion.pk)], self[f"comment_{criterion.pk}"]]


def _stored(scores: dict[int, Any]) -> dict[str, Any]:
    points = {field_of(key): score.points for key, score in scores.items()}
    return points | {f"comment_{key}": score.comment for key, score in scores.items()}


def _points(criterion: Criterion, whole: bool) -> forms.TypedChoiceField:  # noqa: FBT001
    field = forms.TypedChoiceField(
        label=f"Points for “{criterion.name}”",
        choices=[(number, str(number)) for number in range(MOST_POINTS + 1)],
        coerce=int,
        empty_value=None,
        required=whole,
        widget=HintedRadios(),
        error_messages={"required": f"Score “{criterion.name}”.", "invalid_choice": "Choose from 0 to 3 points."},
    )
    field.widget.hints = {"0": "No evidence", str(MOST_POINTS): criterion.full_marks or "Full evidence"}
    return field


class ReaderForm(forms.Form):
    """One more reader for an application, chosen by hand."""

    assessor: Any = forms.ModelChoiceField(
        queryset=None,
        label="Assessor",
        empty_label="Choose somebody",
        error_messages={"required": "Choose an assessor.", "invalid_choice": "Choose an assessor of this cohort."},
    )

    def __init__(self, data: Any = None, *, assessors: Any) -> None:
        super().__init__(data)
        chosen: Any = self.fields["assessor"]
        chosen.queryset = assessors


class WithdrawForForm(forms.Form):
    """Why an application is withdrawn for somebody."""

    reason = ProseField(
        label="Why do you withdraw it for them?",
        help_text="The applicant is told.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say why. The applicant is told."},
    )


class FeedbackForm(forms.Form):
    """What somebody is told if they are not selected."""

    feedback = ProseField(
        label="Feedback",
        help_text="What was good, what was missing, and what would make the next application stronger.",
        rows=8,
        max_length=ANSWER_LENGTH,
        error_messages={"required": "Write what the person can learn from."},
    )


class DecideForm(forms.Form):
    """Deciding on the places: whether those for whom there is none can wait for one."""

    waiting_list = forms.BooleanField(label="Keep a waiting list", required=False, initial=True)


class AcceptForm(forms.Form):
    """Saying yes to a place and to what goes with it."""

    expectations = forms.BooleanField(
        label="I say yes to what you and we expect of each other",
        error_messages={"required": "Say yes to what you and we expect of each other to take the place."},
    )


class DeclineForm(forms.Form):
    """Turning a place down."""

    reason = ProseField(label="Why", help_text="The programme leads read it.", required=False, max_length=REASON_LENGTH)


class AppealForm(forms.Form):
    """Asking for a second look."""

    grounds = ProseField(
        label="Why the result should be looked at again",
        help_text="Say what was overlooked or not done as published. Do not name patients.",
        rows=8,
        max_length=ANSWER_LENGTH,
        error_messages={"required": "Say why the result should be looked at again."},
    )


class DecideAppealForm(forms.Form):
    """What becomes of an appeal, and why."""

    upheld = _choice(
        "Decision", [("yes", "Uphold it: the result is set aside"), ("no", "Do not uphold it: the result stands")]
    )
    reason = ProseField(
        label="Reason",
        help_text="The applicant reads it.",
        max_length=REASON_LENGTH - len(UPHELD),
        error_messages={"required": "Give the reason."},
    )
