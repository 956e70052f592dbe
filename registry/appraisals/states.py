"""The states of an appraisal and of what belongs to it, which may follow which, and the lists of the room."""

from django.db import models


class CycleKind(models.TextChoices):
    """What comes round."""

    APPRAISAL = "appraisal", "Appraisal"
    REVIEW = "review", "Review"
    REVALIDATION = "revalidation", "Revalidation"
    RENEWAL = "renewal", "Renewal of registration"


# Those that two people do together and both sign; the others one records as done.
SIGNED = (CycleKind.APPRAISAL, CycleKind.REVIEW)


class AppraisalState(models.TextChoices):
    """Where an appraisal stands."""

    PREPARING = "preparing", "Being prepared"
    READY = "ready", "Ready for the meeting"
    SIGNED = "signed", "Signed by the appraiser"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


# The database enforces this table by a trigger. Back to preparing: the appraiser or the appraisee returned it.
TRANSITIONS: dict[AppraisalState, frozenset[AppraisalState]] = {
    AppraisalState.PREPARING: frozenset({AppraisalState.READY, AppraisalState.DONE, AppraisalState.CANCELLED}),
    AppraisalState.READY: frozenset({AppraisalState.PREPARING, AppraisalState.SIGNED, AppraisalState.CANCELLED}),
    AppraisalState.SIGNED: frozenset({AppraisalState.READY, AppraisalState.DONE, AppraisalState.CANCELLED}),
    AppraisalState.DONE: frozenset(),
    AppraisalState.CANCELLED: frozenset(),
}

OPEN = (AppraisalState.PREPARING, AppraisalState.READY, AppraisalState.SIGNED)
# What belongs to an appraisal can be written while one of these holds.
WRITABLE = (AppraisalState.PREPARING, AppraisalState.READY)


class Outcome(models.TextChoices):
    """What came of it."""

    COMPLETED = "completed", "Completed"
    COMPLETED_WITH_ACTIONS = "actions", "Completed, with agreed actions"
    RENEWED = "renewed", "Revalidated or renewed"
    DEFERRED = "deferred", "Deferred by the regulator"
    LAPSED = "lapsed", "Not renewed"


# What was recorded, but leaves undone what was due.
NOT_DONE = (Outcome.DEFERRED, Outcome.LAPSED)

# What an appraiser can say of a meeting, and what a person can say of their register.
OUTCOMES_SIGNED = (Outcome.COMPLETED, Outcome.COMPLETED_WITH_ACTIONS)
OUTCOMES_RECORDED: dict[CycleKind, tuple[Outcome, ...]] = {
    CycleKind.REVALIDATION: (Outcome.RENEWED, Outcome.DEFERRED, Outcome.LAPSED),
    CycleKind.RENEWAL: (Outcome.RENEWED, Outcome.LAPSED),
}


class PostponementReason(models.TextChoices):
    """Why an appraisal cannot take place in time."""

    PARENTAL = "parental", "Maternity, adoption or parental leave"
    SICKNESS = "sickness", "Sickness absence"
    BREAK = "break", "Career break or sabbatical"
    NEW = "new", "New to the organisation"
    APPRAISER = "appraiser", "The appraiser is not available"
    OTHER = "other", "Another reason"


class ConnectionKind(models.TextChoices):
    """How a doctor is connected to a designated body."""

    STANDARD = "standard", "Employed or contracted"
    TRAINING = "training", "In training: the dean is the responsible officer, and the ARCP is the appraisal"


class RecommendationKind(models.TextChoices):
    """What a responsible officer can recommend to the GMC."""

    REVALIDATE = "revalidate", "Revalidate"
    DEFER = "defer", "Defer"
    NON_ENGAGEMENT = "non_engagement", "Non-engagement"


class ObjectiveResult(models.TextChoices):
    """What became of an objective by the next appraisal."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not_met", "Not met"
    DROPPED = "dropped", "No longer relevant"
