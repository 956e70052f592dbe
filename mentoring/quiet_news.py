"""A kind word to both of a pair that has gone quiet."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.urls import reverse

from mentoring.models import Relationship
from mentoring.querysets import QUIET_AFTER
from mentoring.sides import other_of
from mentoring.states import RelationshipState
from registry.accounts.letters import from_template, to_user, with_readers
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words

KIND_NAME = "mentoring_quiet"
# The first time and twice again, `QUIET_AFTER` apart; then we leave them in peace.
MOST_TIMES = 3


def plan(day: datetime.date) -> None:
    """Put down what is due on this day; what was put down before for the same quiet time stays as it is."""
    people = [
        (user_id, row)
        for row in Relationship.objects.quiet(day).select_related("mentor", "clinician").order_by("pk")
        for user_id in (row.mentor.user_id, row.clinician.user_id)
    ]
    able = User.able(P.MENTORING_OFFER, {user_id for user_id, _ in people})
    outbox.add(
        # Of no organisation: no officer sees which pair is quiet.
        to_user(user_id, KIND_NAME, row.pk, _step(row, day), organisation_id=None, planned_for=day)
        for user_id, row in people
        if user_id in able
    )


def _step(row: Any, day: datetime.date) -> str:
    """Which quiet time it is, by its first day, and the how manieth message of it."""
    return f"{row.quiet_since}:{min((day - row.quiet_since) // QUIET_AFTER, MOST_TIMES)}"


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out is what a session, logged or planned, has overtaken."""
    found: Any = (
        Relationship.objects.quiet(today()).with_people().in_bulk({outgoing.head.about_id for outgoing in batch})
    )
    able = User.able(P.MENTORING_OFFER, {outgoing.head.recipient_id for outgoing in batch})
    return {
        head.pk: _words(row, reader)
        for head, reader in with_readers(batch)
        if (row := found.get(head.about_id)) is not None
        and reader.pk in able
        and head.step.partition(":")[0] == str(row.quiet_since)
    }


def _words(row: Any, reader: User) -> Words:
    other = other_of(row, reader)
    href = reverse("mentoring:sessions", args=[row.pk])
    context = {"other": other, "since": row.quiet_since, "met": row.sessions.exists()}
    return from_template(reader, f"You and {other}", "mentoring/email/quiet.txt", context, href=href)


def over(relationships: Collection[int]) -> Collection[int]:
    """Those of these relationships about which nothing will be said any more: they have ended."""
    still = Relationship.objects.filter(pk__in=relationships, state=RelationshipState.ACTIVE)
    return set(relationships) - set(still.values_list("pk", flat=True))


KIND = Kind(KIND_NAME, "Quiet mentoring", compose, is_over=over)
