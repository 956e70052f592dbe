"""The forms of what came of programmes, learning put to work, and the directory of alumni."""

import datetime
from typing import Any

from django import forms

from programmes.actions.outcomes import WHAT_LENGTH, Told
from programmes.models import Alumnus, Enrolment, LearningAtWork
from programmes.models.applications import ANSWER_LENGTH
from registry.competency.forms import ProseField
from registry.kernel.clock import today
from registry.nhsuk.dates import long_date
from registry.nhsuk.widgets import DateField

NO_PATIENTS = "Do not name patients, or write anything that could tell who they are."
ABOUT_LENGTH = 500


class ToldForm(forms.Form):
    """What somebody's programme had led to at one point; `own` words it to them, else to whoever runs it."""

    def __init__(self, data: Any = None, *, own: bool) -> None:
        super().__init__(data)
        self.fields["working"] = forms.ChoiceField(
            label="Are you still working in the NHS?" if own else "Are they still working in the NHS?",
            choices=[("yes", "Yes"), ("no", "No")],
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "Choose one of the answers shown."},
        )
        self.fields["post"] = forms.CharField(
            label="A new post",
            help_text="For example, clinical director for surgery. Leave it empty if there is none.",
            required=False,
            max_length=WHAT_LENGTH,
        )
        self.fields["change"] = ProseField(
            label="A change to a service, put into practice",
            help_text=f"What is different now, and for whom. {NO_PATIENTS}",
            required=False,
            max_length=WHAT_LENGTH,
        )

    @property
    def told(self) -> Told:
        """What was entered."""
        said = {"yes": True, "no": False}.get(self.cleaned_data["working"])
        return Told(said, self.cleaned_data["post"], self.cleaned_data["change"])


class LearningForm(forms.ModelForm):
    """What somebody did at work with what they learnt."""

    on = DateField(label="When", error_messages={"required": "Enter the day."})
    what = ProseField(
        label="What did you do with what you learnt?",
        help_text=f"What you tried, and what came of it. {NO_PATIENTS}",
        rows=6,
        max_length=ANSWER_LENGTH,
        error_messages={"required": "Say what you did."},
    )

    class Meta:
        model = LearningAtWork
        fields = ("on", "what", "shared")

    def __init__(self, data: Any = None, *, instance: LearningAtWork, enrolment: Enrolment) -> None:
        super().__init__(data, instance=instance)
        self.starts_on = enrolment.cohort.starts_on
        self.fields["shared"].help_text = "Whoever completed this programme can then read it, with your name."

    def clean_on(self) -> datetime.date:
        """A day since the programme began, and not one to come."""
        on: datetime.date = self.cleaned_data["on"]
        if on > today():
            raise forms.ValidationError("The day must be today or earlier.")
        if on < self.starts_on:
            raise forms.ValidationError(f"The programme began on {long_date(self.starts_on)}. Enter a day since then.")
        return on


class EntryForm(forms.Form):
    """How an alumnus is shown to others who did the same programme."""

    listed = forms.BooleanField(
        label="Show me in the directory",
        help_text="Others who completed this programme then see your name, where you work and your e-mail address.",
        required=False,
    )
    offers_mentoring = forms.BooleanField(
        label="I would mentor somebody", help_text="Shown while you are in the directory.", required=False
    )
    about = ProseField(label="What others may ask you about", required=False, max_length=ABOUT_LENGTH)

    @staticmethod
    def stored(alumnus: Alumnus) -> dict[str, Any]:
        """What is kept now."""
        return {name: getattr(alumnus, name) for name in ("listed", "offers_mentoring", "about")}
