"""Two people matched with each other, at each point of their way."""

import datetime

from django.utils import timezone

from mentoring import steps
from mentoring.fields import RequestState
from mentoring.models import Relationship
from mentoring.states import RelationshipState
from registry.kernel.clock import today


def proposed(profile, wanted, *, answer_by=None, **attributes):
    """A mentor proposed to whoever looks (`wanted`), as a round does it."""
    wanted.state = RequestState.PROPOSED
    wanted.save(update_fields=["state"])
    return Relationship.objects.create(
        mentor=profile,
        clinician=wanted.clinician,
        wanted=wanted,
        organisation=wanted.clinician.organisation,
        kind=wanted.kind,
        answer_by=answer_by or today() + datetime.timedelta(days=14),
        **{"reasons": {"need": 60, "near": 5}} | attributes,
    )


def under_way(profile, wanted, *, started_at=None, **attributes):
    """Both have said yes."""
    relationship = proposed(profile, wanted, **attributes)
    moment = started_at or timezone.now()
    relationship.mentor_accepted_at = relationship.mentee_accepted_at = relationship.started_at = moment
    also = ("mentor_accepted_at", "mentee_accepted_at", "started_at")
    steps.move(relationship, RelationshipState.ACTIVE, by=wanted.clinician.user, also=also)
    wanted.state = RequestState.MATCHED
    wanted.save(update_fields=["state"])
    return relationship
