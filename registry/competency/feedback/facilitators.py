"""Who may lead a clinician's feedback round."""

from typing import Any

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician


def facilitators_for(clinician: Clinician) -> Any:
    """Those who hold the facilitator role where the clinician works, by name; never themself or their line manager."""
    manager = clinician.line_manager
    near = [key for key in (clinician.user_id, manager.user_id if manager else None) if key is not None]
    return User.holding(Role.FACILITATOR, at=clinician.organisation).exclude(pk__in=near)
