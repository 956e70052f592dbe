"""The forms of plans, objectives and career conversations; the actions decide again what they may hold."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms

from registry.competency.development.actions.conversations import OUTCOME, PREPARED, Outcome, Prepared
from registry.competency.development.actions.objectives import Wanted
from registry.competency.development.states import (
    DIRECTION_HINTS,
    LEARNING_HINTS,
    PROGRESS_TRANSITIONS,
    Direction,
    Learning,
    Progress,
)
from registry.competency.development.targets import Target
from registry.competency.models import (
    PROSE_LENGTH,
    TITLE_LENGTH,
    CareerConversation,
    FrameworkVersion,
    Objective,
)
from registry.nhsuk.widgets import DateField, HintedRadios, ProseField

CHOOSE = "Choose one of the answers shown."


class HintedChoiceField(forms.ChoiceField):
    """A choice whose answers explain themselves."""

    def __init__(self, *, hints: dict[Any, str], needed: str = CHOOSE, **options: Any) -> None:
        messages = {"required": needed, "invalid_choice": CHOOSE}
        super().__init__(widget=HintedRadios, error_messages=messages, **options)
        self.widget.hints = {str(value): hint for value, hint in hints.items()}


class PlanForm(forms.Form):
    """What to measure one's levels against."""

    def __init__(self, data: Any = None, *, targets: Sequence[Target]) -> None:
        super().__init__(data)
        # What holds for many posts alike is said once, above them.
        often = [source for source, times in Counter(target.source for target in targets).items() if times > 1]
        self.fields["target"] = HintedChoiceField(
            label="Compare your levels with",
            help_text=" ".join(f"Posts in general: {source}" for source in often),
            choices=[(target.key, str(target)) for target in targets],
            hints={target.key: target.source for target in targets if target.source not in often},
        )


class CloseForm(forms.Form):
    """What came of a plan."""

    outcome = ProseField(label="What came of it?", required=False, rows=5, max_length=PROSE_LENGTH)


class ElementsField(forms.TypedMultipleChoiceField):
    """Elements of a framework version, grouped by domain."""

    def __init__(self, version: FrameworkVersion, **options: Any) -> None:
        domains = version.domains.all()
        super().__init__(
            choices=[(str(one), [(element.pk, str(element)) for element in one.elements.all()]) for one in domains],
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one element.", "invalid_choice": CHOOSE},
            **options,
        )


class ObjectiveForm(forms.Form):
    """What to learn or change, what success looks like, how, and by when."""

    title = forms.CharField(
        label="What do you want to do?",
        help_text="One sentence, like: chair the discharge group for six months.",
        max_length=TITLE_LENGTH,
        error_messages={
            "required": "Say what you want to do.",
            "max_length": "Use at most %(limit_value)d characters; this has %(show_value)d.",
        },
    )
    success = ProseField(
        label="What would success look like?",
        help_text="What you, and others, would see that is different.",
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what success looks like."},
    )
    learning = HintedChoiceField(
        label="How will you learn it?",
        choices=Learning.choices,
        hints=LEARNING_HINTS,
        needed="Choose how you learn it.",
    )
    due_on = DateField(
        label="By when?",
        help_text="For example, 15 3 2027",
        error_messages={"required": "Enter the day by which you want to be there."},
    )
    review_on = DateField(
        label="When will you next look at how it is going?",
        help_text="We remind you on your home page from two weeks before.",
        required=False,
    )
    evidence = ProseField(
        label="Evidence so far",
        help_text="Examples from your work that show how far you are.",
        required=False,
        max_length=PROSE_LENGTH,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, version: FrameworkVersion, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        help_text = "Choose one or more of the framework’s elements."
        self.fields["elements"] = ElementsField(version, label="What is it about?", help_text=help_text)
        self.order_fields(["title", "elements", "success", "learning", "due_on", "review_on", "evidence"])

    @property
    def wanted(self) -> Wanted:
        """What was entered."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Wanted(**data | {"learning": Learning(data["learning"])})

    @staticmethod
    def stored(objective: Objective) -> dict[str, Any]:
        """An objective as the form shows it."""
        names = ("title", "success", "learning", "due_on", "review_on", "evidence")
        elements = [element.pk for element in objective.elements.all()]
        return {name: getattr(objective, name) for name in names} | {"elements": elements}


class ProgressForm(forms.Form):
    """How far an objective is now."""

    reason = ProseField(
        label="Why?",
        help_text="Needed if you drop it. Say what changed, for yourself later.",
        required=False,
        max_length=PROSE_LENGTH,
    )

    def __init__(self, data: Any = None, *, state: str) -> None:
        super().__init__(data)
        after = [one for one in Progress if one in PROGRESS_TRANSITIONS[Progress(state)]]
        labels = {Progress.UNDER_WAY: "I am working on it", Progress.ACHIEVED: "I have achieved it"}
        labels |= {Progress.DROPPED: "I no longer pursue it"}
        self.fields["to"] = HintedChoiceField(
            label="How is it going?",
            choices=[(one.value, labels[one]) for one in after],
            hints={},
            needed="Choose how it is going.",
        )
        self.order_fields(["to", "reason"])


class ReviewForm(forms.Form):
    """A look back at an objective."""

    on = DateField(label="Day of the review", error_messages={"required": "Enter the day of the review."})
    changed = ProseField(
        label="What has changed since you last looked?",
        rows=5,
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what has changed."},
    )
    next_on = DateField(
        label="Next review",
        required=False,
        help_text="For example, 15 3 2027. Leave it empty if you do not need to look at it again.",
    )


class PrepareForm(forms.Form):
    """What somebody brings to a career conversation."""

    contribution = ProseField(
        label="What do you contribute now?",
        help_text="The difference you make for patients, colleagues and the service, with an example.",
        required=False,
        rows=5,
        max_length=PROSE_LENGTH,
    )
    approach = ProseField(
        label="How do you go about it?",
        help_text="What matters to you in how you work with people, and where others can see it.",
        required=False,
        max_length=PROSE_LENGTH,
    )
    growth = ProseField(
        label="What do you want?",
        help_text="In your work, and in the life around it, over the next one to three years.",
        required=False,
        rows=5,
        max_length=PROSE_LENGTH,
    )
    direction = HintedChoiceField(
        label="In which direction?", choices=Direction.choices, hints=DIRECTION_HINTS, required=False
    )
    support = ProseField(
        label="What support would help?",
        help_text="Time, people, experience, training, or something else.",
        required=False,
        max_length=PROSE_LENGTH,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def prepared(self) -> Prepared:
        """What was entered."""
        return Prepared(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})

    @staticmethod
    def stored(conversation: CareerConversation) -> dict[str, Any]:
        """What is prepared so far, as the form shows it."""
        return {name: getattr(conversation, name) for name in PREPARED}


class ShareForm(forms.Form):
    """Whom to talk with."""

    partner: Any = forms.ModelChoiceField(
        queryset=None,
        label="Who do you want to talk with?",
        widget=HintedRadios,
        empty_label=None,
        error_messages={"required": "Choose who you want to talk with.", "invalid_choice": CHOOSE},
    )

    def __init__(self, data: Any = None, *, partners: Any, hints: dict[int, str], preferred: int | None) -> None:
        super().__init__(data)
        field: Any = self.fields["partner"]
        field.queryset, field.initial = partners, preferred
        field.widget.hints = {str(pk): hint for pk, hint in hints.items()}


class ViewForm(forms.Form):
    """What the partner thinks."""

    view = ProseField(
        label="Your view",
        help_text="What you see in their contribution, what you think of where they want to go, and how you can help.",
        rows=8,
        max_length=PROSE_LENGTH,
        error_messages={"required": "Write what you think."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class OutcomeForm(forms.Form):
    """What came of the conversation."""

    held_on = DateField(label="When did you talk?", error_messages={"required": "Enter the day you talked."})
    agreed_direction = HintedChoiceField(
        label="Direction you agreed", choices=Direction.choices, hints=DIRECTION_HINTS, needed="Choose a direction."
    )
    agreed_actions = ProseField(
        label="What will each of you do?",
        help_text="Who does what, and by when.",
        rows=5,
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what you both will do."},
    )
    next_on = DateField(
        label="When will you talk next?",
        help_text="For example, 15 3 2027",
        error_messages={"required": "Enter the day of your next conversation."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def outcome(self) -> Outcome:
        """What was entered."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Outcome(**data | {"agreed_direction": Direction(data["agreed_direction"])})

    @staticmethod
    def stored(conversation: CareerConversation) -> dict[str, Any]:
        """What is written up so far, as the form shows it."""
        return {name: getattr(conversation, name) for name in OUTCOME}
