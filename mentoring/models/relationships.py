"""Two people matched with each other: what they answered, and where they stand."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from mentoring.fields import Kind
from mentoring.models.register import MentoringRequest, MentorProfile
from mentoring.pair_querysets import StepQuerySet
from mentoring.querysets import RelationshipQuerySet
from mentoring.states import LIVE, RELATIONSHIP_TRANSITIONS, Decline, RelationshipState
from mentoring.triggers import within_capacity
from registry.clinicians.models import Clinician
from registry.competency.triggers import append_only
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel
from registry.organisations.models import Organisation

REASON_LENGTH = 1000


@pghistory.track()
class Relationship(ScopedModel):
    """A mentor and somebody they mentor (`clinician`), from the proposal on; under way once both have said yes."""

    mentor = models.ForeignKey(MentorProfile, models.PROTECT, related_name="relationships")
    clinician = models.ForeignKey(Clinician, models.PROTECT, related_name="mentorings")
    wanted = models.ForeignKey(MentoringRequest, models.PROTECT, related_name="relationships")
    # Where the mentee worked when the two were proposed to each other: leads' totals go by it, and never move.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # The request's, which cannot change any more.
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=RelationshipState, default=RelationshipState.PROPOSED)
    # What the pair earned points for, part by part (see fit.Part); they add up to the score.
    reasons = models.JSONField(default=dict)
    proposed_at = models.DateTimeField(db_default=Now(), editable=False)
    # The last day on which both can say yes.
    answer_by = models.DateField()
    mentor_accepted_at = models.DateTimeField(null=True, editable=False)
    mentee_accepted_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = RelationshipQuerySet.as_manager()

    privacy = Privacy(
        operational="id organisation proposed_at answer_by",
        personal="mentor clinician wanted kind state reasons mentor_accepted_at mentee_accepted_at started_at ended_at",
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["mentor", "state"]), models.Index(fields=["clinician", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["mentor", "clinician"], condition=Q(state__in=LIVE), name="mentoring_pair_live_once"
            ),
            models.UniqueConstraint(fields=["wanted"], condition=Q(state__in=LIVE), name="mentoring_request_live_once"),
            models.CheckConstraint(
                name="mentoring_under_way_once_both_said_yes",
                condition=Q(
                    state__in=["active", "ended"],
                    mentor_accepted_at__isnull=False,
                    mentee_accepted_at__isnull=False,
                    started_at__isnull=False,
                )
                | Q(state__in=["proposed", "declined", "lapsed"], started_at__isnull=True),
            ),
            models.CheckConstraint(
                name="mentoring_ended_when_it_says_so",
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_moves", field="state", transitions=list(RELATIONSHIP_TRANSITIONS)),
            pgtrigger.ReadOnly(
                name="stays", fields=["mentor", "clinician", "wanted", "organisation", "kind", "reasons"]
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            within_capacity(),
        ]

    def __str__(self) -> str:
        return f"{self.mentor} and {self.clinician}"

    @property
    def score(self) -> int:
        """The points of the pair in its round."""
        return sum(self.reasons.values())


class RelationshipTransition(ScopedModel):
    """One step of a relationship: who (nobody for the system), when and, of a refusal, why."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=8, choices=RelationshipState, blank=True, editable=False)
    after = models.CharField(max_length=8, choices=RelationshipState, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    because = models.CharField(max_length=8, choices=Decline, blank=True, editable=False)
    # For the programme leads; never for the other person.
    reason = models.CharField(max_length=REASON_LENGTH, blank=True, editable=False)

    objects = StepQuerySet.as_manager()

    privacy = Privacy(operational="id relationship before after at", personal="by", confidential="because reason")

    class Meta:
        ordering = ["relationship", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.get_after_display()}, {self.at}"
