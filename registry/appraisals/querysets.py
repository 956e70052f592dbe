"""Who reaches which appraisals and what belongs to them."""

from typing import Any, Self, cast

from django.db.models import Exists, OuterRef, Q

from registry.appraisals.states import OPEN
from registry.clinicians.querysets import OfClinicianQuerySet
from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope

NOWHERE = Q(pk__in=[])


def _between_two(user: Any, permission: Permission, prefix: str = "") -> Q:
    """The appraisals of this person, or those they are the appraiser of; none without the right.

    Once it is over, an appraiser reaches only what they signed.
    """
    if user.is_authenticated and user.scope_for(permission).user_id is not None:
        if permission == Permission.APPRAISAL_PREPARE:
            return Q(**{f"{prefix}clinician__user_id": user.pk})
        if permission == Permission.APPRAISAL_CONDUCT:
            under_way = Q(**{f"{prefix}appraiser_id": user.pk, f"{prefix}state__in": OPEN})
            return under_way | Q(**{f"{prefix}appraiser_signed_by_id": user.pk})
    return NOWHERE


class AppraisalQuerySet(OfClinicianQuerySet):
    """That and when: the employer's officers. What was said: the person, their appraiser and nobody else."""

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """As everywhere for whoever manages them; to prepare and to conduct reach one's own part only."""
        if permission in (Permission.APPRAISAL_PREPARE, Permission.APPRAISAL_CONDUCT):
            return self.filter(_between_two(user, permission))
        if permission in (Permission.APPRAISAL_VIEW, Permission.APPRAISAL_MANAGE):
            return super().visible_to(user, permission)
        return self.none()

    def still_open(self) -> Self:
        """Those that are not done and not cancelled."""
        return self.filter(state__in=OPEN)

    def over(self) -> Self:
        """Those that are done or cancelled, the last due first."""
        return self.exclude(state__in=OPEN).order_by("-due_on", "-pk")

    def with_people(self) -> Self:
        """With what every page says of one: what it is, whose, with whom, and by which rule."""
        return self.select_related("rule__cycle", "clinician__organisation", "appraiser", "obligation")


class OfAppraisalQuerySet(ScopedQuerySet):
    """What belongs to an appraisal is between the person and their appraiser."""

    def within(self, scope: Scope) -> Self:
        return self.filter(appraisal__clinician__user_id=scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """Between the two; officers who manage appraisals reach postponements, which they decide on."""
        if permission == Permission.APPRAISAL_MANAGE and hasattr(self.model, "to_due_on"):
            appraisals = cast("Any", self.model)._meta.get_field("appraisal").related_model._default_manager
            return self.filter(appraisal__in=appraisals.visible_to(user, permission))
        return self.filter(_between_two(user, permission, "appraisal__"))


class ObligationQuerySet(OfClinicianQuerySet):
    """Who is under which cycle is seen by the employer's officers and the person."""

    def in_force(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_on__isnull=True)

    def without_an_open_appraisal(self) -> Self:
        """Those in force for which nothing is open."""
        appraisals = cast("Any", self.model)._meta.get_field("appraisals").related_model._default_manager
        return self.in_force().filter(~Exists(appraisals.still_open().filter(obligation=OuterRef("pk"))))


class QuietPeriodQuerySet(ScopedQuerySet):
    """Quiet days are kept by an organisation's officers."""

    def within(self, scope: Scope) -> Self:
        return self if scope.everything else self.filter(organisation_id__in=scope.organisation_ids)


class ConnectionQuerySet(ScopedQuerySet):
    """Connections are seen by the designated body's officers, by the responsible officer and by the doctor."""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        reach = Q(designated_body_id__in=scope.organisation_ids)
        if scope.user_id is not None:
            reach |= Q(clinician__user_id=scope.user_id)
        return self.filter(reach)

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """A responsible officer recommends for the doctors who are connected to them, and for no others."""
        if permission == Permission.RECOMMENDATION_MAKE:
            may = user.is_authenticated and user.scope_for(permission).user_id is not None
            return self.filter(Q(responsible_officer_id=user.pk) if may else NOWHERE)
        return super().visible_to(user, permission)


class RecommendationQuerySet(ScopedQuerySet):
    """Recommendations are seen by whoever made them and by the doctor."""

    def within(self, scope: Scope) -> Self:
        return self.filter(connection__clinician__user_id=scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        if permission == Permission.RECOMMENDATION_MAKE:
            may = user.is_authenticated and user.scope_for(permission).user_id is not None
            return self.filter(Q(connection__responsible_officer_id=user.pk) if may else NOWHERE)
        return super().visible_to(user, permission)
