"""Ways to ask for clinicians and what belongs to them."""

from typing import Any, Self, cast

from django.db.models import Count, Q

from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope
from registry.organisations.models import Organisation


class ClinicianQuerySet(ScopedQuerySet):
    """Clinicians are seen by their employer's officers and by themselves."""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        reach = Q(organisation_id__in=scope.organisation_ids)
        if scope.user_id is not None:
            reach |= Q(user_id=scope.user_id)
        return self.filter(reach)

    def matching(self, text: str) -> Self:
        """Those whose name, staff number or registration number contains every word of `text`."""
        found, model = self, cast("Any", self.model)
        for word in text.split():
            found = found.filter(
                Q(family_name__icontains=word)
                | Q(given_name__icontains=word)
                | Q(staff_number__iexact=word)
                | Q(pk__in=model.registrations_numbered(word))
            )
        return found

    def employers(self) -> Any:
        """The organisations they work for, by name."""
        return Organisation.rows().filter(pk__in=self.order_by().values("organisation_id")).order_by("name", "pk")

    def departments(self) -> list[str]:
        """The departments and services they work in, by name."""
        named = self.exclude(department="").order_by("department")
        return list(named.values_list("department", flat=True).distinct())

    def counted(self) -> Any:
        """For each organisation, profession and sector, how many there are."""
        return self.order_by().values_list("organisation_id", "profession", "sector").annotate(people=Count("pk"))

    def with_unchecked_registration(self) -> Self:
        """Those with a registration nobody has checked."""
        unchecked = cast("Any", self.model).registrations_where(verified_at__isnull=True)
        return self.filter(pk__in=unchecked)

    def with_restricted_registration(self) -> Self:
        """Those with a registration that has conditions, is suspended or has lapsed."""
        return self.filter(pk__in=cast("Any", self.model).registrations_where(~Q(status="registered")))


class OfClinicianQuerySet(ScopedQuerySet):
    """Rows that belong to a clinician are seen by whoever sees the clinician."""

    clinician = "clinician"

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        reach = Q(**{f"{self.clinician}__organisation_id__in": scope.organisation_ids})
        if scope.user_id is not None:
            reach |= Q(**{f"{self.clinician}__user_id": scope.user_id})
        return self.filter(reach)


class OfPostQuerySet(OfClinicianQuerySet):
    """Rows that belong to a post are seen by whoever sees the clinician."""

    clinician = "post__clinician"
