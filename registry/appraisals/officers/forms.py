"""What officers choose and decide: filters of figures, appraisers, postponements, connections, quiet days."""

import calendar
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.appraisals.models import Cycle, CycleRule, QuietPeriod
from registry.appraisals.officers.annual import year_of
from registry.appraisals.officers.conflicts import Load, loads
from registry.appraisals.officers.filters import NONE, departments
from registry.appraisals.states import ConnectionKind, RecommendationKind
from registry.clinicians.fields import Profession, Register
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.filtering import FilterForm
from registry.nhsuk.widgets import DateField
from registry.organisations.models import Organisation

REASON_LENGTH = 1000
YEARS_BACK = 5


def places(user: User, permission: P) -> dict[str, Organisation]:
    """The organisations somebody looks after, by their ODS code; of all of England those where somebody works."""
    scope = user.scope_for(permission)
    found = Organisation.rows().filter(pk__in=scope.organisation_ids).order_by("name", "pk")
    if scope.everything:
        found = Clinician.visible_to(user, permission).employers()
    return {place.ods_code: place for place in found}


class ComplianceFilter(FilterForm):
    """A cycle by its code, and an organisation by its ODS code; what is unknown is not chosen."""

    def __init__(self, asked: Mapping[str, Any], *, user: User) -> None:
        cycles = {cycle.code: cycle for cycle in Cycle.rows()}
        self.organisations = places(user, P.APPRAISAL_VIEW)
        self.cycle = cycles.get(str(asked.get("cycle", "")))
        only = next(iter(self.organisations.values())) if len(self.organisations) == 1 else None
        self.organisation = self.organisations.get(str(asked.get("organisation", "")), only)
        super().__init__(
            {
                "cycle": self.cycle.code if self.cycle else "",
                "organisation": self.organisation.ods_code if self.organisation else "",
            }
        )
        names = [("", "All cycles"), *((cycle.code, cycle.name) for cycle in cycles.values())]
        self.fields["cycle"] = forms.ChoiceField(required=False, choices=names)
        if len(self.organisations) > 1:
            choices = [("", "All organisations"), *((code, str(row)) for code, row in self.organisations.items())]
            self.fields["organisation"] = forms.ChoiceField(required=False, choices=choices)


class BodyFilter(FilterForm):
    """A designated body, and the year by its last day; this year and the only body where nothing is asked for."""

    def __init__(self, asked: Mapping[str, Any], *, user: User) -> None:
        bodies = places(user, P.DESIGNATED_BODY_VIEW)
        this = year_of(today()).year
        years = {str(year): datetime.date(year, 3, 31) for year in range(this, this - YEARS_BACK, -1)}
        self.body = bodies.get(str(asked.get("body", "")), next(iter(bodies.values()), None))
        self.last_day = years.get(str(asked.get("year", "")), years[str(this)])
        super().__init__({"body": self.body.ods_code if self.body else "", "year": str(self.last_day.year)})
        if len(bodies) > 1:
            choices = [(code, str(row)) for code, row in bodies.items()]
            self.fields["body"] = forms.ChoiceField(label="Designated body", required=False, choices=choices)
        names = [(year, f"1 April {int(year) - 1} to 31 March {year}") for year in years]
        self.fields["year"] = forms.ChoiceField(required=False, choices=names)


class ReasonForm(forms.Form):
    """Why, in a few words."""

    reason = forms.CharField(
        max_length=REASON_LENGTH, widget=forms.Textarea, error_messages={"required": "Enter the reason."}
    )


class AppraiserChoice(forms.ModelChoiceField):
    """Somebody who holds the role appraiser within the officer's reach, with how much they have to do."""

    load: Mapping[int, Load] = {}

    def label_from_instance(self, user: Any) -> str:
        return f"{user} ({self.load.get(user.pk, Load())})"


class ChooseForm(forms.Form):
    """Whom to assign; the people are chosen in the list."""

    to = AppraiserChoice(
        queryset=None,
        label="Appraiser",
        empty_label="Choose an appraiser",
        error_messages={"required": "Choose an appraiser.", "invalid_choice": "Choose an appraiser from the list."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["to"]
        choices.queryset = appraisers(user)
        choices.load = loads(choices.queryset.values_list("pk", flat=True))


def appraisers(user: User) -> Any:
    """Who holds the role appraiser at an organisation this officer looks after, by name."""
    holding = {"role_grants__role": Role.APPRAISER, "role_grants__revoked_at__isnull": True}
    found = User.visible_to(user, P.APPRAISAL_MANAGE).filter(is_active=True, **holding)
    return found.distinct().order_by("name", "pk")


class AssignForm(forms.Form):
    """A chosen appraiser confirmed; with the reason where somebody of the line of management is chosen."""

    reason = forms.CharField(
        label="Why is this right all the same?",
        help_text="It is kept in the record of what was done, which auditors read.",
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea,
    )


class DecisionForm(forms.Form):
    """Approve with a new date, or refuse with a reason."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[("approve", "Approve"), ("refuse", "Refuse")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you approve."},
    )
    to_due_on = DateField(label="New date, if you approve", required=False)
    reason = forms.CharField(
        label="Reason", help_text="Needed if you refuse. The person sees it.", max_length=REASON_LENGTH, required=False,
        widget=forms.Textarea,
    )  # fmt: skip


class QuietForm(forms.ModelForm):
    """Days on which nobody at an organisation is reminded."""

    first_day = DateField(label="First day", error_messages={"required": "Enter the first day."})
    last_day = DateField(label="Last day", error_messages={"required": "Enter the last day."})

    class Meta:
        model = QuietPeriod
        fields = ["organisation", "first_day", "last_day", "reason"]
        labels = {"reason": "Why"}
        help_texts = {"reason": "For example, closed for Christmas."}
        error_messages = {
            "organisation": {"required": "Choose an organisation.", "invalid_choice": "Choose from the list."},
            "reason": {"required": "Enter why."},
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = places(user, P.APPRAISAL_MANAGE).values()
        choices: Any = self.fields["organisation"]
        choices.queryset = Organisation.rows().filter(pk__in=[place.pk for place in found])
        if len(found) == 1:
            self.initial.setdefault("organisation", next(iter(found)).pk)

    def _post_clean(self) -> None:
        """The action says what is wrong, beside its field."""


class PeopleChoice(FilterForm):
    """Which clinicians a step in bulk is about: an organisation's, by profession, register and department."""

    def __init__(self, asked: Mapping[str, Any], *, user: User, professions: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(asked)
        self.user = user
        self.places = places(user, P.APPRAISAL_MANAGE)
        if len(self.places) > 1:
            choices = [(code, str(row)) for code, row in self.places.items()]
            self.fields["organisation"] = forms.ChoiceField(required=False, choices=choices)
        if not professions:
            choices = [("", "All professions"), *Profession.choices]
            self.fields["profession"] = forms.ChoiceField(required=False, choices=choices)
            self.fields["register"] = forms.ChoiceField(
                required=False, choices=[("", "All registers"), *Register.choices]
            )
        named = [("", "All departments"), *departments(user, P.APPRAISAL_MANAGE)]
        self.fields["department"] = forms.ChoiceField(required=False, choices=named)

    @property
    def organisation(self) -> Organisation | None:
        """The one asked for, or the first; None where there is nobody to look after."""
        first = next(iter(self.places.values()), None)
        return self.places.get(str(self.data.get("organisation", "")), first)

    def people(self) -> Any:
        """The clinicians meant; nobody where something asked for is not in the list."""
        people = Clinician.visible_to(self.user, P.APPRAISAL_MANAGE).filter(organisation=self.organisation)
        if not self.is_valid():
            return people.none()
        asked = self.cleaned_data
        if asked.get("profession"):
            people = people.filter(profession=asked["profession"])
        if asked.get("register"):
            people = people.filter(pk__in=Clinician.registrations_where(register=asked["register"]))
        if asked.get("department"):
            people = people.filter(department="" if asked["department"] == NONE else asked["department"])
        return people


class PlaceForm(forms.Form):
    """Since when people are under a cycle, and what is known of all of them: when it was last done, when it is due."""

    started_on = DateField(label="Under it since", error_messages={"required": "Enter the day."})
    last_done_on = DateField(
        label="Last done on",
        required=False,
        help_text="Needed where they have been under it for longer than the cycle takes. For example, 15 3 2024",
    )
    next_due_on = DateField(
        label="Next due on",
        required=False,
        help_text="Only where the regulator has set one date for all of them. Otherwise it follows from the rule.",
    )


class PlaceOneForm(forms.Form):
    """The cycle somebody comes under, and the facts their dates follow from."""

    cycle: Any = forms.ModelChoiceField(
        queryset=None, empty_label="Choose a cycle", error_messages={"required": "Choose a cycle."}
    )
    started_on = DateField(label="Under it since", error_messages={"required": "Enter the day."})
    last_done_on = DateField(
        label="Last done on",
        required=False,
        help_text="If it was done before, here or elsewhere. For example, 15 3 2024",
    )
    next_due_on = DateField(
        label="Next due on",
        required=False,
        help_text="Set by the regulator, or by which it must be done now. Otherwise it follows from the rule.",
    )
    birth_month = forms.TypedChoiceField(
        label="Month of birth",
        required=False,
        choices=[("", "Not known"), *((month, calendar.month_name[month]) for month in range(1, 13))],
        coerce=int,
        empty_value=None,
        help_text="Only for cycles whose date follows from it, such as medical appraisal.",
    )

    def __init__(self, *args: Any, held: Any, **kwargs: Any) -> None:
        """`held` are the obligations in force, whose cycles are no choice."""
        super().__init__(*args, **kwargs)
        cycles: Any = self.fields["cycle"]
        with_a_rule = CycleRule.rows().values("cycle")
        cycles.queryset = Cycle.rows().filter(pk__in=with_a_rule).exclude(pk__in=held.values("cycle"))


class EndObligationForm(forms.Form):
    """The last day on which somebody is under a cycle, and why."""

    ended_on = DateField(label="Last day", error_messages={"required": "Enter the last day."})
    reason = forms.CharField(
        help_text="For example: left the organisation. The person sees it with what is cancelled.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea,
        error_messages={"required": "Say why they are no longer under it."},
    )


class ConnectForm(forms.Form):
    """How doctors are connected to a designated body, with which responsible officer, and since when."""

    responsible_officer: Any = forms.ModelChoiceField(
        queryset=None, required=False, help_text="People who hold the role responsible officer there."
    )
    kind = forms.ChoiceField(
        label="How they are connected",
        choices=ConnectionKind.choices,
        initial=ConnectionKind.STANDARD,
        widget=forms.RadioSelect,
    )
    started_on = DateField(label="Connected since", error_messages={"required": "Enter the first day."})

    def __init__(self, *args: Any, body: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["responsible_officer"]
        choices.queryset = User.holding(Role.RESPONSIBLE_OFFICER, at=body)


class EndForm(forms.Form):
    """The last day of a connection."""

    ended_on = DateField(label="Last day of the connection", error_messages={"required": "Enter the last day."})


class RecommendationForm(forms.Form):
    """What a responsible officer recommended to the GMC."""

    kind = forms.ChoiceField(
        label="What did you recommend?",
        choices=RecommendationKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you recommended."},
    )
    deferred_to = DateField(label="Defer until, if you recommended to defer", required=False)
    reason = forms.CharField(
        label="Reason",
        help_text="Needed for a deferral and for non-engagement. You and the doctor see it.",
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea,
    )
    made_on = DateField(label="Sent to the GMC on", error_messages={"required": "Enter the day you sent it."})
