"""How far a change or a venture is, which stage may follow which, and the lists of the room."""

from django.db import models


class ChangeStatus(models.TextChoices):
    """How far an idea has come, as the person says."""

    IDEA = "idea", "An idea"
    TRIED = "tried", "Tried out"
    IN_USE = "in_use", "In use"
    SPREAD = "spread", "Spread beyond where it began"
    STOPPED = "stopped", "Stopped"


class Stage(models.TextChoices):
    """How far a venture is."""

    IDEA = "idea", "Idea"
    PROTOTYPE = "prototype", "Prototype"
    PILOT = "pilot", "Pilot"
    TRADING = "trading", "Trading"
    SPREAD = "spread", "In use in several organisations"
    ENDED = "ended", "Ended"


# The database enforces this table by a trigger. Things go back as well as forward, but not from the end.
TRANSITIONS: dict[Stage, frozenset[Stage]] = {
    Stage.IDEA: frozenset({Stage.PROTOTYPE, Stage.PILOT, Stage.ENDED}),
    Stage.PROTOTYPE: frozenset({Stage.IDEA, Stage.PILOT, Stage.TRADING, Stage.ENDED}),
    Stage.PILOT: frozenset({Stage.PROTOTYPE, Stage.TRADING, Stage.SPREAD, Stage.ENDED}),
    Stage.TRADING: frozenset({Stage.PILOT, Stage.SPREAD, Stage.ENDED}),
    Stage.SPREAD: frozenset({Stage.TRADING, Stage.ENDED}),
    Stage.ENDED: frozenset(),
}


class PartnerKind(models.TextChoices):
    """Who a venture works with."""

    NHS = "nhs", "NHS organisation"
    UNIVERSITY = "university", "University or college"
    COMPANY = "company", "Company"
    CHARITY = "charity", "Charity or social enterprise"
    PATIENTS = "patients", "Patients or a patients’ group"
    OTHER = "other", "Another partner"


class Clearance(models.TextChoices):
    """Where a venture's conflict of interest stands with the employer of today; worked out, never stored."""

    UNDECLARED = "undeclared", "Not declared"
    WAITING = "waiting", "Waiting for your employer"
    CLEARED = "cleared", "Cleared"
    NOT_CLEARED = "not_cleared", "Not cleared"


class OpportunityKind(models.TextChoices):
    """What is offered."""

    FUNDING = "funding", "Funding call"
    PILOT = "pilot", "Pilot site"
    ACCELERATOR = "accelerator", "Accelerator or course"
    COMPETITION = "competition", "Competition or award"
    OTHER = "other", "Another opportunity"
