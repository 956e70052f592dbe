"""The forms of appraisals; the actions decide again what they may hold."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from registry.appraisals.actions.conducting import PLACE_LENGTH
from registry.appraisals.models import Appraisal, AppraisalObjective, ChecklistEntry
from registry.appraisals.models.appraisals import PROSE_LENGTH, REASON_LENGTH
from registry.appraisals.states import (
    OUTCOMES_RECORDED,
    OUTCOMES_SIGNED,
    CycleKind,
    ObjectiveResult,
    Outcome,
    PostponementReason,
)
from registry.nhsuk.dates import long_date
from registry.nhsuk.widgets import DateField, ProseField

CHOOSE = "Choose one of the answers shown."
NO_PATIENTS = "Do not name patients, or write anything that could tell who they are."


def _choice(label: str, choices: Any, **options: Any) -> Any:
    messages = {"required": CHOOSE, "invalid_choice": CHOOSE}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=messages, **options)


def _optional(label: str, queryset: Any, words: Any, *, help_text: str = "") -> Any:
    field: Any = forms.ModelChoiceField(
        queryset=queryset,
        label=label,
        help_text=help_text,
        required=False,
        empty_label="None",
        error_messages={"invalid_choice": "Choose one from the list."},
    )
    field.label_from_instance = words
    return field


# As people write them: 14:30, 14.30, 2:30pm, 2.30 pm, 2pm.
TIMES = ["%H:%M", "%H.%M", "%I:%M%p", "%I.%M%p", "%I:%M %p", "%I.%M %p", "%I%p", "%I %p"]


class EntryForm(forms.Form):
    """Whether one thing to bring is there, and where."""

    done = forms.BooleanField(label="I have this ready", required=False)
    note = ProseField(
        label="Where it is, or what is missing",
        help_text=f"Your appraiser reads this once you send your appraisal. {NO_PATIENTS}",
        required=False,
        max_length=REASON_LENGTH,
    )

    def __init__(self, data: Any = None, *, entry: ChecklistEntry, rounds: Any = None) -> None:
        initial = {"done": entry.done, "note": entry.note, "feedback_round": entry.feedback_round_id}
        super().__init__(data, initial=initial)
        if rounds is not None:
            self.fields["feedback_round"] = _optional(
                "Feedback that was released to you",
                rounds,
                lambda row: f"{row.version.name}, talked through on {long_date(row.conversation_on)}",
                help_text="Your appraiser sees that it took place and when, never what it says.",
            )
            self.order_fields(["done", "feedback_round", "note"])


class LevelsForm(forms.Form):
    """Which agreed levels and which plan to bring."""

    def __init__(self, data: Any = None, *, appraisal: Appraisal, assessments: Any, plans: Any) -> None:
        super().__init__(data, initial={"assessment": appraisal.assessment_id, "plan": appraisal.plan_id})
        self.fields["assessment"] = _optional(
            "Agreed levels",
            assessments,
            lambda row: f"{row.version.name}, agreed on {long_date(row.agreed_at)}",
            help_text="Your appraiser sees the agreed levels, not what you wrote as evidence.",
        )
        self.fields["plan"] = _optional(
            "Development plan",
            plans,
            lambda row: f"{row.version.name}, started on {long_date(row.created_at)}",
            help_text="Your appraiser sees its objectives and how far they are. Nobody else does.",
        )


class PostponeForm(forms.Form):
    """A wish for a later due date."""

    reason = _choice("Why?", PostponementReason.choices)
    to_due_on = DateField(
        label="Until when?",
        help_text="For example, 31 3 2027",
        error_messages={"required": "Enter the day you ask for."},
    )
    words = ProseField(
        label="In your own words",
        help_text="Your HR team reads this. Do not give medical details.",
        required=False,
        max_length=REASON_LENGTH,
    )


class ReasonForm(forms.Form):
    """Why something goes back."""

    reason = ProseField(
        label="What should change?",
        rows=5,
        max_length=REASON_LENGTH,
        error_messages={"required": "Say what should change."},
    )

    def __init__(self, data: Any = None, *, reader: Any) -> None:
        super().__init__(data)
        self.fields["reason"].help_text = f"{reader} reads this. {NO_PATIENTS}"


class MeetingForm(forms.Form):
    """When and where to meet."""

    day = DateField(
        label="Day", help_text="For example, 15 3 2027", error_messages={"required": "Enter the day you meet."}
    )
    time = forms.TimeField(
        label="Time",
        input_formats=TIMES,
        help_text="For example, 14:30",
        widget=forms.TimeInput(format="%H:%M", attrs={"width": 5}),
        error_messages={"required": "Enter the time you meet.", "invalid": "Enter a time, like 14:30."},
    )
    place = forms.CharField(
        label="Where",
        help_text="A room, or how to join. It is in the calendar entry, so write nothing private.",
        required=False,
        max_length=PLACE_LENGTH,
        error_messages={"max_length": "Use at most %(limit_value)d characters; this has %(show_value)d."},
    )

    def __init__(self, data: Any = None, *, appraisal: Appraisal) -> None:
        at = timezone.localtime(appraisal.meeting_at) if appraisal.meeting_at else None
        initial = {"day": at.date(), "time": at.time(), "place": appraisal.meeting_place} if at else {}
        super().__init__(data, initial=initial)

    @property
    def at(self) -> datetime.datetime:
        """The moment in London."""
        data = self.cleaned_data
        return timezone.make_aware(datetime.datetime.combine(data["day"], data["time"]))


class ObjectiveForm(forms.Form):
    """Something agreed until the next time."""

    text = ProseField(
        label="What was agreed?",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say what you agreed."},
    )
    measure = ProseField(
        label="How will you both know that it is met?",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say how you will both know that it is met."},
    )
    by_date = DateField(
        label="By when?",
        help_text="For example, 15 3 2027",
        error_messages={"required": "Enter the day by which it is to be met."},
    )

    @staticmethod
    def stored(objective: AppraisalObjective) -> dict[str, Any]:
        """An objective as the form shows it."""
        return {name: getattr(objective, name) for name in ("text", "measure", "by_date")}


class ResultsForm(forms.Form):
    """What became of last time's objectives; one that nobody judges stays open."""

    def __init__(self, data: Any = None, *, objectives: Sequence[AppraisalObjective]) -> None:
        super().__init__(data)
        for objective in objectives:
            field = _choice(objective.text, ObjectiveResult.choices, required=False, initial=objective.result)
            field.help_text = f"{objective.measure} By {long_date(objective.by_date)}."
            self.fields[f"result_{objective.pk}"] = field

    @property
    def results(self) -> dict[int, ObjectiveResult]:
        """What was chosen, by the objective's key."""
        chosen = {int(name.removeprefix("result_")): value for name, value in self.cleaned_data.items() if value}
        return {key: ObjectiveResult(value) for key, value in chosen.items()}


class SummaryForm(forms.Form):
    """What was discussed and what came of it."""

    summary = ProseField(
        label="What did you discuss and agree?",
        rows=10,
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what was discussed and agreed."},
    )
    outcome = _choice("What came of it?", [(one.value, one.label) for one in OUTCOMES_SIGNED])
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, appraisal: Appraisal, seen: str) -> None:
        initial = {"summary": appraisal.summary, "outcome": appraisal.outcome, "seen": seen}
        super().__init__(data, initial=initial)
        self.fields["summary"].help_text = f"{appraisal.clinician} reads this when you have signed. {NO_PATIENTS}"


class DoneForm(forms.Form):
    """What the regulator did."""

    def __init__(self, data: Any = None, *, appraisal: Appraisal) -> None:
        super().__init__(data)
        cycle = appraisal.rule.cycle
        labels = {
            Outcome.RENEWED: "I was revalidated" if cycle.kind == CycleKind.REVALIDATION else "It was renewed",
            Outcome.DEFERRED: "It was deferred",
            Outcome.LAPSED: "It was not renewed",
        }
        outcomes = OUTCOMES_RECORDED[CycleKind(cycle.kind)]
        self.fields["outcome"] = _choice("What came of it?", [(one.value, labels[one]) for one in outcomes])
        self.fields["done_on"] = DateField(
            label="On which day?",
            help_text="The day on the regulator’s letter or register, for example 15 3 2027",
            error_messages={"required": "Enter the day it was done."},
        )
        self.fields["next_due_on"] = DateField(
            label="The next date, if the regulator has told you",
            help_text="Needed if it was deferred. Otherwise we work it out from the rule.",
            required=False,
        )
