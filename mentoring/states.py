"""The states of a relationship, and which may follow which, as data."""

from django.db import models


class RelationshipState(models.TextChoices):
    """Where two people stand, from the round that proposed them to the end."""

    PROPOSED = "proposed", "Waiting for answers"
    ACTIVE = "active", "Under way"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Not answered in time"
    ENDED = "ended", "Ended"


S = RelationshipState

RELATIONSHIP_TRANSITIONS: tuple[tuple[RelationshipState, RelationshipState], ...] = (
    (S.PROPOSED, S.ACTIVE),
    (S.PROPOSED, S.DECLINED),
    (S.PROPOSED, S.LAPSED),
    (S.ACTIVE, S.ENDED),
)
# Takes one of the mentor's places.
LIVE = (S.PROPOSED, S.ACTIVE)
# Did not come about: these two are not matched again.
FAILED = (S.DECLINED, S.LAPSED)


class Decline(models.TextChoices):
    """Why somebody says no; the other person is told only that it did not come about."""

    TIME = "time", "I do not have the time now"
    FIT = "fit", "We do not suit each other"
    KNOWN = "known", "We work too closely together"
    CONFLICT = "conflict", "There is a conflict of interest"
    OTHER = "other", "Another reason"
    # Not said by anybody: the registry says no for a mentor who leaves.
    STOPPED = "stopped", "They stopped mentoring"


# What somebody can give as a reason.
REASONS = tuple(one for one in Decline if one != Decline.STOPPED)


class RoundState(models.TextChoices):
    """Where a round is between its opening and the letters to those who are matched."""

    PREPARING = "preparing", "Being prepared"
    PUBLISHED = "published", "Published"
    CANCELLED = "cancelled", "Cancelled"


ROUND_TRANSITIONS: tuple[tuple[RoundState, RoundState], ...] = (
    (RoundState.PREPARING, RoundState.PUBLISHED),
    (RoundState.PREPARING, RoundState.CANCELLED),
)


class VersionStatus(models.TextChoices):
    """Where a version of a round's matching is between the request and an answer that is proved."""

    WAITING = "waiting", "Waiting to be matched"
    SOLVING = "solving", "Being matched"
    READY = "ready", "Matched"
    FAILED = "failed", "Not matched"
    STOPPED = "stopped", "Stopped"


V = VersionStatus

VERSION_TRANSITIONS: tuple[tuple[VersionStatus, VersionStatus], ...] = (
    (V.WAITING, V.SOLVING),
    (V.WAITING, V.FAILED),
    (V.WAITING, V.STOPPED),
    (V.SOLVING, V.READY),
    (V.SOLVING, V.FAILED),
    (V.SOLVING, V.STOPPED),
)
UNFINISHED = (V.WAITING, V.SOLVING)
