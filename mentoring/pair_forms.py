"""The forms of two people matched with each other; the actions decide again what they may hold."""

from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms

from mentoring.actions.agreeing import Terms
from mentoring.actions.ending import Said
from mentoring.fields import Kind
from mentoring.forms import NO_PATIENTS, domains_to_choose
from mentoring.models import Agreement, Goal
from mentoring.models.agreements import GOAL_LENGTH, QUESTION_LENGTH
from mentoring.models.register import PROSE_LENGTH
from mentoring.models.relationships import REASON_LENGTH
from mentoring.models.supervision import LONGEST, SHORTEST
from mentoring.states import REASONS, Decline, RelationshipState
from mentoring.terms import QUESTIONS, USUAL_MONTHS, Frequency, Medium, Point, SupervisionKind
from registry.clinicians.forms import choose
from registry.competency.models import Element
from registry.kernel.clock import today
from registry.nhsuk.filtering import FilterForm
from registry.nhsuk.widgets import DateField, ProseField

ACCEPT = "I keep what we say between us, within these limits"
OWN = "own"
ONE_OF = choose("one of the answers")
RATING = [(1, "1, not at all"), (2, "2"), (3, "3"), (4, "4"), (5, "5, very much")]
LAPSED = "lapsed"
GO_ON, CHANGE, END = "go on", "change", "end"


def _radios(label: str, choices: Any, messages: dict[str, str] = ONE_OF, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=messages, **options)


def _rating(label: str, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=RATING, coerce=int, widget=forms.RadioSelect, error_messages=ONE_OF, **options
    )


def _accept() -> forms.BooleanField:
    return forms.BooleanField(label=ACCEPT, error_messages={"required": "Tick the box to say so."})


class DeclineForm(forms.Form):
    """Why somebody says no."""

    because = _radios("Why?", [(one.value, one.label) for one in REASONS], choose("why"))
    reason = ProseField(
        label="Anything the programme leads should know?",
        help_text="They read it before they match people again. The other person never does.",
        required=False,
        max_length=REASON_LENGTH,
    )


class AgreementForm(forms.Form):
    """How two people mean to work together."""

    aims = ProseField(
        label="What do you want to reach together?",
        help_text=f"Only the two of you read this. {NO_PATIENTS}",
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what you want to reach together."},
    )
    frequency = _radios("How often do you meet?", Frequency.choices, choose("how often you meet"))
    medium = _radios("How do you meet?", Medium.choices, choose("how you meet"))
    ground_rules = ProseField(
        label="Ground rules",
        help_text="For example, how you cancel, and how you say that something does not help.",
        required=False,
        max_length=PROSE_LENGTH,
    )
    question = _radios(
        "Which question do you both answer, halfway and at the end?",
        [*((one, one) for one in QUESTIONS), (OWN, "A question of our own")],
        choose("a question"),
        help_text="From 1 to 5. You see each other’s answer once both have answered.",
    )
    own_question = forms.CharField(label="Your own question", required=False, max_length=QUESTION_LENGTH)
    ends_on = DateField(
        label="Until when?",
        help_text="Half a year is usual, two years are the most. You can go on after that, and end at any time.",
        error_messages={"required": "Enter the last day."},
    )
    accepted = _accept()

    def __init__(self, data: Any = None, *, kind: str, agreement: Agreement | None) -> None:
        super().__init__(data)
        if kind != Kind.MANAGER:
            del self.fields["question"], self.fields["own_question"]
        if agreement is None:
            self.initial["ends_on"] = today() + relativedelta(months=USUAL_MONTHS)
            return
        self.initial.update({name: getattr(agreement, name) for name in Terms.__slots__})
        if agreement.question and agreement.question not in QUESTIONS:
            self.initial.update({"question": OWN, "own_question": agreement.question})

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        own = data.pop("own_question", "")
        if data.get("question") == OWN:
            if not own:
                self.add_error("own_question", "Enter your question.")
            data["question"] = own
        return data


class AgreeForm(forms.Form):
    """Saying yes to what the other wrote."""

    accepted = _accept()


class ElementField(forms.ModelChoiceField):
    """One element of a framework, its domain before it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.domain}: {obj.name}"


class GoalForm(forms.Form):
    """What two people want to reach, and which part of leadership it is about."""

    text = ProseField(
        label="What do you want to reach?",
        help_text=NO_PATIENTS,
        max_length=GOAL_LENGTH,
        error_messages={"required": "Say what you want to reach."},
    )
    element = ElementField(
        None,
        label="What is it about?",
        empty_label="Choose from the list",
        error_messages={"required": "Choose what it is about.", "invalid_choice": "Choose from the list."},
    )

    def __init__(self, data: Any = None, *, goal: Goal) -> None:
        super().__init__(data)
        rows = Element.rows().select_related("domain")
        offered = rows.filter(domain__in=domains_to_choose())
        if goal.pk:
            self.initial.update({"text": goal.text, "element": goal.element_id})
            # One of an earlier version of the framework can stay.
            offered |= rows.filter(pk=goal.element_id)
        fields: Any = self.fields
        fields["element"].queryset = offered.order_by("domain__version", "domain__position", "position")


class EvaluationForm(forms.Form):
    """How it goes, or how it was."""

    helpful = _rating("How much does it help you?")
    aims_met = _rating("How far did you come with what you wanted to reach?")
    would_again = forms.TypedChoiceField(
        label="Would you do it again?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages=ONE_OF,
    )
    answer = _rating("")
    answer_words = ProseField(label="In your words", required=False, max_length=PROSE_LENGTH)
    words = ProseField(
        label="What do you want to say to the other?",
        help_text="Only the other person reads it.",
        required=False,
        max_length=PROSE_LENGTH,
    )
    then = _radios(
        "What next?",
        [(GO_ON, "Go on as it is"), (CHANGE, "Change what we agreed"), (END, "End it")],
        help_text="Talk about it before you choose. Nothing ends until you say so on the next page.",
    )

    def __init__(self, data: Any = None, *, point: Point, question: str) -> None:
        super().__init__(data)
        if point == Point.END:
            self.fields["helpful"].label = "How much did it help you?"
            del self.fields["then"]
        if question:
            self.fields["answer"].label = question
            self.fields["answer"].help_text = "You see each other’s answer once both have answered."
        else:
            del self.fields["answer"], self.fields["answer_words"]

    @property
    def said(self) -> Said:
        """What was entered."""
        return Said(**{name: value for name, value in self.cleaned_data.items() if name != "then"})


class SupervisionForm(forms.Form):
    """A session of supervision or professional development that took place."""

    held_on = DateField(label="When was it?", error_messages={"required": "Enter the day."})
    kind = _radios("What was it?", SupervisionKind.choices, choose("what it was"))
    minutes = forms.IntegerField(
        label="How many minutes?",
        initial=60,
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
        error_messages={
            "required": "Enter how many minutes.",
            "invalid": "Enter a whole number, like 60.",
            "min_value": f"Enter {SHORTEST} minutes or more.",
            "max_value": f"Enter {LONGEST} minutes or fewer.",
        },
    )


# Of those under way: nothing logged for six weeks, and nothing planned.
QUIET = "quiet"


class RelationshipFilter(FilterForm):
    """Which relationships to list."""

    state = forms.ChoiceField(
        label="Where they stand",
        choices=[("", "All"), *RelationshipState.choices, (QUIET, "Under way, and quiet")],
        required=False,
    )


class AnswersFilter(FilterForm):
    """Which answers to list."""

    because = forms.ChoiceField(
        label="Why", choices=[("", "All"), *Decline.choices, (LAPSED, "Not answered in time")], required=False
    )
