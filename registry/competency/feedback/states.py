"""The states of a feedback round and of its raters, which may follow which, and the groups of raters."""

from django.db import models

from registry.competency import aggregation


class RoundState(models.TextChoices):
    """Where a round stands."""

    PREPARING = "preparing", "Naming colleagues"
    PROPOSED = "proposed", "With the facilitator"
    RUNNING = "running", "Colleagues are answering"
    CLOSED = "closed", "Waiting for the conversation"
    RELEASED = "released", "Report released"
    CANCELLED = "cancelled", "Cancelled"


# The database enforces this table by a trigger. Back from proposed to preparing: the facilitator returned it.
TRANSITIONS: dict[RoundState, frozenset[RoundState]] = {
    RoundState.PREPARING: frozenset({RoundState.PROPOSED, RoundState.CANCELLED}),
    RoundState.PROPOSED: frozenset({RoundState.PREPARING, RoundState.RUNNING, RoundState.CANCELLED}),
    RoundState.RUNNING: frozenset({RoundState.CLOSED, RoundState.CANCELLED}),
    RoundState.CLOSED: frozenset({RoundState.RELEASED}),
    RoundState.RELEASED: frozenset(),
    RoundState.CANCELLED: frozenset(),
}

# One of these at a time for a clinician: two rounds at once could be subtracted from each other.
OPEN = (RoundState.PREPARING, RoundState.PROPOSED, RoundState.RUNNING)
# While one of these holds, raters may be named; from the launch on, the groups are fixed.
NAMING = (RoundState.PREPARING, RoundState.PROPOSED)


class RaterGroup(models.TextChoices):
    """How somebody knows the person they give feedback to."""

    MANAGER = aggregation.MANAGER, "Line manager"
    PEERS = "peers", "Peers"
    REPORTS = "reports", "Direct reports"
    PATIENTS = "patients", "Patients and lay partners"
    CLINICAL = "clinical", "Clinical colleagues elsewhere"
    MANAGERS = "managers", "Managers they work with"
    OTHERS = aggregation.OTHERS, "Others"
    SELF = aggregation.SELF, "Themself"


INVITED = tuple(group for group in RaterGroup if group != RaterGroup.SELF)
# Who is asked the question about clinicians and managers.
ASKED_JOINTLY = (RaterGroup.MANAGER, RaterGroup.MANAGERS, RaterGroup.SELF)


class RaterState(models.TextChoices):
    """Whether a rater may still answer; raters are forgotten when the round closes, so that nobody learns who did."""

    WAITING = "waiting", "May answer"
    SENT = "sent", "Has answered"
    DECLINED = "declined", "Will not answer"


class MailKind(models.TextChoices):
    """Why a rater gets a message."""

    INVITATION = "invitation", "Invitation"
    REMINDER = "reminder", "Reminder"
    LAST_REMINDER = "last", "Last reminder"


# The name in the outbox of messages to raters, whatever their `MailKind`.
OUTBOX_KIND = "feedback"
# How many days before the last day a reminder goes to whoever has not answered.
REMINDERS = {MailKind.REMINDER: 7, MailKind.LAST_REMINDER: 2}
