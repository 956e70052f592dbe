"""Who offers mentoring, who looks for it, and who was matched with whom."""

from mentoring.models.register import Exclusion, MentoringRequest, MentorProfile, MentorStrength, RequestNeed
from mentoring.models.relationships import Relationship, RelationshipTransition
from mentoring.models.rounds import Round, RoundOrganisation, RoundPair, RoundVersion
from mentoring.models.sessions import MentoringSession, PlannedSession, SessionNote

__all__ = [
    "Exclusion",
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
]
