"""Messages to two people matched with each other: whether it came about, what waits for them, that it ended."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from mentoring.models import Relationship
from mentoring.sides import Side, name_of, user_id_of
from mentoring.states import LIVE, RelationshipState
from registry.accounts.letters import letter, to_user, with_readers
from registry.accounts.models import User
from registry.kernel.permissions import Permission as P
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words
from registry.notifications.models import Message

KIND_NAME = "mentoring_pair"

S = RelationshipState
STARTED, DECLINED, LAPSED, ENDED, AGREE, MIDPOINT, LAST_DAY = (
    "started",
    "declined",
    "lapsed",
    "ended",
    "agree",
    "midpoint",
    "last day",
)
# The state in which each is still so.
HOLDS_IN = {
    STARTED: S.ACTIVE,
    DECLINED: S.DECLINED,
    LAPSED: S.LAPSED,
    ENDED: S.ENDED,
    AGREE: S.ACTIVE,
    MIDPOINT: S.ACTIVE,
    LAST_DAY: S.ACTIVE,
}
NEXT = {
    Side.MENTOR: "Your place is free again. You will be told when somebody else is proposed to you.",
    Side.MENTEE: "You are still looking, and take part in the next round of matching. You need do nothing.",
}
# In the same words whether somebody said no or nobody answered, so that neither learns which.
FAILED = (
    "Your match did not come about",
    "The match with {other} did not come about. It takes two people, at the right time. {next}",
)
SAID: dict[str, tuple[str, str]] = {
    STARTED: (
        "You are matched with {other}",
        "Both of you said yes. Get in touch, meet, and agree how you want to work together.",
    ),
    DECLINED: FAILED,
    LAPSED: FAILED,
    ENDED: (
        "Mentoring with {other} has ended",
        "It can end at any time, and nobody is asked why. For 60 days you can say how it was.",
    ),
    AGREE: (
        "Read what {other} wrote about how you work together",
        "There are new words of your agreement. It holds once you have agreed to them, too.",
    ),
    MIDPOINT: (
        "Halfway with {other}: look back together",
        "You are halfway. Say how it goes, and whether you go on as you are, change what you agreed, or end.",
    ),
    LAST_DAY: (
        "The last day you agreed with {other} has come",
        "End it and say how it was, or agree on a new last day.",
    ),
}


def message(relationship: Relationship, side: Side, step: str, *, planned_for: date | None = None) -> Message | None:
    """A message to one of the two, where they have an account; of no organisation: no officer sees who has a mentor."""
    user_id = user_id_of(relationship, side)
    more: dict[str, Any] = {"planned_for": planned_for} if planned_for else {}
    return to_user(user_id, KIND_NAME, relationship.pk, step, organisation_id=None, **more) if user_id else None


def tell(relationship: Relationship, sides: Collection[Side], step: str) -> None:
    """Put down a message to these of the two."""
    found = [message(relationship, side, step) for side in sides]
    outbox.add(one for one in found if one is not None)


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out is what is no longer so or done, and who may not take part."""
    rows = Relationship.objects.with_people().select_related("agreement")
    found = rows.in_bulk({outgoing.head.about_id for outgoing in batch})
    able = User.able(P.MENTORING_OFFER, {outgoing.head.recipient_id for outgoing in batch})
    words = {}
    for head, reader in with_readers(batch):
        row = found.get(head.about_id)
        side = row and next((one for one in Side if user_id_of(row, one) == head.recipient_id), None)
        what, _, detail = head.step.partition(":")
        if row and side and reader.pk in able and row.state == HOLDS_IN[what] and _still(row, side, what, detail):
            words[head.pk] = _words(row, side, reader, what)
    return words


def _still(row: Relationship, side: Side, what: str, detail: str) -> bool:
    """Whether what is asked for is still to do; of an agreement, the words or the last day may be others by now."""
    agreement = getattr(row, "agreement", None)
    if what == AGREE:
        as_written = agreement is not None and detail == str(agreement.changes)
        return as_written and getattr(agreement, f"{side}_agreed_at") is None
    if what in (MIDPOINT, LAST_DAY):
        return agreement is not None and agreement.holds and detail == str(agreement.ends_on)
    return True


def _words(row: Relationship, side: Side, reader: User, what: str) -> Words:
    subject, text = SAID[what]
    told = {"other": name_of(row, side.other), "next": NEXT[side]}
    return letter(reader, subject.format(**told), [text.format(**told)], href=reverse("mentoring:pair", args=[row.pk]))


def over(relationships: Collection[int]) -> Collection[int]:
    """Those of these about which nothing will be said any more."""
    still = Relationship.objects.filter(pk__in=relationships, state__in=LIVE)
    return set(relationships) - set(still.values_list("pk", flat=True))


KIND = Kind(KIND_NAME, "Mentoring", compose, is_over=over)
