"""The lists of the session log: how people meet, and what they talk about."""

from django.db import models

FEWEST_MINUTES, MOST_MINUTES = 5, 480
USUAL_MINUTES = 60
NOTE_LENGTH = 4000


class Medium(models.TextChoices):
    """How people met."""

    IN_PERSON = "person", "In person"
    VIDEO = "video", "Video"
    TELEPHONE = "phone", "Telephone"
    MESSAGES = "text", "Messages"


class Theme(models.TextChoices):
    """What a session was about, in a word: never more than that."""

    CAREER = "career", "Career"
    NEXT_POST = "post", "Next post"
    CONFIDENCE = "confident", "Confidence"
    WELLBEING = "wellbeing", "Wellbeing"
    TEAM = "team", "Leading a team"
    CONFLICT = "conflict", "Conflict"
    INCLUSION = "inclusion", "Inclusion"
    CHANGE = "change", "Leading change"
    IMPROVEMENT = "quality", "Quality improvement"
    STRATEGY = "strategy", "Strategy"
    FINANCE = "finance", "Finance"
    POLITICS = "politics", "Politics and influence"
