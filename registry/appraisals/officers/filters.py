"""How lists of appraisals are searched, narrowed and sorted."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import Q

from registry.accounts.models import User
from registry.appraisals.models import Appraisal, Cycle
from registry.clinicians.fields import Profession
from registry.clinicians.filters import NO_DEPARTMENT, department_choices
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.filtering import FilterForm

# Nobody, or nothing: the choice that stands for an empty value.
NONE = NO_DEPARTMENT


def departments(user: User, permission: P) -> list[tuple[str, str]]:
    """The departments of the people within reach, and the choice for those without one."""
    return department_choices(Clinician.visible_to(user, permission))


def cycles() -> list[tuple[str, str]]:
    """The cycles by their code."""
    return list(Cycle.rows().values_list("code", "name"))


def connected(doctors: Any) -> Any:
    """Those of these doctors who have an open connection, whichever body it is to: a doctor has one."""
    return doctors.filter(connections__isnull=False, connections__ended_on__isnull=True)


class AppraisalFilter(django_filters.FilterSet):
    """Search and filters of lists of appraisals; the same for their exports."""

    q = django_filters.CharFilter(label="Name, staff or registration number", method="search", max_length=100)
    organisation = django_filters.ModelChoiceFilter(
        field_name="clinician__organisation",
        queryset=lambda user: Clinician.visible_to(user, P.APPRAISAL_VIEW).employers(),
        to_field_name="ods_code",
        empty_label="All organisations",
        label="Organisation",
    )
    department = django_filters.ChoiceFilter(method="in_department", empty_label="All departments", label="Department")
    profession = django_filters.ChoiceFilter(
        field_name="clinician__profession",
        choices=Profession.choices,
        empty_label="All professions",
        label="Profession",
    )
    cycle = django_filters.ChoiceFilter(field_name="rule__cycle__code", empty_label="All cycles", label="Cycle")
    appraiser = django_filters.ChoiceFilter(method="by_appraiser", empty_label="All appraisers", label="Appraiser")
    order = django_filters.ChoiceFilter(
        label="Sort by", choices=[("name", "Name, A to Z")], empty_label="Due date, the oldest first", method="in_order"
    )

    class Meta:
        model = Appraisal
        form = FilterForm
        fields = ["q", "organisation", "department", "profession", "cycle", "appraiser", "order"]

    def __init__(self, params: Mapping[str, Any], *, queryset: Any, user: User) -> None:
        # django-filter hands `request` to what finds the choices, which here need the person alone.
        super().__init__(params, queryset=queryset, request=user)
        scope = user.scope_for(P.APPRAISAL_VIEW)
        if not scope.everything and len(scope.organisation_ids) < 2:
            del self.filters["organisation"]
        self.filters["department"].extra["choices"] = departments(user, P.APPRAISAL_VIEW)
        self.filters["cycle"].extra["choices"] = cycles()
        appraisers = queryset.order_by("appraiser__name").values_list("appraiser", "appraiser__name").distinct()
        named = [(str(key), name) for key, name in appraisers if key is not None]
        self.filters["appraiser"].extra["choices"] = [(NONE, "Nobody assigned"), *named]

    def search(self, queryset: Any, name: str, value: str) -> Any:
        people = Clinician.visible_to(self.request, P.APPRAISAL_VIEW).matching(value)
        return queryset.filter(clinician__in=people)

    def in_department(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(clinician__department="" if value == NONE else value)

    def by_appraiser(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Q(appraiser__isnull=True) if value == NONE else Q(appraiser=value))

    def in_order(self, queryset: Any, name: str, value: str) -> Any:
        return queryset  # the pager orders: see `ordering`

    @property
    def ordering(self) -> tuple[str, ...]:
        """The columns, for `keyset_page`."""
        by_name = self.form.is_valid() and self.form.cleaned_data.get("order") == "name"
        return ("clinician__family_name", "clinician__given_name", "pk") if by_name else ("due_on", "pk")

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return any(self.data.get(name) for name in self.filters if name != "order")


def overdue(user: User, params: Mapping[str, Any]) -> AppraisalFilter:
    """What is overdue among the people this officer looks after."""
    rows = Appraisal.visible_to(user, P.APPRAISAL_VIEW).over_others(user, P.APPRAISAL_VIEW).overdue(today())
    return AppraisalFilter(params, queryset=rows, user=user)


def to_assign(user: User, params: Mapping[str, Any]) -> AppraisalFilter:
    """What may change its appraiser among the people this officer looks after."""
    rows = Appraisal.visible_to(user, P.APPRAISAL_MANAGE).over_others(user, P.APPRAISAL_MANAGE).to_assign()
    return AppraisalFilter(params, queryset=rows, user=user)
