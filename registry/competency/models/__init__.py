"""The room's models: frameworks, and what people say of themselves and one another against them."""

from registry.competency.models.assessments import (
    EVIDENCE_LENGTH,
    REASON_LENGTH,
    Assessment,
    AssessmentTransition,
    ElementLevel,
)
from registry.competency.models.feedback import (
    FeedbackMail,
    FeedbackRater,
    FeedbackReply,
    FeedbackReport,
    FeedbackRound,
    FeedbackTransition,
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
    "REASON_LENGTH",
    "Assessment",
    "AssessmentTransition",
    "Domain",
    "Element",
    "ElementLevel",
    "Expectation",
    "ExpectationChoice",
    "FeedbackMail",
    "FeedbackRater",
    "FeedbackReply",
    "FeedbackReport",
    "FeedbackRound",
    "FeedbackTransition",
    "FrameworkVersion",
    "Grade",
]
