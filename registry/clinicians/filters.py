"""How the list of people is searched and narrowed."""

from typing import Any

import django_filters

from registry.clinicians.fields import CareerStage, Profession, Sector
from registry.clinicians.models import Clinician
from registry.nhsuk.filtering import FilterForm


class PeopleFilter(django_filters.FilterSet):
    """Search and filters of the page People; the same for its export."""

    q = django_filters.CharFilter(label="Name, staff or registration number", method="search", max_length=100)
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
        fields = ["q", "profession", "sector", "career_stage", "registration", "order"]

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

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
