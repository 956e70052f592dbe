"""The lists of what two people agree on, work towards, review, and what keeps a coach a good one."""

from django.db import models


class Frequency(models.TextChoices):
    """How often two people mean to meet."""

    FORTNIGHT = "2w", "Every two weeks"
    MONTH = "1m", "Every month"
    SIX_WEEKS = "6w", "Every six weeks"
    QUARTER = "3m", "Every three months"


class Medium(models.TextChoices):
    """How two people mean to meet."""

    PERSON = "person", "In person"
    VIDEO = "video", "By video"
    TELEPHONE = "phone", "By telephone"
    MIXED = "mixed", "As it suits, now one and now the other"


class GoalState(models.TextChoices):
    """How far a goal is."""

    OPEN = "open", "Open"
    MET = "met", "Met"
    DROPPED = "dropped", "Dropped"


class Point(models.TextChoices):
    """When two people look back."""

    MIDPOINT = "midpoint", "Halfway"
    END = "end", "At the end"


class SupervisionKind(models.TextChoices):
    """What a mentor or coach does to stay a good one."""

    SUPERVISION = "super", "Supervision"
    CPD = "cpd", "Professional development (CPD)"


# Of each kind a coach owes so many in twelve months, as Leicester, Leicestershire and Rutland ask of theirs.
EACH_YEAR = 2
YEAR = 365
# Agreements run for half a year unless two people want it otherwise, and for two years at most.
USUAL_MONTHS, MOST_MONTHS = 6, 24
MOST_GOALS = 12
# So long after an ending both can still say how it was.
LOOKING_BACK_DAYS = 60

# Where what is said may go further, in plain words.
LIMITS = (
    "somebody may come to harm, one of you two or anybody else",
    "somebody broke the law, or is about to",
    "somebody broke a policy of your employer that you have a duty to report",
)

# From which a clinician and a manager choose the question both answer; they may also ask one of their own.
QUESTIONS = (
    "How well do we decide together?",
    "How well do we know each other’s pressures?",
    "How much better is our service for our working together?",
    "How openly do we disagree?",
)
