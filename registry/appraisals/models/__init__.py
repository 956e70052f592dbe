"""The room's tables, one file for each part."""

from registry.appraisals.models.appraisals import (
    Appraisal,
    AppraisalObjective,
    AppraisalTransition,
    ChecklistEntry,
    Postponement,
)
from registry.appraisals.models.connections import Connection, Recommendation
from registry.appraisals.models.cycles import Cycle, CycleRule, Obligation, QuietPeriod

__all__ = [
    "Appraisal",
    "AppraisalObjective",
    "AppraisalTransition",
    "ChecklistEntry",
    "Connection",
    "Cycle",
    "CycleRule",
    "Obligation",
    "Postponement",
    "QuietPeriod",
    "Recommendation",
]
