"""How the catalogue, the leads' cohorts and the lists of people on programmes are narrowed."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Q

from programmes.fields import ProgrammeKind, Tier
from programmes.models import Programme
from programmes.views.doors import cohorts_known
from registry.accounts.models import User
from registry.clinicians.fields import Profession
from registry.kernel.clock import today
from registry.nhsuk.filtering import FilterForm


class CatalogueFilter(django_filters.FilterSet):
    """What the catalogue can be narrowed by."""

    kind = django_filters.ChoiceFilter(choices=ProgrammeKind.choices, empty_label="Every kind", label="Kind")
    tier = django_filters.ChoiceFilter(choices=Tier.choices, empty_label="Every tier", label="Tier")
    profession = django_filters.ChoiceFilter(
        choices=Profession.choices, empty_label="Every profession", label="Open to this profession", method="open_to"
    )
    applications = django_filters.ChoiceFilter(
        choices=[("open", "Open now")], empty_label="Open or not", label="Applications", method="with_open_cohort"
    )

    class Meta:
        model = Programme
        form = FilterForm
        fields = ["kind", "tier", "profession", "applications"]

    def __init__(self, params: Mapping[str, Any], *, queryset: Any, user: User) -> None:
        # As in `appraisals.officers.filters`: what finds rows needs the person alone.
        super().__init__(params, queryset=queryset, request=user)

    def open_to(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Q(professions=[]) | Q(professions__contains=[value]))

    def with_open_cohort(self, queryset: Any, name: str, value: str) -> Any:
        open_now = cohorts_known(self.request).open_for_applications(today())
        return queryset.filter(pk__in=open_now.order_by().values("version__programme"))

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name) for name in self.filters)
