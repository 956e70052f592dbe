"""The forms of taking part; the actions decide again what they may hold."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from programmes.actions.sessions import PLACE_LENGTH, TITLE_LENGTH
from programmes.fields import Attended, MilestoneResult
from programmes.models import CheckIn, Cohort, Enrolment, FellowshipObjective, Session, SetMeeting, Stage
from programmes.models.applications import ANSWER_LENGTH
from programmes.models.cohorts import REASON_LENGTH
from registry.appraisals.forms import NO_PATIENTS, TIMES
from registry.competency.forms import ProseField
from registry.kernel.clock import today
from registry.nhsuk.dates import long_date
from registry.nhsuk.widgets import DateField, SmallRadios
from registry.organisations.models import Organisation
from registry.session_log.forms import SessionFields, note_field

CHOOSE = "Choose one of the answers shown."
TOO_LONG = "Use at most %(limit_value)d characters; this has %(show_value)d."


def _time(label: str, needed: str) -> Any:
    return forms.TimeField(
        label=label,
        input_formats=TIMES,
        help_text="For example, 14:30",
        widget=forms.TimeInput(format="%H:%M", attrs={"width": 5}),
        error_messages={"required": needed, "invalid": "Enter a time, like 14:30."},
    )


class SessionForm(forms.Form):
    """What a session is called, when and where."""

    title = forms.CharField(
        label="What is it called?",
        max_length=TITLE_LENGTH,
        error_messages={"required": "Say what the session is called.", "max_length": TOO_LONG},
    )
    day = DateField(label="Day", help_text="For example, 15 3 2027", error_messages={"required": "Enter the day."})
    starts = _time("It starts at", "Enter the time it starts.")
    ends = _time("It ends at", "Enter the time it ends.")
    place = forms.CharField(
        label="Where",
        help_text="A room, or how to join. It is in the calendar entry, so write nothing private.",
        required=False,
        max_length=PLACE_LENGTH,
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, data: Any = None, *, session: Session | None = None) -> None:
        initial: dict[str, Any] = {}
        if session is not None:
            starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
            initial = {"title": session.title, "place": session.place}
            initial |= {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
        super().__init__(data, initial=initial)

    @property
    def wanted(self) -> dict[str, Any]:
        """What the action takes, with moments in London."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "starts_at": timezone.make_aware(datetime.datetime.combine(data["day"], data["starts"])),
            "ends_at": timezone.make_aware(datetime.datetime.combine(data["day"], data["ends"])),
            "place": data["place"],
        }


class AttendanceForm(forms.Form):
    """How each person attended; who nothing is chosen for stays as noted."""

    def __init__(self, data: Any = None, *, people: Sequence[Enrolment], noted: dict[int, str]) -> None:
        super().__init__(data)
        self.marks_optional = False
        for row in people:
            self.fields[f"person_{row.pk}"] = forms.ChoiceField(
                label=row.clinician.name,
                choices=Attended.choices,
                widget=SmallRadios,
                required=False,
                initial=noted.get(row.pk, ""),
                error_messages={"invalid_choice": CHOOSE},
            )
        if len(noted) < len(people):
            self.fields["others"] = forms.BooleanField(label="Everybody I have not marked was present", required=False)

    @property
    def marks(self) -> dict[int, str]:
        """What was chosen, by the key of the place."""
        chosen = self.cleaned_data.items()
        return {int(name.removeprefix("person_")): value for name, value in chosen if value and name != "others"}

    @property
    def others(self) -> Attended | None:
        """What whoever nothing was noted of gets."""
        return Attended.PRESENT if self.cleaned_data.get("others") else None


NOT_YET = ("", "Not done yet")


class MilestonesForm(forms.Form):
    """How somebody stands with each part of the programme."""

    def __init__(self, data: Any = None, *, stages: Iterable[Stage], there: dict[int, str], equivalent: bool) -> None:
        super().__init__(data)
        self.marks_optional = False
        for stage in stages:
            choices = [NOT_YET, (MilestoneResult.DONE.value, MilestoneResult.DONE.label)]
            exempt = equivalent and stage.exempt_by_equivalence
            if exempt or there.get(stage.pk) == MilestoneResult.EXEMPT:
                choices.append((MilestoneResult.EXEMPT.value, MilestoneResult.EXEMPT.label))
            self.fields[f"stage_{stage.pk}"] = forms.ChoiceField(
                label=stage.name,
                choices=choices,
                required=False,
                initial=there.get(stage.pk, ""),
                error_messages={"invalid_choice": CHOOSE},
            )

    @property
    def results(self) -> dict[int, str]:
        """What was chosen, by the key of the part; empty where it is not done yet."""
        return {int(name.removeprefix("stage_")): value for name, value in self.cleaned_data.items()}


class ReasonForm(forms.Form):
    """Why."""

    reason = ProseField(
        label="Why?",
        help_text="Do not give medical details.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say why, in a few words."},
    )


class TransferForm(ReasonForm):
    """To which cohort, and why."""

    def __init__(self, data: Any = None, *, cohorts: Any) -> None:
        super().__init__(data)
        field: Any = forms.ModelChoiceField(
            queryset=cohorts,
            label="To which cohort?",
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages={"required": "Choose a cohort.", "invalid_choice": CHOOSE},
        )
        field.label_from_instance = cohort_words
        self.fields["cohort"] = field
        self.order_fields(["cohort", "reason"])


def cohort_words(cohort: Cohort) -> str:
    """A cohort as it is chosen from a list."""
    return f"{cohort.name}: from {long_date(cohort.starts_on)} to {long_date(cohort.ends_on)}"


class SupporterForm(forms.Form):
    """Who looks after somebody; nobody where it is left empty."""

    email = forms.EmailField(
        label="Their e-mail address",
        help_text="The address of their account. Leave it empty to name nobody.",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": "Enter an e-mail address, like name@trust.nhs.uk."},
    )


class HostForm(forms.Form):
    """Where a fellow works."""

    def __init__(self, data: Any = None, *, enrolment: Enrolment) -> None:
        super().__init__(data, initial={"host": enrolment.host_id})
        self.fields["host"] = forms.ModelChoiceField(
            queryset=Organisation.rows().open_on(today()).order_by("name", "pk"),
            label="Host organisation",
            required=False,
            empty_label="None yet",
            error_messages={"invalid_choice": "Choose one from the list."},
        )


class FellowshipObjectiveForm(forms.Form):
    """Something a fellow sets out to do."""

    text = ProseField(
        label="What do you set out to do?",
        help_text=f"Your supporter and the programme’s leads read this. {NO_PATIENTS}",
        max_length=REASON_LENGTH,
        error_messages={"required": "Say what you set out to do."},
    )
    by_date = DateField(
        label="By when?",
        help_text="For example, 15 3 2027",
        error_messages={"required": "Enter the day by which it is to be met."},
    )

    def __init__(self, data: Any = None, *, objective: FellowshipObjective | None = None) -> None:
        initial = {"text": objective.text, "by_date": objective.by_date} if objective else {}
        super().__init__(data, initial=initial)


MET = {"yes": True, "no": False, "": None}


class LookBackForm(forms.Form):
    """Whether objectives were met."""

    def __init__(self, data: Any = None, *, objectives: Iterable[FellowshipObjective]) -> None:
        super().__init__(data)
        self.marks_optional = False
        words = {value: key for key, value in MET.items()}
        for one in objectives:
            self.fields[f"objective_{one.pk}"] = forms.ChoiceField(
                label=one.text,
                choices=[("yes", "Met"), ("no", "Not met"), ("", "Still open")],
                required=False,
                initial=words[one.met],
                help_text=f"By {long_date(one.by_date)}",
                error_messages={"invalid_choice": CHOOSE},
            )

    @property
    def met(self) -> dict[int, bool | None]:
        """What was chosen, by the objective's key."""
        return {int(name.removeprefix("objective_")): MET[value] for name, value in self.cleaned_data.items()}


class PlanForm(forms.Form):
    """The day of a check-in."""

    planned_on = DateField(
        label="When?", help_text="For example, 15 3 2027", error_messages={"required": "Enter the day."}
    )


class CheckInForm(forms.Form):
    """Whether a check-in took place, and what the supporter keeps of it."""

    held_on = DateField(label="It took place on", help_text="For example, 15 3 2027", required=False)
    text = ProseField(
        label="Note for yourself",
        help_text="Nobody else ever reads this.",
        required=False,
        rows=6,
        max_length=ANSWER_LENGTH,
    )
    worried = forms.BooleanField(
        label="I am worried about their wellbeing",
        help_text="A sign for you to come back to it. Nobody else sees it.",
        required=False,
    )

    def __init__(self, data: Any = None, *, check_in: CheckIn) -> None:
        initial = {"held_on": check_in.held_on, "text": check_in.note, "worried": check_in.worried}
        super().__init__(data, initial=initial)


class MeetingForm(SessionFields):
    """The day a set meets, or met, and what is known of it: of a meeting to come only the day."""

    def __init__(self, data: Any = None, *, meeting: SetMeeting | None = None) -> None:
        names = ("held_on", "minutes", "medium", "themes")
        super().__init__(data, initial={name: getattr(meeting, name, None) for name in names})
        self.fields["held_on"].label = "When do you meet, or when did you?"
        self.fields["minutes"].required = self.fields["medium"].required = False


class NoteForm(forms.Form):
    """A note for the set."""

    text = note_field("Note for the set", "Only the members of the set read this.", needed="Write your note.")
