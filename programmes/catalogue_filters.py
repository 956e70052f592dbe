"""How the catalogue, the leads' cohorts and the lists of people on programmes are narrowed."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Q

from programmes.fields import ProgrammeKind, Tier
from programmes.models import Application, Cohort, Enrolment, Programme
from programmes.people import applications_of, places_of
from programmes.states import ApplicationState, CohortState, EnrolmentState
from programmes.views.doors import cohorts_known, programmes_led
from registry.accounts.models import User
from registry.clinicians.fields import Profession
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.filtering import FilterForm


class OfPerson(django_filters.FilterSet):
    """The base: what finds rows and choices gets the person, as in `appraisals.officers.filters`."""

    def __init__(self, params: Mapping[str, Any], *, queryset: Any, user: User) -> None:
        super().__init__(params, queryset=queryset, request=user)

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name) for name in self.filters)


class CatalogueFilter(OfPerson):
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

    def open_to(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Q(professions=[]) | Q(professions__contains=[value]))

    def with_open_cohort(self, queryset: Any, name: str, value: str) -> Any:
        open_now = cohorts_known(self.request).open_for_applications(today())
        return queryset.filter(pk__in=open_now.order_by().values("version__programme"))


class CohortFilter(OfPerson):
    """Cohorts that a lead runs, by state and programme."""

    state = django_filters.ChoiceFilter(choices=CohortState.choices, empty_label="Every state", label="State")
    programme = django_filters.ModelChoiceFilter(
        field_name="version__programme",
        queryset=programmes_led,
        to_field_name="code",
        empty_label="Every programme",
        label="Programme",
    )

    class Meta:
        model = Cohort
        form = FilterForm
        fields = ["state", "programme"]


class _OfPeople(OfPerson):
    """People by name, profession and organisation."""

    show = django_filters.ChoiceFilter(
        choices=[("places", "Places")], empty_label="Applications", label="Show", method="as_it_is"
    )
    q = django_filters.CharFilter(label="Name, staff or registration number", method="search", max_length=100)
    organisation = django_filters.ModelChoiceFilter(
        field_name="clinician__organisation",
        queryset=lambda user: Clinician.visible_to(user, P.PROGRAMME_PEOPLE).employers(),
        to_field_name="ods_code",
        empty_label="All organisations",
        label="Organisation",
    )
    profession = django_filters.ChoiceFilter(
        field_name="clinician__profession",
        choices=Profession.choices,
        empty_label="All professions",
        label="Profession",
    )

    def __init__(self, params: Mapping[str, Any], *, queryset: Any, user: User) -> None:
        super().__init__(params, queryset=queryset, user=user)
        scope = user.scope_for(P.PROGRAMME_PEOPLE)
        if not scope.everything and len(scope.organisation_ids) < 2:
            del self.filters["organisation"]

    def as_it_is(self, queryset: Any, name: str, value: str) -> Any:
        return queryset  # which rows these are is decided before

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(clinician__in=Clinician.visible_to(self.request, P.PROGRAMME_PEOPLE).matching(value))

    @property
    def narrowed(self) -> bool:
        """Whether anything but the kind of rows was asked for."""
        return any(self.data.get(name) for name in self.filters if name != "show")


class ApplicationFilter(_OfPeople):
    """Applications that were sent."""

    state = django_filters.ChoiceFilter(
        choices=[one for one in ApplicationState.choices if one[0] != ApplicationState.DRAFT],
        empty_label="Every state",
        label="State",
    )
    places = False

    class Meta:
        model = Application
        form = FilterForm
        fields = ["show", "q", "organisation", "profession", "state"]


class PlaceFilter(_OfPeople):
    """Places held, now or once."""

    state = django_filters.ChoiceFilter(choices=EnrolmentState.choices, empty_label="Every state", label="State")
    places = True

    class Meta:
        model = Enrolment
        form = FilterForm
        fields = ["show", "q", "organisation", "profession", "state"]


def people_filter(params: Mapping[str, Any], user: User) -> ApplicationFilter | PlaceFilter:
    """What `show` asks for: applications, or places."""
    if params.get("show") == "places":
        return PlaceFilter(params, queryset=places_of(user), user=user)
    return ApplicationFilter(params, queryset=applications_of(user), user=user)
