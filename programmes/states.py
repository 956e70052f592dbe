"""The states of programmes, cohorts, applications and places, and which may follow which, as data."""

from django.db import models


class VersionState(models.TextChoices):
    """Where a version of a programme stands; cohorts open on a published one, which never changes."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class CohortState(models.TextChoices):
    """Where a cohort is between an idea and its last certificate."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open for applications"
    SELECTING = "selecting", "Selecting"
    DECIDED = "decided", "Places offered"
    RUNNING = "running", "Under way"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


C = CohortState

COHORT_TRANSITIONS: tuple[tuple[CohortState, CohortState], ...] = (
    (C.DRAFT, C.OPEN),
    (C.DRAFT, C.CANCELLED),
    (C.OPEN, C.SELECTING),
    (C.OPEN, C.CANCELLED),
    (C.SELECTING, C.DECIDED),
    (C.SELECTING, C.CANCELLED),
    (C.DECIDED, C.RUNNING),
    (C.DECIDED, C.CANCELLED),
    (C.RUNNING, C.FINISHED),
    (C.RUNNING, C.CANCELLED),
)
# From the first application to the last appeal: somebody can win a place.
IN_SELECTION = (C.OPEN, C.SELECTING, C.DECIDED)
COHORT_OVER = (C.FINISHED, C.CANCELLED)


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    DRAFT = "draft", "Not sent yet"
    SUBMITTED = "submitted", "Being considered"
    NOT_SELECTED = "rejected", "Not selected"
    RESERVE = "reserve", "On the waiting list"
    OFFERED = "offered", "Place offered"
    ACCEPTED = "accepted", "Place accepted"
    DECLINED = "declined", "Place declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


A = ApplicationState

APPLICATION_TRANSITIONS: tuple[tuple[ApplicationState, ApplicationState], ...] = (
    (A.DRAFT, A.SUBMITTED),
    (A.DRAFT, A.WITHDRAWN),
    (A.SUBMITTED, A.NOT_SELECTED),
    (A.SUBMITTED, A.RESERVE),
    (A.SUBMITTED, A.OFFERED),
    (A.SUBMITTED, A.WITHDRAWN),
    # Only by an appeal that was upheld.
    (A.NOT_SELECTED, A.SUBMITTED),
    (A.RESERVE, A.OFFERED),
    (A.RESERVE, A.NOT_SELECTED),
    (A.RESERVE, A.WITHDRAWN),
    (A.OFFERED, A.ACCEPTED),
    (A.OFFERED, A.DECLINED),
    (A.OFFERED, A.WITHDRAWN),
)
# Sent, and something can still come of it.
WAITING = (A.SUBMITTED, A.RESERVE, A.OFFERED)
# Before a place is accepted, the applicant can take it back.
WITHDRAWABLE = (A.DRAFT, *WAITING)
# Of those who may be told no, now or when places are decided on.
MAY_LOSE = (A.SUBMITTED, A.RESERVE, A.NOT_SELECTED)
# Of whoever competes for the places of a cohort, or has won one.
COMPETING = (*WAITING, A.ACCEPTED)


class EnrolmentState(models.TextChoices):
    """Where somebody who won a place stands."""

    ENROLLED = "enrolled", "Taking part"
    DEFERRED = "deferred", "Deferred"
    TRANSFERRED = "moved", "Moved to another cohort"
    WITHDRAWN = "withdrawn", "Withdrawn"
    COMPLETED = "completed", "Completed"


N = EnrolmentState

ENROLMENT_TRANSITIONS: tuple[tuple[EnrolmentState, EnrolmentState], ...] = (
    (N.ENROLLED, N.DEFERRED),
    (N.ENROLLED, N.TRANSFERRED),
    (N.ENROLLED, N.WITHDRAWN),
    (N.ENROLLED, N.COMPLETED),
    (N.DEFERRED, N.TRANSFERRED),
    (N.DEFERRED, N.WITHDRAWN),
    (N.DEFERRED, N.ENROLLED),
)
# Who holds one of the cohort's places.
HOLDING = (N.ENROLLED, N.COMPLETED)
# Who takes part, or can take the place up again.
NOT_LEFT = (N.ENROLLED, N.DEFERRED)


class EquivalenceState(models.TextChoices):
    """Whether something done elsewhere counts as a programme tier."""

    ASKED = "asked", "Waiting for a decision"
    RECOGNISED = "yes", "Recognised"
    REFUSED = "no", "Not recognised"


class AppealState(models.TextChoices):
    """What became of an appeal."""

    LODGED = "lodged", "Waiting for a decision"
    UPHELD = "upheld", "Upheld"
    REJECTED = "rejected", "Not upheld"
