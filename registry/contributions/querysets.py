"""Who reaches which ventures and what belongs to them."""

import datetime
from typing import Any, Self, cast

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from registry.accounts.roles import Role
from registry.clinicians.querysets import OfClinicianQuerySet
from registry.contributions.eligibility import Window
from registry.contributions.states import Clearance, Stage
from registry.kernel.permissions import Permission
from registry.kernel.scope import NOTHING, Scope


def reach(user: Any, permission: Permission) -> Scope:
    """Ventures open to their owner, and to be cleared to the HR officers of the employer itself.

    Whoever holds that right for a region or for England, to grant it, decides about nobody's interests.
    """
    if not user.is_authenticated or permission not in (Permission.VENTURE_EDIT, Permission.VENTURE_CLEAR):
        return NOTHING
    scope: Scope = user.scope_for(permission)
    if permission == Permission.VENTURE_CLEAR and scope:
        return Scope(organisation_ids=user.places_of(Role.HR_OFFICER))
    return scope


class VentureQuerySet(OfClinicianQuerySet):
    """Ventures are seen by their owner, and by the employer's officers who clear them."""

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """Nothing but these two rights opens a venture; seeing profiles does not."""
        return self.within(reach(user, permission))

    def with_clearance(self) -> Self:
        """With `clearance`: where the declaration to the employer of today stands."""
        declarations = self._declarations().current().filter(organisation=OuterRef("clinician__organisation"))
        standing = Case(
            When(cleared=True, then=Value(Clearance.CLEARED)),
            When(cleared=False, then=Value(Clearance.NOT_CLEARED)),
            default=Value(Clearance.WAITING),
        )
        declarations = declarations.filter(venture=OuterRef("pk")).annotate(standing=standing)
        stated = Subquery(declarations.values("standing")[:1])
        return self.annotate(clearance=Coalesce(stated, Value(Clearance.UNDECLARED)))

    def going_on(self) -> Self:
        """Those that have not ended."""
        return self.exclude(stage=Stage.ENDED)

    def cleared(self) -> Self:
        """Those that the owner's employer of today has cleared, as declared now."""
        return self.with_clearance().filter(clearance=Clearance.CLEARED)

    def shown(self) -> Self:
        """Those whose owner agrees at this moment to their being shown, and can still sign in to say otherwise."""
        consents = self._model("consents")._default_manager.filter(venture=OuterRef("pk"), withdrawn_at__isnull=True)
        return self.filter(Exists(consents), clinician__user__is_active=True)

    def _declarations(self) -> Any:
        return self._model("declarations")._default_manager

    def _model(self, name: str) -> Any:
        """The model at the other end of a relation; this module stands below the models."""
        return cast("Any", self.model)._meta.get_field(name).related_model


class OfVentureQuerySet(OfClinicianQuerySet):
    """What belongs to a venture is seen by whoever sees the venture."""

    clinician = "venture__clinician"

    def visible_to(self, user: Any, permission: Permission) -> Self:
        return self.within(reach(user, permission))


class ConsentQuerySet(OfVentureQuerySet):
    """Consents are seen by whoever gave them."""

    def within(self, scope: Scope) -> Self:
        return self.filter(venture__clinician__user_id=scope.user_id) if scope.user_id else self.none()

    def in_force(self) -> Self:
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class DeclarationQuerySet(OfVentureQuerySet):
    """A declaration is between the person and the employer it was made to, while they work there."""

    def within(self, scope: Scope) -> Self:
        here = Q(organisation=F("venture__clinician__organisation"))
        if scope.everything:
            return self.filter(here)
        reach = here & Q(organisation_id__in=scope.organisation_ids)
        if scope.user_id is not None:
            reach |= Q(venture__clinician__user_id=scope.user_id)
        return self.filter(reach)

    def current(self) -> Self:
        """Those that no later one has replaced."""
        return self.filter(replaced_at__isnull=True)

    def waiting(self) -> Self:
        """Those that nobody has decided on; of a venture that has ended nobody needs to."""
        return self.current().filter(cleared__isnull=True).exclude(venture__stage=Stage.ENDED)

    def decided(self) -> Self:
        """Those that somebody decided on."""
        return self.filter(cleared__isnull=False)

    def not_of(self, user: Any) -> Self:
        """Those about other people's ventures."""
        return self.exclude(venture__clinician__user=user)


class OpportunityQuerySet(QuerySet):
    """Everybody signed in reads opportunities; programme leads keep those of their own organisations."""

    def kept_by(self, user: Any) -> Self:
        """Those this person keeps; those kept for all of England only by whoever has the right there."""
        scope = user.scope_for(Permission.OPPORTUNITY_MANAGE)
        return self if scope.everything else self.filter(keeper_id__in=scope.organisation_ids)

    def on(self, day: datetime.date, where: Window) -> Self:
        """Those whose window is open, opens later or has closed on this day."""
        match where:
            case Window.OPEN:
                return self.filter(opens_on__lte=day, closes_on__gte=day)
            case Window.SOON:
                return self.filter(opens_on__gt=day)
        return self.filter(closes_on__lt=day)
