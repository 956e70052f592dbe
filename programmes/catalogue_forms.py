"""What leads are asked about programmes, their versions, and cohorts."""

from typing import Any

from django import forms

from programmes.actions.cohorts import DAYS, EDITED, MOST_TO_READ
from programmes.fields import Delivery, GateKind, ProgrammeKind, StageKind, Tier
from programmes.models import Cohort, Criterion, Gate, Programme, ProgrammeVersion, Stage
from programmes.models.catalogue import PROSE_LENGTH
from programmes.models.cohorts import REASON_LENGTH
from programmes.states import CohortState
from registry.accounts.models import User
from registry.clinicians.fields import CareerStage, Profession
from registry.competency.models import Domain
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.widgets import DateField
from registry.organisations.models import Organisation, Region, RegionScheme

CODE = r"^[a-z][a-z0-9-]*\Z"


def prose(label: str, *, required: bool = True, most: int = PROSE_LENGTH, **options: Any) -> forms.CharField:
    """Text of several lines."""
    rows = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, required=required, max_length=most, widget=rows, **options)


def whole(label: str, least: int, most: int, **options: Any) -> forms.IntegerField:
    """A whole number from `least` to `most`."""
    says = f"Enter a whole number from {least:,} to {most:,}."
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs={"width": 4, "inputmode": "numeric"}),
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], says),
        **options,
    )


def choice(label: str, choices: Any, *, required: bool = True, empty: str = "Choose from the list") -> Any:
    """One of a list."""
    return forms.ChoiceField(
        label=label,
        choices=[("", empty), *choices],
        required=required,
        error_messages={"required": "Choose from the list.", "invalid_choice": "Choose from the list."},
    )


class DomainChoice(forms.ModelMultipleChoiceField):
    """Domains of frameworks that are in use, each with its framework's code."""

    def label_from_instance(self, domain: Any) -> str:
        return f"{domain.version.code}: {domain}"


def domains_in_use(also: Any = ()) -> Any:
    """The domains of frameworks that can be assessed in now, and those chosen already, by framework."""
    rows = Domain.rows().select_related("version")
    found = rows.filter(version__closed_to_new=False) | rows.filter(pk__in=list(also))
    return found.order_by("version__code", "version__version", "position")


class ProgrammeForm(forms.Form):
    """What a programme is, its intended outcome first."""

    name = forms.CharField(max_length=120, error_messages={"required": "Enter the name of the programme."})
    code = forms.RegexField(
        CODE,
        label="Short name for addresses",
        help_text="Small letters, digits and dashes, for example first-steps. It cannot change later.",
        max_length=40,
        error_messages={
            "required": "Enter a short name.",
            "invalid": "Use small letters, digits and dashes, and begin with a letter.",
        },
    )
    organisation = forms.ModelChoiceField(
        Organisation.rows(),
        empty_label="Choose an organisation",
        help_text="Whose leads run it.",
        error_messages={"required": "Choose the organisation that runs it.", "invalid_choice": "Choose from the list."},
    )
    intended_outcome = prose(
        "What it is meant to achieve",
        help_text="For patients and services, not only for whoever takes part. Everybody reads this first.",
        error_messages={"required": "Say what the programme is meant to achieve."},
    )
    description = prose("What it is", required=False)
    kind = choice("Kind", ProgrammeKind.choices)
    tier = choice("Tier", Tier.choices)
    professions = forms.MultipleChoiceField(
        choices=Profession.choices,
        help_text="Tick none if it is for every profession. What you tick is shown to everybody.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    career_stages = forms.MultipleChoiceField(
        choices=CareerStage.choices,
        help_text="Tick none for any.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    domains = DomainChoice(None, label="Domains it develops", required=False, widget=forms.CheckboxSelectMultiple)
    provider = forms.CharField(max_length=160, error_messages={"required": "Enter who provides it."})
    delivery = choice("How it is delivered", Delivery.choices)
    region = forms.ModelChoiceField(
        Region.rows(), label="Region whose scheme pays", required=False, empty_label="The whole of England"
    )
    budget_holder = forms.CharField(label="Budget holder", max_length=160, required=False)
    level = forms.CharField(label="Level of study", help_text="For example, level 7", max_length=80, required=False)
    award = forms.CharField(max_length=160, required=False)
    length_weeks = whole("Length in weeks", 1, 520)
    cost_per_place = whole("Cost of a place in pounds", 0, 1_000_000, initial=0)

    def __init__(self, *args: Any, user: User, programme: Programme | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        if programme is None:
            fields["organisation"].queryset = places(user)
            fields["domains"].queryset = domains_in_use()
            return
        chosen = list(programme.domains.values_list("pk", flat=True))
        fields["domains"].queryset = domains_in_use(chosen)
        del fields["code"], fields["organisation"]
        self.initial = {name: getattr(programme, name) for name in fields if name not in ("domains", "region")}
        self.initial |= {"domains": chosen, "region": programme.region_id}

    def clean_tier(self) -> int:
        """As the model keeps it."""
        return int(self.cleaned_data["tier"])


def places(user: User) -> Any:
    """The open organisations whose programmes this person runs."""
    scope = user.scope_for(P.PROGRAMME_MANAGE)
    rows = Organisation.rows().open_on(today())
    return rows if scope.everything else rows.filter(pk__in=scope.organisation_ids)


class VersionForm(forms.Form):
    """What is said of a version as a whole."""

    expectations = prose(
        "What you and they expect of each other",
        required=False,
        help_text="Whoever takes a place says yes to this. A fellowship must have it.",
    )
    note = forms.CharField(label="What is new in this version", max_length=300, required=False)

    def __init__(self, *args: Any, version: ProgrammeVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"expectations": version.expectations, "note": version.note}


class StageForm(forms.Form):
    """A stage of a draft."""

    name = forms.CharField(max_length=120, error_messages={"required": "Enter what the stage is called."})
    kind = choice("Kind", StageKind.choices)
    weeks = whole("Length in weeks", 1, 520, initial=1)
    exempt_by_equivalence = forms.BooleanField(
        label="Not needed by whoever has recognised earlier learning of this tier", required=False
    )

    def __init__(self, *args: Any, stage: Stage | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if stage is not None:
            self.initial = {name: getattr(stage, name) for name in self.fields}


class GateForm(forms.Form):
    """The base of the forms of gates: each kind has its own fields only."""

    def __init__(self, *args: Any, version: ProgrammeVersion, gate: Gate | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if gate is not None:
            self.initial = {name: gate.serializable_value(name) for name in self.fields}


class PrerequisiteForm(GateForm):
    """A programme, or any of a tier."""

    prerequisite: Any = forms.ModelChoiceField(
        None, label="This programme is completed", required=False, empty_label="No one programme: a tier instead"
    )
    prerequisite_tier = choice(
        "Or any programme of this tier or higher",
        Tier.choices,
        required=False,
        empty="No tier: the programme above",
    )

    def __init__(self, *args: Any, version: ProgrammeVersion, **options: Any) -> None:
        super().__init__(*args, version=version, **options)
        field: Any = self.fields["prerequisite"]
        field.queryset = Programme.rows().filter(retired_at=None).exclude(pk=version.programme_id)

    def clean_prerequisite_tier(self) -> int | None:
        """As the model keeps it."""
        return int(self.cleaned_data["prerequisite_tier"]) if self.cleaned_data["prerequisite_tier"] else None


class OneDomain(forms.ModelChoiceField):
    """A domain with its framework."""

    def label_from_instance(self, domain: Any) -> str:
        return f"{domain.version.code}: {domain}"


class LevelForm(GateForm):
    """A level agreed in one domain."""

    domain = OneDomain(None, empty_label="Choose a domain", error_messages={"required": "Choose a domain."})
    minimum_level = whole("At least this level", 1, 5)

    def __init__(self, *args: Any, gate: Gate | None = None, **options: Any) -> None:
        super().__init__(*args, gate=gate, **options)
        field: Any = self.fields["domain"]
        field.queryset = domains_in_use([gate.domain_id] if gate else [])


class CareerStageForm(GateForm):
    """One of some career stages."""

    career_stages = forms.MultipleChoiceField(
        choices=CareerStage.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one career stage."},
    )


class ScoredForm(GateForm):
    """How a written application or an interview is scored."""

    assessors = whole("How many assessors score each", 2, 6, initial=2)
    spread_limit = whole(
        "Points by which two totals may differ",
        0,
        1000,
        initial=3,
        help_text="Where they differ by more, one more assessor scores.",
    )
    pass_mark = whole("Points needed on average", 0, 1200)


GATE_FORMS: dict[str, type[GateForm]] = {
    GateKind.PREREQUISITE: PrerequisiteForm,
    GateKind.LEVEL: LevelForm,
    GateKind.CAREER_STAGE: CareerStageForm,
    GateKind.ENDORSEMENT: GateForm,
    GateKind.WRITTEN: ScoredForm,
    GateKind.INTERVIEW: ScoredForm,
}


class CriterionForm(forms.Form):
    """A criterion of a scored gate; only of a written application are applicants asked something."""

    name = forms.CharField(max_length=120, error_messages={"required": "Enter the criterion."})
    question = prose("What applicants are asked", required=False, most=500)
    full_marks = prose("What earns 3 points", required=False, most=500)
    weight = whole("Weight", 1, 10, initial=1, help_text="The points are taken so many times.")

    def __init__(self, *args: Any, gate: Gate, criterion: Criterion | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if gate.kind != GateKind.WRITTEN:
            del self.fields["question"]
        if criterion is not None:
            self.initial = {name: getattr(criterion, name) for name in self.fields}


class CohortForm(forms.Form):
    """Name, places and days; once applications are closed, without the days of applying."""

    name = forms.CharField(
        help_text="For example, Spring 2027", max_length=120, error_messages={"required": "Enter a name."}
    )
    capacity = whole("Places", 1, 2000)
    opens_on = DateField(label="Applications open on", error_messages={"required": "Enter the first day to apply."})
    closes_on = DateField(
        label="Applications close on",
        help_text="The last day on which somebody can apply.",
        error_messages={"required": "Enter the last day to apply."},
    )
    starts_on = DateField(label="The programme starts on", error_messages={"required": "Enter the first day."})
    ends_on = DateField(label="The programme ends on", error_messages={"required": "Enter the last day."})
    answer_days = whole("Days to accept an offered place", 1, 90, initial=14)

    def __init__(self, *args: Any, cohort: Cohort | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if cohort is None:
            return
        if cohort.state not in (CohortState.DRAFT, CohortState.OPEN):
            del self.fields["opens_on"], self.fields["closes_on"]
        self.initial = {name: getattr(cohort, name) for name in EDITED if name in self.fields}

    def clean(self) -> dict[str, Any]:
        """Days of a century that calendars have."""
        data = super().clean() or {}
        for name in DAYS:
            if name in data and not 2000 <= data[name].year <= 2099:
                self.add_error(name, "Enter a year from 2000 to 2099.")
        return data


class CancelForm(forms.Form):
    """Why a cohort is called off."""

    reason = prose(
        "Why it is cancelled",
        most=REASON_LENGTH,
        help_text="Whoever applied or takes part is told this, word for word. Do not name anybody.",
        error_messages={"required": "Say why: whoever applied is told."},
    )


class LimitForm(forms.Form):
    """A limit of places: the region or profession, and how many at most."""

    what = forms.ChoiceField(label="Region or profession", error_messages={"required": "Choose from the list."})
    places = whole("At most so many places", 0, 2000)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        regions = Region.rows().filter(scheme=RegionScheme.NHS_ENGLAND).values_list("code", "name")
        field: Any = self.fields["what"]
        field.choices = [
            ("", "Choose from the list"),
            ("Region", [(f"region:{code}", name) for code, name in regions]),
            ("Profession", [(f"profession:{value}", label) for value, label in Profession.choices]),
        ]


class AssessorForm(forms.Form):
    """Who reads applications, and how many at most."""

    user: Any = forms.ModelChoiceField(
        None,
        label="Assessor",
        empty_label="Choose an assessor",
        error_messages={"required": "Choose an assessor.", "invalid_choice": "Choose an assessor from the list."},
    )
    most = whole("At most so many to read", 1, MOST_TO_READ, initial=40)

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["user"]
        field.queryset = people


class TutorForm(forms.Form):
    """Who teaches, by the address they sign in with: whoever may teach are too many for a list."""

    email = forms.CharField(
        label="E-mail address of the tutor",
        help_text="The address with which they sign in here.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the e-mail address of the tutor."},
    )
