"""The states of a vacancy and of a shortlist, and which may follow which, as data."""

from django.db import models


class VacancyStatus(models.TextChoices):
    """Where a vacancy is between an idea and an appointment panel."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    BUILT = "built", "List built"
    DECIDED = "decided", "Decided"
    CLOSED = "closed", "Closed"


V = VacancyStatus

# The database holds vacancies to this table too (pgtrigger.FSM).
VACANCY_TRANSITIONS: tuple[tuple[VacancyStatus, VacancyStatus], ...] = (
    (V.DRAFT, V.OPEN),
    (V.DRAFT, V.CLOSED),
    (V.OPEN, V.BUILT),
    (V.OPEN, V.CLOSED),
    (V.BUILT, V.DECIDED),
    (V.BUILT, V.CLOSED),
    (V.DECIDED, V.CLOSED),
)


class ShortlistStatus(models.TextChoices):
    """Where a shortlist is between the request to build it and its publication."""

    WAITING = "waiting", "Waiting to be built"
    BUILDING = "building", "Being built"
    BUILT = "built", "Built"
    PUBLISHED = "published", "Published"
    REPLACED = "replaced", "Replaced"
    FAILED = "failed", "Failed"


S = ShortlistStatus

SHORTLIST_TRANSITIONS: tuple[tuple[ShortlistStatus, ShortlistStatus], ...] = (
    (S.WAITING, S.BUILDING),
    (S.WAITING, S.FAILED),
    (S.BUILDING, S.BUILT),
    (S.BUILDING, S.FAILED),
    (S.BUILT, S.PUBLISHED),
    (S.BUILT, S.REPLACED),
)

UNFINISHED = (S.WAITING, S.BUILDING)
