"""Forms of a profile: the person's own fields, the employer's, and each kind of entry."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator

from registry.accounts.models import User
from registry.clinicians.fields import (
    Aspiration,
    QualificationKind,
    Register,
    RegistrationStatus,
    VerificationMethod,
)
from registry.clinicians.models import Clinician, LeadershipRole, OfClinician, Post, Qualification, Registration
from registry.clinicians.validators import check_period, check_role_mix, clean_registration_number
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.widgets import DateField
from registry.organisations.models import Organisation

LONG_AGO = MinValueValidator(datetime.date(1940, 1, 1), "The year must be 1940 or later.")
PLAIN = {"spellcheck": "false", "autocomplete": "off"}


def choose(thing: str) -> dict[str, str]:
    """Messages of a list nothing was chosen from."""
    return {"required": f"Choose {thing}.", "invalid_choice": f"Choose {thing} from the list."}


class WrittenByAction(forms.ModelForm):
    """A model's form whose action says what is taken or impossible, in words that tell nothing about anybody else."""

    def _get_validation_exclusions(self) -> set[str]:
        # Django would say which constraint failed, beside no field; the database still holds it.
        return {field.name for field in self._meta.model._meta.fields}


class OwnDetailsForm(WrittenByAction):
    """What people say of themselves."""

    aspirations = forms.MultipleChoiceField(
        label="What do you want next?",
        choices=Aspiration.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose all that apply.",
    )

    class Meta:
        model = Clinician
        fields = [
            "given_name",
            "family_name",
            "profession",
            "sector",
            "career_stage",
            "aspirations",
            "readiness",
            "mobility",
        ]
        labels = {
            "readiness": "When would you be ready for the next step?",
            "mobility": "How far would you move for a post?",
        }
        error_messages = {
            "given_name": {"required": "Enter a first name."},
            "family_name": {"required": "Enter a last name."},
            "profession": choose("a profession"),
            "sector": choose("a sector"),
            "career_stage": choose("a career stage"),
        }
        widgets = {
            "given_name": forms.TextInput(attrs=PLAIN),
            "family_name": forms.TextInput(attrs=PLAIN),
            "sector": forms.RadioSelect,
            "career_stage": forms.RadioSelect,
            "readiness": forms.RadioSelect,
            "mobility": forms.RadioSelect,
        }

    def changes(self) -> dict[str, Any]:
        """Field → value, for `actions.update_details`."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class EmployerDetailsForm(OwnDetailsForm):
    """What people say of themselves, and what only their employer says."""

    line_manager = forms.CharField(
        label="Line manager's staff number",
        required=False,
        max_length=20,
        help_text="Somebody on the same organisation's list of people.",
        widget=forms.TextInput(attrs=PLAIN | {"width": 10}),
    )

    class Meta(OwnDetailsForm.Meta):
        fields = [
            *OwnDetailsForm.Meta.fields,
            "email",
            "staff_number",
            "organisation",
            "department",
            "line_manager",
            "appraiser",
        ]
        widgets = OwnDetailsForm.Meta.widgets | {
            "email": forms.EmailInput(attrs=PLAIN),
            "staff_number": forms.TextInput(attrs=PLAIN | {"width": 10}),
            "department": forms.TextInput(attrs=PLAIN),
        }
        labels = OwnDetailsForm.Meta.labels | {"staff_number": "Staff number", "appraiser": "Appraiser"}
        help_texts = {
            "appraiser": "People who hold the role appraiser at your organisation.",
            "department": "Written the same for everybody there, so that figures count them together.",
        }
        error_messages = OwnDetailsForm.Meta.error_messages | {
            "organisation": choose("an organisation"),
            "appraiser": choose("an appraiser"),
            "email": {"invalid": "Enter an e-mail address in the correct format, like name@example.nhs.uk."},
        }

    def __init__(self, *args: Any, by: User, appraisers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        scope = by.scope_for(Permission.PROFILE_EDIT)
        organisations = Organisation.rows()
        if not scope.everything:
            organisations = organisations.filter(pk__in=scope.organisation_ids)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["appraiser"].queryset = appraisers  # type: ignore[attr-defined]
        manager = self.instance.line_manager
        self.initial["line_manager"] = manager.staff_number if manager else ""

    def clean_line_manager(self) -> Clinician | None:
        number = self.cleaned_data["line_manager"].strip()
        if not number:
            return None
        if self.instance.line_manager and self.instance.line_manager.staff_number == number:
            return self.instance.line_manager
        organisation = self.cleaned_data.get("organisation") or self.instance.organisation
        visible = Clinician.visible_to(self._by, Permission.PROFILE_EDIT)
        found = visible.filter(organisation=organisation, staff_number=number).first()
        if found is None:
            raise forms.ValidationError("Nobody at this organisation has this staff number.")
        return found


class EntryForm(WrittenByAction):
    """An entry of a profile; `save_entry` writes it."""


class RegistrationForm(EntryForm):
    """A register and the number on it."""

    class Meta:
        model = Registration
        fields = ["register", "number"]
        labels = {"number": "Registration number"}
        help_texts = {"number": "As the regulator writes it. Spaces do not matter."}
        widgets = {"number": forms.TextInput(attrs=PLAIN | {"width": 10})}
        error_messages = {"register": choose("a register"), "number": {"required": "Enter a registration number."}}

    def clean_number(self) -> str:
        # `register` comes first in `fields`; without a right one there is nothing to compare with.
        number = self.cleaned_data["number"]
        if "register" not in self.cleaned_data:
            return number
        try:
            return clean_registration_number(Register(self.cleaned_data["register"]), number)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class DatedForm(EntryForm):
    """From one day to another, or still."""

    started_on = DateField(
        label="Start date", validators=[LONG_AGO], error_messages={"required": "Enter the start date."}
    )
    ended_on = DateField(
        label="End date", required=False, validators=[LONG_AGO], help_text="Leave empty if it has not ended."
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            check_period(cleaned.get("started_on"), cleaned.get("ended_on"))
        except Invalid as refusal:
            self.add_error(refusal.field, refusal.message)
        return cleaned


class PostForm(DatedForm):
    """A post, where, and its band or grade."""

    class Meta:
        model = Post
        fields = ["title", "organisation", "band", "started_on", "ended_on"]
        error_messages = {
            "title": {"required": "Enter a job title."},
            "organisation": choose("an organisation"),
            "band": choose("a pay band or grade"),
        }


class PartField(forms.IntegerField):
    """One part of a post, in hundredths."""

    def __init__(self, label: str, help_text: str) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            min_value=0,
            max_value=100,
            widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
            error_messages={
                "required": "Enter a whole number from 0 to 100.",
                "invalid": "Enter a whole number from 0 to 100.",
                "min_value": "Enter a whole number from 0 to 100.",
                "max_value": "Enter a whole number from 0 to 100.",
            },
        )


class RoleMixForm(forms.Form):
    """How a post divides between practitioner, partner and leader, from a day on."""

    practitioner = PartField("Practitioner", "Caring for patients, and the work of my profession.")
    partner = PartField("Partner", "Working with managers, patients and other services on how care is run.")
    leader = PartField("Leader", "Leading people or services, with or without a title.")
    from_date = DateField(label="Since when?", error_messages={"required": "Enter the day it began to be like this."})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        parts = [cleaned.get(name) for name in ("practitioner", "partner", "leader")]
        if None not in parts:
            try:
                check_role_mix(*(part or 0 for part in parts))
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned


class LeadershipRoleForm(DatedForm):
    """Leading, with or without a title."""

    protected_sessions = forms.DecimalField(
        label="Protected time a week, in sessions or programmed activities",
        min_value=Decimal(0),
        max_value=Decimal(14),
        max_digits=4,
        decimal_places=2,
        initial=0,
        help_text="For example 1.5. Enter 0 if no time is protected.",
        widget=forms.TextInput(attrs={"width": 4, "inputmode": "decimal"}),
        error_messages={
            "required": "Enter the protected time, or 0.",
            "invalid": "Enter a number, like 1.5.",
            "min_value": "The protected time cannot be less than 0.",
            "max_value": "The protected time cannot be more than 14 sessions a week.",
        },
    )

    class Meta:
        model = LeadershipRole
        fields = ["title", "nature", "protected_sessions", "started_on", "ended_on"]
        help_texts = {"nature": "Formal: it came with a title. Informal: you led without one."}
        widgets = {"nature": forms.RadioSelect}
        error_messages = {
            "title": {"required": "Enter what the role is called, or what you led."},
            "nature": choose("whether the role is formal or informal"),
        }


class QualificationForm(EntryForm):
    """A qualification that bears on leadership."""

    year = forms.IntegerField(
        label="Year awarded",
        min_value=1950,
        max_value=2100,
        widget=forms.TextInput(attrs={"width": 4, "inputmode": "numeric"}),
        error_messages={
            "required": "Enter the year it was awarded.",
            "invalid": "Enter a year, like 2019.",
            "min_value": "The year must be 1950 or later.",
            "max_value": "Enter the year it was awarded.",
        },
    )

    class Meta:
        model = Qualification
        fields = ["kind", "title", "awarded_by", "year"]
        labels = {"kind": "Kind of qualification", "awarded_by": "Awarded by"}
        widgets = {"kind": forms.RadioSelect(choices=QualificationKind.choices)}
        error_messages = {
            "kind": choose("a kind of qualification"),
            "title": {"required": "Enter the qualification's title."},
        }


class VerificationForm(forms.Form):
    """What the regulator says, and how it was checked."""

    # The number the officer looked up: a number that changed meanwhile must not come out as checked.
    seen = forms.CharField(widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label="What does the regulator say?",
        choices=RegistrationStatus.choices,
        widget=forms.RadioSelect,
        error_messages=choose("what the regulator says"),
    )
    method = forms.ChoiceField(
        label="How did you check?",
        choices=VerificationMethod.choices,
        widget=forms.RadioSelect,
        error_messages=choose("how you checked"),
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: how it is called, and its model and form."""

    one: str
    many: str
    model: type[OfClinician]
    form: type[EntryForm]


KINDS = {
    "registrations": Kind("registration", "Registrations", Registration, RegistrationForm),
    "posts": Kind("post", "Posts", Post, PostForm),
    "roles": Kind("leadership role", "Leadership roles", LeadershipRole, LeadershipRoleForm),
    "qualifications": Kind("qualification", "Qualifications", Qualification, QualificationForm),
}
