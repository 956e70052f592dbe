"""Who reaches which appraisals and what belongs to them."""

import datetime
from typing import Any, Self, cast

from django.db.models import Exists, OuterRef, Q, Subquery

from registry.accounts.roles import Role
from registry.appraisals.states import OPEN, SIGNED, WRITABLE, AppraisalState, CycleKind
from registry.clinicians.fields import Register
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


def _as_responsible_officer(user: Any, prefix: str = "") -> Q:
    """The connections to this person, at the designated bodies where they are responsible officer today."""
    if not user.is_authenticated or user.scope_for(Permission.RECOMMENDATION_MAKE).user_id is None:
        return NOWHERE
    bodies = user.places_of(Role.RESPONSIBLE_OFFICER)
    return Q(**{f"{prefix}responsible_officer_id": user.pk, f"{prefix}designated_body_id__in": bodies})


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

    def overdue(self, day: datetime.date) -> Self:
        """Those that should have taken place before this day."""
        return self.still_open().filter(due_on__lt=day)

    def to_assign(self) -> Self:
        """Those that two people do together and that may still change their appraiser."""
        return self.filter(state__in=WRITABLE, rule__cycle__kind__in=SIGNED)

    def over_others(self, user: Any, permission: Permission) -> Self:
        """Those of the people somebody looks after, their own left out unless they are one of them."""
        return over_others(self.visible_to(user, permission), user, permission)

    def over(self) -> Self:
        """Those that are done or cancelled, the last due first."""
        return self.exclude(state__in=OPEN).order_by("-due_on", "-pk")

    def with_people(self) -> Self:
        """With what every page says of one: what it is, whose, with whom, and by which rule."""
        return self.select_related("rule__cycle", "clinician__organisation", "appraiser", "obligation")


def over_others(rows: Any, user: Any, permission: Permission) -> Any:
    """Of a clinician's rows those one reaches by role and not as oneself."""
    scope = user.scope_for(permission)
    return rows if scope.everything else rows.filter(clinician__organisation_id__in=scope.organisation_ids)


class OfAppraisalQuerySet(ScopedQuerySet):
    """What belongs to an appraisal is between the person and their appraiser."""

    def within(self, scope: Scope) -> Self:
        return self.filter(appraisal__clinician__user_id=scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """Between the two; officers reach postponements, which they decide on, and steps: that and when."""
        shown = hasattr(self.model, "to_due_on") or hasattr(self.model, "before")
        if permission in (Permission.APPRAISAL_MANAGE, Permission.APPRAISAL_VIEW) and shown:
            appraisals = cast("Any", self.model)._meta.get_field("appraisal").related_model._default_manager
            return self.filter(appraisal__in=appraisals.over_others(user, permission))
        return self.filter(_between_two(user, permission, "appraisal__"))


class ObligationQuerySet(OfClinicianQuerySet):
    """Who is under which cycle is seen by the employer's officers and the person."""

    def holding_on(self, day: datetime.date) -> Self:
        """Those that hold on this day."""
        return self.filter(started_on__lte=day).exclude(ended_on__lt=day)

    def over_others(self, user: Any, permission: Permission) -> Self:
        """Those of the people somebody looks after."""
        return over_others(self.visible_to(user, permission), user, permission)

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
            return self.filter(_as_responsible_officer(user))
        return super().visible_to(user, permission)

    def holding_on(self, day: datetime.date) -> Self:
        """Those that hold on this day."""
        return self.filter(started_on__lte=day).exclude(ended_on__lt=day)

    def with_dates(self) -> Self:
        """With `revalidation_due`, `appraisal_due` and `last_appraisal`, the day of the last: dates, never content."""
        person = self._related("clinician").get_field("appraisals").related_model
        rows = person._default_manager.filter(clinician=OuterRef("clinician"))
        revalidation = rows.still_open().filter(
            rule__cycle__kind=CycleKind.REVALIDATION, rule__cycle__register=Register.GMC
        )
        appraisals = rows.filter(rule__cycle__kind=CycleKind.APPRAISAL)
        done = appraisals.filter(state=AppraisalState.DONE)
        return self.annotate(
            revalidation_due=Subquery(revalidation.order_by("due_on").values("due_on")[:1]),
            appraisal_due=Subquery(appraisals.still_open().order_by("due_on").values("due_on")[:1]),
            last_appraisal=Subquery(done.order_by("-done_on").values("done_on")[:1]),
        )

    def not_recommended(self) -> Self:
        """Of those `with_dates`, the ones without a recommendation for the date that holds now."""
        made = self._related("recommendations").model._default_manager
        return self.exclude(Exists(made.filter(connection=OuterRef("pk"), due_on=OuterRef("revalidation_due"))))

    def _related(self, name: str) -> Any:
        """What Django knows of the model at the other end of a relation; this module stands below the models."""
        return cast("Any", self.model)._meta.get_field(name).related_model._meta


class RecommendationQuerySet(ScopedQuerySet):
    """Recommendations are seen by whoever made them and by the doctor."""

    def within(self, scope: Scope) -> Self:
        return self.filter(connection__clinician__user_id=scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        if permission == Permission.RECOMMENDATION_MAKE:
            return self.filter(_as_responsible_officer(user, "connection__"))
        return super().visible_to(user, permission)
