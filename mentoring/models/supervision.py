"""What mentors and coaches do to stay good ones."""

import pghistory
from django.db import models
from django.db.models import Q

from mentoring.models.register import MentorProfile
from mentoring.pair_querysets import SupervisionQuerySet
from mentoring.terms import SupervisionKind
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel

SHORTEST, LONGEST = 5, 480


@pghistory.track()
class Supervision(ScopedModel):
    """A session of supervision, or of professional development as a mentor or coach."""

    mentor = models.ForeignKey(MentorProfile, models.CASCADE, related_name="supervisions")
    held_on = models.DateField("day")
    kind = models.CharField(max_length=5, choices=SupervisionKind)
    # Not known of what was noted before minutes were asked for.
    minutes = models.PositiveSmallIntegerField(null=True)

    objects = SupervisionQuerySet.as_manager()

    privacy = Privacy(operational="id", personal="mentor held_on kind minutes")

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__range=(SHORTEST, LONGEST)), name="supervision_5_to_480_minutes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.held_on}"
