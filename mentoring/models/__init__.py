"""Who offers mentoring, and who looks for it."""

from mentoring.models.register import Exclusion, MentoringRequest, MentorProfile, MentorStrength, RequestNeed

__all__ = ["Exclusion", "MentorProfile", "MentorStrength", "MentoringRequest", "RequestNeed"]
