"""The field's lists: kinds of programme, gate, delivery, session and what is recorded of them."""

from django.db import models


class ProgrammeKind(models.TextChoices):
    """What a programme is."""

    INDUCTION = "induction", "Induction"
    GENERIC = "generic", "Generic leadership training"
    LEADERSHIP = "leadership", "Leadership programme"
    FELLOWSHIP = "fellowship", "Fellowship"
    ACADEMIC = "academic", "Academic award"
    ENTREPRENEURSHIP = "enterprise", "Entrepreneurship"
    ACTION_LEARNING = "action", "Action learning"


class Tier(models.IntegerChoices):
    """How high a programme stands: the higher ones cost more, and are won by way of the lower ones."""

    INDUCTION = 1, "Tier 1: for everybody"
    FIRST = 2, "Tier 2: first leadership role"
    MIDDLE = 3, "Tier 3: leading a service"
    SENIOR = 4, "Tier 4: senior leaders"
    BOARD = 5, "Tier 5: board and national roles"


class Delivery(models.TextChoices):
    """Who delivers it."""

    IN_HOUSE = "in_house", "In-house"
    TENDERED = "tendered", "Tendered"


class GateKind(models.TextChoices):
    """What a gate asks for."""

    PREREQUISITE = "prerequisite", "A programme completed, or its recognised equivalent"
    LEVEL = "level", "An agreed leadership level"
    CAREER_STAGE = "stage", "A career stage"
    ENDORSEMENT = "endorsement", "The line manager's endorsement"
    WRITTEN = "written", "A written application"
    INTERVIEW = "interview", "An interview"


# The gates at which people give scores against published criteria.
SCORED = (GateKind.WRITTEN, GateKind.INTERVIEW)
# A criterion earns 0 to so many points, times its weight.
MOST_POINTS = 3


class GateOutcome(models.TextChoices):
    """What a gate decided."""

    PASSED = "passed", "Passed"
    FAILED = "failed", "Not passed"


class QuotaKind(models.TextChoices):
    """By what the places of a cohort are limited."""

    REGION = "region", "Region"
    PROFESSION = "profession", "Profession"


class StageKind(models.TextChoices):
    """What a part of a programme is."""

    MODULE = "module", "Module"
    WORKSHOP = "workshop", "Workshop"
    PROJECT = "project", "Project at work"
    ACTION_LEARNING = "action", "Action learning"
    PLACEMENT = "placement", "Placement"
    ASSIGNMENT = "assignment", "Assignment"


class Attended(models.TextChoices):
    """Whether somebody was at a session."""

    PRESENT = "present", "Present"
    PARTLY = "partly", "Present in part"
    EXCUSED = "excused", "Excused"
    ABSENT = "absent", "Absent"


class MilestoneResult(models.TextChoices):
    """How somebody stands with one part of their programme."""

    DONE = "done", "Done"
    EXEMPT = "exempt", "Not needed: recognised earlier learning"


class OutcomeKind(models.TextChoices):
    """What a programme led to, beyond levels."""

    POST = "post", "A post taken"
    SERVICE_CHANGE = "change", "A service change put into practice"
    STILL_HERE = "retained", "Still working in the NHS"
    LEFT = "left", "No longer working in the NHS"
