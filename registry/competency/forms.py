"""The forms of assessments; what they may hold is decided here for the page and again in the actions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from registry.competency.actions import Answer, Judgement, mark
from registry.competency.models import EVIDENCE_LENGTH, REASON_LENGTH, Assessment, Element, ElementLevel
from registry.competency.states import Matrix
from registry.competency.wording import OUR_OWN, Wording
from registry.nhsuk.widgets import HintedRadios, ProseField


class ReasonField(ProseField):
    """A reason; the form itself knows where one is needed."""

    def validate(self, value: Any) -> None:
        pass


class LevelField(forms.TypedChoiceField):
    """A level of the element's scale: asked for, though a page may be saved without it."""

    def __init__(self, element: Element, version: Any, **options: Any) -> None:
        answers = element.answers(version.scale(element.domain.scale))
        super().__init__(
            choices=[(value.value, value.label) for value in answers], coerce=int, empty_value=None, **options
        )
        if isinstance(self.widget, HintedRadios):
            self.widget.hints = {str(value.value): value.meaning for value in answers}

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class _LevelsForm(forms.Form):
    """One group of fields for each element; `seen` has the mark of what the page showed for it."""

    def __init__(
        self, data: Any = None, *, assessment: Assessment, elements: Iterable[Element], wording: Wording = OUR_OWN
    ) -> None:
        super().__init__(data)
        self.assessment, self.elements, self.wording = assessment, list(elements), wording
        self.stored: dict[int, ElementLevel] = {row.element_id: row for row in assessment.levels.all()}
        for element in self.elements:
            self._add(element, self.stored.get(element.pk))
            self.fields[f"seen_{element.pk}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=mark(self.stored.get(element.pk))
            )

    def _add(self, element: Element, row: ElementLevel | None) -> None:
        raise NotImplementedError

    @property
    def seen(self) -> dict[int, str]:
        """The marks the page was opened with, by element key."""
        return {element.pk: self.cleaned_data[f"seen_{element.pk}"] for element in self.elements}

    def show_stored_marks(self) -> None:
        """After somebody else saved: what is stored now counts as seen, so that saving again replaces it."""
        self.data: Any = self.data.copy()
        for element in self.elements:
            self.data[f"seen_{element.pk}"] = mark(self.stored.get(element.pk))

    def fields_of(self, element: Element, *names: str) -> list[Any]:
        """The bound fields of one element."""
        return [self[f"{name}_{element.pk}"] for name in names]


class AnswersForm(_LevelsForm):
    """The clinician's answers to a domain's elements."""

    def _add(self, element: Element, row: ElementLevel | None) -> None:
        version, stage = self.assessment.version, self.assessment.stage
        # With statements, the page says what the element is in a heading above them.
        under_a_heading = bool(self.wording.statements(element))
        self.fields[f"level_{element.pk}"] = LevelField(
            element,
            version,
            label=f"Your level for {element.code}" if under_a_heading else f"{element.code} {element.name}",
            help_text="" if under_a_heading else self.wording.prompt(element),
            widget=HintedRadios,
            initial=row.self_level if row else None,
            error_messages={"invalid_choice": "Choose one of the levels shown."},
        )
        if element.domain.staged and stage is not None:
            self.fields[f"level_{element.pk}"].widget.hints[str(stage)] += " This is the stage you assess at."
        self.fields[f"evidence_{element.pk}"] = ProseField(
            label=f"Evidence for {element.code}",
            help_text="An example from your work, up to 2,000 characters.",
            required=False,
            max_length=EVIDENCE_LENGTH,
            initial=row.evidence if row else "",
        )

    @property
    def answers(self) -> Mapping[int, Answer]:
        """What was entered, by element key."""
        data = self.cleaned_data
        return {e.pk: Answer(data[f"level_{e.pk}"], data[f"evidence_{e.pk}"]) for e in self.elements}


class JudgementsForm(_LevelsForm):
    """The appraiser's levels for every element, beside the clinician's own."""

    def _add(self, element: Element, row: ElementLevel | None) -> None:
        own = row.self_level if row else None
        kept = row.agreed_level if row and row.agreed_level is not None else own
        self.fields[f"level_{element.pk}"] = LevelField(
            element,
            self.assessment.version,
            label=f"Your level for {element.code}",
            initial=kept,
            error_messages={"invalid_choice": "Choose one of the levels shown."},
        )
        self.fields[f"reason_{element.pk}"] = ReasonField(
            label=f"Reason, if your level for {element.code} differs",
            rows=2,
            max_length=REASON_LENGTH,
            initial=row.reason if row else "",
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for element in self.elements:
            level, reason = f"level_{element.pk}", f"reason_{element.pk}"
            own = self.stored[element.pk].self_level
            if data.get(level) is None and level not in self.errors:
                self.add_error(level, f"Choose your level for {element.code} {element.name}.")
            elif data.get(level) != own and not data.get(reason) and not {level, reason} & self.errors.keys():
                self.add_error(reason, f"Give a reason: your level for {element.code} {element.name} differs.")
        return data

    @property
    def judgements(self) -> Mapping[int, Judgement]:
        """What was entered, by element key."""
        data = self.cleaned_data
        return {e.pk: Judgement(data[f"level_{e.pk}"], data[f"reason_{e.pk}"]) for e in self.elements}


class StartForm(forms.Form):
    """Which framework to assess oneself against."""

    version: Any = forms.ModelChoiceField(
        queryset=None,
        label="Which framework?",
        widget=HintedRadios,
        empty_label=None,
        error_messages={
            "required": "Choose a framework.",
            "invalid_choice": "Choose one of the frameworks shown.",
        },
    )

    def __init__(self, data: Any = None, *, versions: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["version"]
        field.queryset = versions
        field.label_from_instance = lambda version: version.name
        field.widget.hints = {str(version.pk): version.audience for version in versions}
        defaults = [version for version in versions if version.is_default]
        field.initial = max(defaults, key=lambda version: version.effective_from, default=None)


class StageForm(forms.Form):
    """At which of the framework's stages to assess oneself."""

    stage = forms.TypedChoiceField(
        label="How far does your leadership reach now?",
        help_text="Choose the stage that fits your present post. No stage is better than another.",
        coerce=int,
        widget=HintedRadios,
        error_messages={
            "required": "Choose the stage you assess at.",
            "invalid_choice": "Choose one of the stages shown.",
        },
    )

    def __init__(self, data: Any = None, *, assessment: Assessment) -> None:
        super().__init__(data, initial={"stage": assessment.stage})
        field: Any = self.fields["stage"]
        stages = assessment.version.stages
        field.choices = [(stage["number"], f"Stage {stage['number']}: {stage['name']}") for stage in stages]
        field.widget.hints = {str(stage["number"]): stage["meaning"] for stage in stages}


class SubmitForm(forms.Form):
    """Who should agree the levels."""

    appraiser: Any = forms.ModelChoiceField(
        queryset=None,
        label="Your appraiser",
        help_text="They will see your levels and evidence, and agree or adjust each level.",
        error_messages={
            "required": "Choose your appraiser.",
            "invalid_choice": "Choose an appraiser from the list.",
        },
    )

    def __init__(self, data: Any = None, *, appraisers: Any, preferred: int | None) -> None:
        super().__init__(data)
        field: Any = self.fields["appraiser"]
        field.queryset, field.initial = appraisers, preferred


class ReturnForm(forms.Form):
    """Why an assessment goes back to the clinician."""

    reason = ProseField(
        label="What should be changed or added?",
        help_text="They see this text. Do not name patients.",
        rows=5,
        max_length=REASON_LENGTH,
        error_messages={"required": "Say what should be changed or added."},
    )


class ExpectationForm(forms.Form):
    """Which matrix an organisation reads its people's levels by."""

    matrix = forms.ChoiceField(
        label="What each career stage is expected to show",
        choices=Matrix.choices,
        widget=HintedRadios,
        error_messages={"required": "Choose one of the two.", "invalid_choice": "Choose one of the two."},
    )

    def __init__(self, data: Any = None, *, initial: str) -> None:
        super().__init__(data, initial={"matrix": initial})
        widget = self.fields["matrix"].widget
        widget.hints = {
            Matrix.CUMULATIVE.value: "Every domain counts at every career stage; more is expected as careers go on.",
            Matrix.GATED.value: (
                "Personal qualities and working with others by the end of undergraduate training, managing and "
                "improving services by the end of specialist training, setting direction in practice."
            ),
        }
