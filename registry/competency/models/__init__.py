"""The room's models: frameworks, and what people say of themselves and one another against them."""

from registry.competency.models.assessments import (
    EVIDENCE_LENGTH,
    REASON_LENGTH,
    Assessment,
    AssessmentTransition,
    ElementLevel,
)
from registry.competency.models.development import (
    PROSE_LENGTH,
    TITLE_LENGTH,
    CareerConversation,
    ConversationTransition,
    DevelopmentPlan,
    Objective,
    ObjectiveElement,
    ObjectiveReview,
    ObjectiveTransition,
)
from registry.competency.models.frameworks import (
    Domain,
    Element,
    Expectation,
    ExpectationChoice,
    FrameworkVersion,
    Grade,
)

__all__ = [
    "EVIDENCE_LENGTH",
    "PROSE_LENGTH",
    "REASON_LENGTH",
    "TITLE_LENGTH",
    "Assessment",
    "AssessmentTransition",
    "CareerConversation",
    "ConversationTransition",
    "DevelopmentPlan",
    "Domain",
    "Element",
    "ElementLevel",
    "Expectation",
    "ExpectationChoice",
    "FrameworkVersion",
    "Grade",
    "Objective",
    "ObjectiveElement",
    "ObjectiveReview",
    "ObjectiveTransition",
]
