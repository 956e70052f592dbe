"""What clinicians contribute beyond their posts, and what is offered to them for it."""

from registry.contributions.models.changes import ServiceChange
from registry.contributions.models.opportunities import Opportunity
from registry.contributions.models.ventures import (
    Declaration,
    Funding,
    Partner,
    ShowcaseConsent,
    Venture,
    VentureTransition,
)

__all__ = [
    "Declaration",
    "Funding",
    "Opportunity",
    "Partner",
    "ServiceChange",
    "ShowcaseConsent",
    "Venture",
    "VentureTransition",
]
