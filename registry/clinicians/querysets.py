"""Ways to ask for clinicians and what belongs to them."""

from typing import Any, Self, cast

from django.db.models import Q

from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope


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
