"""The room's models: frameworks, and what people say of themselves and one another against them."""

from registry.competency.models.assessments import (
    EVIDENCE_LENGTH,
    REASON_LENGTH,
    Assessment,
    AssessmentTransition,
    ElementLevel,
)
from registry.competency.models.crosswalk import CrosswalkRow
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
from registry.competency.models.feedback import (
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
from registry.competency.models.history import HistoricLevel, HistoryImport, HistoryKind
from registry.competency.models.official_text import OfficialText

__all__ = [
    "EVIDENCE_LENGTH",
    "PROSE_LENGTH",
    "REASON_LENGTH",
    "TITLE_LENGTH",
    "Assessment",
    "AssessmentTransition",
    "CareerConversation",
    "ConversationTransition",
    "CrosswalkRow",
    "DevelopmentPlan",
    "Domain",
    "Element",
    "ElementLevel",
    "Expectation",
    "ExpectationChoice",
    "FeedbackRater",
    "FeedbackReply",
    "FeedbackReport",
    "FeedbackRound",
    "FeedbackTransition",
    "FrameworkVersion",
    "Grade",
    "HistoricLevel",
    "HistoryImport",
    "HistoryKind",
    "Objective",
    "ObjectiveElement",
    "ObjectiveReview",
    "ObjectiveTransition",
    "OfficialText",
]
