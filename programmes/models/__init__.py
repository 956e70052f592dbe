"""The room's tables, one file for each part."""

from programmes.models.applications import (
    Answer,
    Appeal,
    Application,
    ApplicationTransition,
    Endorsement,
    GateResult,
    Reading,
    Score,
    SelectionStatistics,
)
from programmes.models.catalogue import Criterion, Gate, Programme, ProgrammeVersion, Stage
from programmes.models.cohorts import (
    Cohort,
    CohortAssessor,
    CohortTransition,
    CohortTutor,
    PlaceLimit,
    Session,
)
from programmes.models.enrolments import (
    Attendance,
    Certificate,
    CheckIn,
    Enrolment,
    EnrolmentTransition,
    FellowshipObjective,
    Milestone,
)
from programmes.models.equivalences import Equivalence
from programmes.models.learning_sets import LearningSet, SetMeeting, SetMember, SetNote
from programmes.models.outcomes import Alumnus, LearningAtWork, Outcome

__all__ = [
    "Alumnus",
    "Answer",
    "Appeal",
    "Application",
    "ApplicationTransition",
    "Attendance",
    "Certificate",
    "CheckIn",
    "Cohort",
    "CohortAssessor",
    "CohortTransition",
    "CohortTutor",
    "Criterion",
    "Endorsement",
    "Enrolment",
    "EnrolmentTransition",
    "Equivalence",
    "FellowshipObjective",
    "Gate",
    "GateResult",
    "LearningAtWork",
    "LearningSet",
    "Milestone",
    "Outcome",
    "PlaceLimit",
    "Programme",
    "ProgrammeVersion",
    "Reading",
    "Score",
    "SelectionStatistics",
    "Session",
    "SetMeeting",
    "SetMember",
    "SetNote",
    "Stage",
]
