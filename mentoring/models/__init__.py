"""Who offers mentoring, who looks for it, who was matched with whom, and what the two agree on."""

from mentoring.models.agreements import Agreement, Evaluation, Goal
from mentoring.models.register import Exclusion, MentoringRequest, MentorProfile, MentorStrength, RequestNeed
from mentoring.models.relationships import Relationship, RelationshipTransition
from mentoring.models.rounds import Round, RoundOrganisation, RoundPair, RoundVersion
from mentoring.models.sessions import MentoringSession, PlannedSession, SessionNote
from mentoring.models.supervision import Supervision

__all__ = [
    "Agreement",
    "Evaluation",
    "Exclusion",
    "Goal",
    "MentorProfile",
    "MentorStrength",
    "MentoringRequest",
    "MentoringSession",
    "PlannedSession",
    "Relationship",
    "RelationshipTransition",
    "RequestNeed",
    "Round",
    "RoundOrganisation",
    "RoundPair",
    "RoundVersion",
    "SessionNote",
    "Supervision",
]
