"""How the list of people is searched and narrowed."""

from typing import Any

import django_filters

from registry.accounts.http import SignedInRequest
from registry.clinicians.fields import CareerStage, Profession, Sector
from registry.clinicians.models import Clinician
from registry.kernel.permissions import Permission
from registry.nhsuk.filtering import FilterForm


def _employers(request: SignedInRequest) -> Any:
    return Clinician.visible_to(request.user, Permission.PROFILE_VIEW).employers()


# The choice that stands for an empty value, which a filter cannot ask for otherwise.
NO_DEPARTMENT = "-"


def department_choices(people: Any) -> list[tuple[str, str]]:
    """The departments of these people, and the choice for those without one."""
    return [*((name, name) for name in people.departments()), (NO_DEPARTMENT, "No department given")]


class PeopleFilter(django_filters.FilterSet):
    """Search and filters of the page People; the same for its export."""

    q = django_filters.CharFilter(label="Name, staff or registration number", method="search", max_length=100)
    organisation = django_filters.ModelChoiceFilter(
        queryset=_employers, to_field_name="ods_code", empty_label="All organisations"
    )
    department = django_filters.ChoiceFilter(
        choices=[], empty_label="All departments", label="Department", method="in_department"
    )
    profession = django_filters.ChoiceFilter(choices=Profession.choices, empty_label="All professions")
    sector = django_filters.ChoiceFilter(choices=Sector.choices, empty_label="All sectors")
    career_stage = django_filters.ChoiceFilter(choices=CareerStage.choices, empty_label="All career stages")
    registration = django_filters.ChoiceFilter(
        label="Registration",
        choices=[("unchecked", "Not checked yet"), ("restricted", "With conditions, suspended or lapsed")],
        empty_label="All",
        method="by_registration",
    )
    order = django_filters.ChoiceFilter(
        label="Sort by",
        choices=[("-name", "Name, Z to A"), ("staff", "Staff number")],
        empty_label="Name, A to Z",
        method="in_order",
    )

    class Meta:
        model = Clinician
        form = FilterForm
        fields = ["q", "organisation", "department", "profession", "sector", "career_stage", "registration", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = self.request.user.scope_for(Permission.PROFILE_VIEW)
        if not scope.everything and len(scope.organisation_ids) < 2:
            del self.filters["organisation"]
        visible = Clinician.visible_to(self.request.user, Permission.PROFILE_VIEW)
        self.filters["department"].extra["choices"] = department_choices(visible)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

    def in_department(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(department="" if value == NO_DEPARTMENT else value)

    def by_registration(self, queryset: Any, name: str, value: str) -> Any:
        return (
            queryset.with_unchecked_registration() if value == "unchecked" else queryset.with_restricted_registration()
        )

    def in_order(self, queryset: Any, name: str, value: str) -> Any:
        return queryset  # the pager orders: see `ordering`

    @property
    def ordering(self) -> tuple[tuple[str, ...], bool]:
        """The columns and whether they descend, for `keyset_page`."""
        order = self.form.cleaned_data.get("order", "") if self.form.is_valid() else ""
        if order == "staff":
            return ("staff_number", "pk"), False
        return ("family_name", "given_name", "pk"), order == "-name"
