"""Whom a clinician may hold a career conversation with."""

from typing import Any

from django.db.models import Q

from registry.accounts.models import User
from registry.clinicians.models import Clinician


def partners_for(clinician: Clinician) -> Any:
    """Their line manager and their appraiser, as far as these have an account they can use; by name."""
    manager = clinician.line_manager.user_id if clinician.line_manager else None
    people = User.objects.filter(Q(pk=manager) | Q(pk=clinician.appraiser_id), is_active=True, is_client=False)
    return people.exclude(pk=clinician.user_id).order_by("name", "pk")


def relation(clinician: Clinician, partner: User) -> str:
    """What this partner is to the clinician, in words to them."""
    manages = clinician.line_manager is not None and clinician.line_manager.user_id == partner.pk
    if manages and clinician.appraiser_id == partner.pk:
        return "Your line manager and appraiser"
    return "Your line manager" if manages else "Your appraiser"
