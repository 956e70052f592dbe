"""Who may agree a clinician's levels."""

from typing import Any

from django.db.models import Q

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician


def appraisers_for(clinician: Clinician) -> Any:
    """The people a clinician may send an assessment to, by name; never themself.

    Everybody who holds the appraiser role at the clinician's organisation, and the appraiser on the clinician's
    profile, as long as they hold the role somewhere.
    """
    holding = RoleGrant.objects.active().filter(role=Role.APPRAISER)
    here = Q(pk__in=holding.filter(organisation_id=clinician.organisation_id).values("user_id"))
    theirs = Q(pk=clinician.appraiser_id, pk__in=holding.values("user_id"))
    return User.objects.filter(here | theirs, is_active=True).exclude(pk=clinician.user_id).order_by("name", "pk")
