"""What the room's pages ask for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from registry.accounts.models import User
from registry.boards.building import scale_levels
from registry.boards.fields import BoardPost, Outcome, RegistrationNeeded
from registry.boards.models import PersonSpecification, Vacancy
from registry.boards.models.vacancies import DESCRIPTION_MAX, YEARS_MAX
from registry.boards.specification import WEIGHT_MAX
from registry.clinicians.fields import PayBand, Profession, QualificationKind, Sector
from registry.competency.models import FrameworkVersion
from registry.kernel.clock import today
from registry.kernel.permissions import Permission
from registry.nhsuk.widgets import DateField
from registry.organisations.models import Organisation, Region, RegionScheme


class VacancyForm(forms.Form):
    """The post itself; the organisations offered are those where the person runs vacancies."""

    organisation = forms.ModelChoiceField(
        Organisation.rows(),
        empty_label="Choose an organisation",
        error_messages={"required": "Choose the organisation whose post this is."},
    )
    post = forms.ChoiceField(
        choices=[("", "Choose a post"), *BoardPost.choices],
        error_messages={"required": "Choose the post.", "invalid_choice": "Choose a post from the list."},
    )
    title = forms.CharField(
        label="Title of the vacancy",
        help_text="As it will be advertised, for example Chief nurse and director of infection prevention",
        max_length=120,
        error_messages={"required": "Enter a title."},
    )
    description = forms.CharField(
        label="What the post is for",
        help_text="A short paragraph. Do not name anybody.",
        max_length=DESCRIPTION_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    closes_on = DateField(
        label="Closing date",
        error_messages={
            "required": "Enter the closing date.",
            "invalid": "Enter a real date, with the year in full, like 15 3 2027.",
        },
    )
    framework = forms.ModelChoiceField(
        FrameworkVersion.rows(),
        label="Leadership framework",
        help_text="Levels agreed in this framework can be required and weighed.",
        required=False,
        empty_label="None: levels do not matter for this post",
    )

    def __init__(self, *args: Any, user: User, vacancy: Vacancy | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        scope = user.scope_for(Permission.VACANCY_EDIT)
        places = Organisation.rows().open_on(today())
        if not scope.everything:
            places = places.filter(pk__in=scope.organisation_ids)
        frameworks = FrameworkVersion.rows().filter(
            Q(closed_to_new=False) & (Q(effective_to__isnull=True) | Q(effective_to__gte=today()))
        )
        if vacancy is None:
            self.initial.setdefault("framework", frameworks.filter(is_default=True).first())
            if len(scope.organisation_ids) == 1 and not scope.everything:
                self.initial.setdefault("organisation", next(iter(scope.organisation_ids)))
        else:
            frameworks |= FrameworkVersion.rows().filter(pk=vacancy.specification.framework_id)
            for name in ("organisation", "post", "title", "description", "closes_on"):
                self.initial.setdefault(name, getattr(vacancy, name))
            self.initial.setdefault("framework", vacancy.specification.framework_id)
        self._field("organisation").queryset = places
        self._field("framework").queryset = frameworks

    def _field(self, name: str) -> Any:
        return self.fields[name]


class SpecificationForm(forms.Form):
    """The person specification on one page; two fields for each domain of its framework."""

    registration = forms.ChoiceField(
        choices=RegistrationNeeded.choices,
        label="Registration with the regulator of their profession",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what registration the post needs."},
    )
    professions = forms.MultipleChoiceField(
        choices=Profession.choices,
        help_text="Any one of those you tick. Tick none if every profession may apply.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    minimum_band = forms.ChoiceField(
        choices=[("", "Any band or grade"), *PayBand.choices],
        label="At least this band or grade",
        help_text="Consultants, GPs and clinical academics count like band 8d.",
        required=False,
    )
    sectors = forms.MultipleChoiceField(
        choices=Sector.choices,
        label="Sectors",
        help_text="Where the person works now. Tick none for any.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    regions = forms.ModelMultipleChoiceField(
        Region.rows().filter(scheme=RegionScheme.NHS_ENGLAND),
        help_text="Where the person's employer is. Tick none for any.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    qualifications = forms.MultipleChoiceField(
        choices=QualificationKind.choices,
        label="Which qualifications count",
        help_text="One of those you tick is enough.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    desirable_sectors = forms.MultipleChoiceField(
        choices=Sector.choices,
        label="Which sectors count",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    COLUMNS = (
        "registration",
        "professions",
        "minimum_band",
        "minimum_years",
        "sectors",
        "years_weight",
        "years_cap",
        "leading_weight",
        "qualifications",
        "qualification_weight",
        "band_weight",
        "desirable_sectors",
        "sector_weight",
    )
    WEIGHTS = {
        "years_weight": "Weight of years in leadership",
        "leading_weight": "Weight of leading now",
        "qualification_weight": "Weight of a qualification",
        "band_weight": "Weight of band or grade",
        "sector_weight": "Weight of sector",
    }

    def __init__(self, *args: Any, specification: PersonSpecification, **options: Any) -> None:
        super().__init__(*args, **options)
        self.domains = list(specification.domains.select_related("domain", "domain__version"))
        self.fields["minimum_years"] = _whole("At least this many years in leadership", 0, YEARS_MAX)
        self.fields["years_cap"] = _whole("Years that count at most", 1, YEARS_MAX)
        for name, label in self.WEIGHTS.items():
            self.fields[name] = _whole(label, 0, WEIGHT_MAX)
        for row in self.domains:
            levels = [(str(value), f"{value}: {label}") for value, label in scale_levels(row.domain)]
            self.fields[f"minimum_{row.domain_id}"] = forms.ChoiceField(
                label="Agreed level at least",
                choices=[("0", "No minimum"), *levels],
                error_messages={"invalid_choice": "Choose a level from the list."},
            )
            self.fields[f"weight_{row.domain_id}"] = _whole("Weight", 0, WEIGHT_MAX)
            self.initial.setdefault(f"minimum_{row.domain_id}", str(row.minimum))
            self.initial.setdefault(f"weight_{row.domain_id}", row.weight)
        for name in self.COLUMNS:
            self.initial.setdefault(name, getattr(specification, name))
        self.initial.setdefault("regions", [row.region_id for row in specification.regions.all()])

    def values(self) -> dict[str, Any]:
        """What `actions.vacancies.specify` takes as `values`."""
        return {name: self.cleaned_data[name] for name in self.COLUMNS}

    def levels(self) -> Mapping[int, tuple[int, int]]:
        """What it takes as `levels`."""
        return {
            row.domain_id: (
                int(self.cleaned_data[f"minimum_{row.domain_id}"]),
                self.cleaned_data[f"weight_{row.domain_id}"],
            )
            for row in self.domains
        }


class DecisionForm(forms.Form):
    """One decision about one candidate; `seen` is the decision the person was looking at."""

    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        label="Your decision",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to include this candidate."},
    )
    reason = forms.CharField(
        label="Reason",
        help_text=(
            "In a few words, from what the list shows. It is published with the list, and the candidate may "
            "ask to read it. Do not write about health, family or anything else outside the specification."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write the reason for your decision."},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CloseForm(forms.Form):
    """Why a vacancy is closed."""

    reason = forms.CharField(
        label="Why is the vacancy being closed?",
        help_text="For example: the panel appointed a candidate on 3 November 2026.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why the vacancy is being closed."},
    )


def _whole(label: str, least: int, most: int) -> forms.IntegerField:
    message = f"Enter a whole number from {least} to {most}."
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "width": "2"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), message),
    )
