"""The forms of the register; the actions decide again what they may hold."""

from collections.abc import Sequence
from typing import Any

from django import forms

from mentoring.fields import HINTS, MOST_MENTEES, MOST_NEEDS, Kind, Language
from mentoring.models import MentoringRequest, MentorProfile
from mentoring.models.register import PROSE_LENGTH
from registry.clinicians.fields import Sector
from registry.clinicians.forms import WrittenByAction, choose
from registry.competency.models import Domain, FrameworkVersion
from registry.kernel.clock import today
from registry.nhsuk.widgets import DateField, HintedRadios, ProseField

PROFESSION = "Which profession should the other person have?"
NO_PATIENTS = "Do not name patients or colleagues."


def domains_to_choose(also: Any = ()) -> Any:
    """The domains of the framework that mentoring speaks in, the service's default, and those chosen already."""
    spoken = FrameworkVersion.rows().open_to_new(today()).filter(is_default=True)
    rows = Domain.rows()
    found = rows.filter(version__in=spoken) | rows.filter(pk__in=list(also))
    return found.order_by("version", "position")


def _domains(label: str, hint: str, message: str) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        None,
        label=label,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": message, "invalid_choice": "Choose from the list.", "invalid_pk_value": message},
    )


def _several(choices: Any, label: str, hint: str, *, required: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=choices,
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": required, "invalid_choice": "Choose from the list."},
    )


class OfferForm(WrittenByAction):
    """What somebody offers as a mentor."""

    kinds = _several(Kind.choices, "What do you offer?", "Choose all that apply.", required="Choose what you offer.")
    strengths = _domains(
        "What are you good at?", "What you could help somebody else with.", "Choose what you are good at."
    )
    capacity = forms.IntegerField(
        label="How many people at the same time?",
        help_text="Two is usual.",
        min_value=1,
        max_value=MOST_MENTEES,
        widget=forms.TextInput(attrs={"width": 2, "inputmode": "numeric"}),
        error_messages={
            "required": "Enter how many people.",
            "invalid": "Enter a whole number, like 2.",
            "min_value": "It must be 1 or more. Pause if you cannot take anybody now.",
            "max_value": f"It must be {MOST_MENTEES} or fewer.",
        },
    )
    about = ProseField(
        label="What do you bring?",
        help_text=f"People you are matched with read this. {NO_PATIENTS}",
        required=False,
        max_length=PROSE_LENGTH,
    )
    sectors = _several(Sector.choices, "In which sectors do you want to help?", "Choose none if it does not matter.")
    languages = _several(Language.choices, "Languages besides English", "In which you could mentor somebody.")
    trained_on = DateField(label="When were you trained as a mentor or coach?", required=False)

    class Meta:
        model = MentorProfile
        fields = [
            "kinds",
            "strengths",
            "capacity",
            "about",
            "meeting",
            "mix",
            "sectors",
            "trained_on",
            "qualification",
            "languages",
        ]
        labels = {
            "meeting": "How can you meet?",
            "mix": PROFESSION,
            "qualification": "Do you have a qualification for it?",
        }
        help_texts = {"qualification": "For example, ILM level 5 or EMCC"}
        widgets = {"meeting": forms.RadioSelect, "mix": forms.RadioSelect}
        error_messages = {"meeting": choose("how you can meet"), "mix": choose("one of the answers")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = list(self.instance.strengths.values_list("domain", flat=True)) if self.instance.pk else []
        _offered(self, "strengths", chosen)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (day := data.get("trained_on")) is not None and day > today():
            self.add_error("trained_on", "The day must be today or in the past.")
        return data


class RequestForm(WrittenByAction):
    """What somebody looks for."""

    kind = forms.ChoiceField(
        label="What are you looking for?",
        choices=Kind.choices,
        widget=HintedRadios,
        error_messages=choose("what you are looking for"),
    )
    needs = _domains(
        "What do you want to work on?", f"Choose up to {MOST_NEEDS}.", "Choose at least one domain to work on."
    )
    aim = ProseField(
        label="What do you want from it?",
        help_text=f"Whoever is proposed to you as a mentor reads this, and nobody else. {NO_PATIENTS}",
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say in a sentence what you want from it."},
    )

    class Meta:
        model = MentoringRequest
        fields = ["kind", "needs", "aim", "mix", "sector", "meeting", "language"]
        labels = {
            "mix": PROFESSION,
            "sector": "In which sector should they work?",
            "meeting": "How can you meet?",
            "language": "Would a language besides English help?",
        }
        widgets = {"mix": forms.RadioSelect, "meeting": forms.RadioSelect}
        error_messages = {"mix": choose("one of the answers"), "meeting": choose("how you can meet")}

    def __init__(self, *args: Any, suggested: Sequence[Domain] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if suggested:
            names = ", ".join(str(domain) for domain in suggested)
            fields["needs"].help_text += f" Your agreed levels are lowest in: {names}."
        fields["kind"].widget.hints = HINTS
        fields["sector"].choices = [("", "It does not matter"), *Sector.choices]
        fields["language"].choices = [("", "No"), *Language.choices]
        chosen = list(self.instance.needs.values_list("domain", flat=True)) if self.instance.pk else []
        _offered(self, "needs", chosen)


class ExclusionForm(forms.Form):
    """The address of somebody one does not want to be paired with."""

    email = forms.CharField(
        label="Their work e-mail address",
        max_length=254,
        widget=forms.EmailInput,
        error_messages={"required": "Enter their work e-mail address."},
    )


def _offered(form: Any, name: str, chosen: list[int]) -> None:
    form.fields[name].queryset = domains_to_choose(chosen)
    if chosen:
        form.initial[name] = chosen
