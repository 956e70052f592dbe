"""Agreed levels where no room below may show them: on the profile page and on a clinician's home page."""

from dataclasses import dataclass

from django.urls import reverse

from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.clinicians.presenters import Line, Link, Panel
from registry.competency.models import Assessment
from registry.competency.presenters import Result, result
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date


@dataclass(frozen=True, slots=True)
class Leadership:
    """A clinician's last agreed assessment as the result page draws it; both None before the first."""

    assessment: Assessment | None
    result: Result | None


def own(user: User) -> Leadership | None:
    """The person's own levels for their home page; None where they keep no profile."""
    if not Clinician.visible_to(user, Permission.ASSESSMENT_EDIT).filter(user=user).exists():
        return None
    mine = Assessment.visible_to(user, Permission.ASSESSMENT_EDIT).filter(clinician__user=user)
    latest = mine.agreed().select_related("version", "clinician", "appraiser").first()
    if latest is None:
        return Leadership(None, None)
    return Leadership(latest, result(latest, viewer=user, full=True))


def panel(user: User, clinician: Clinician) -> Panel | None:
    """The profile's group of agreed assessments, each linked to its result; None for who may not see them."""
    scope = user.scope_for(Permission.ASSESSMENT_VIEW)
    if not (scope.covers(frozenset({clinician.organisation_id})) or scope.user_id == clinician.user_id):
        return None
    agreed = Assessment.visible_to(user, Permission.ASSESSMENT_VIEW).filter(clinician=clinician).agreed()
    lines = [
        Line(
            row.version.name,
            [f"Agreed on {long_date(row.agreed_at)} with {row.appraiser}"],
            [Link("See levels", reverse("competency:result", args=[row.pk]), f"in {row.version.name}")],
        )
        for row in agreed.select_related("version", "appraiser")
    ]
    return Panel("Agreed leadership levels", lines, "No assessment has been agreed yet.")
