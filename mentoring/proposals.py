"""The message to each of two people who are proposed to each other: who it is, they read once signed in."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.urls import reverse

from mentoring.models import Relationship
from mentoring.states import RelationshipState
from registry.accounts.letters import letter, to_user, with_readers
from registry.nhsuk.dates import long_date
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words
from registry.notifications.models import Message

KIND_NAME = "mentoring_proposal"
STEP = "proposed"


def tell(relationships: Iterable[Relationship]) -> None:
    """Put down both messages of each; in the transaction that proposes them, with both people loaded."""
    outbox.add([message for one in relationships for message in _both(one)])


def _both(one: Relationship) -> list[Message]:
    """No officer sees where it could not be delivered: they would read who has a mentor."""
    people = (one.mentor.user_id, one.clinician.user_id)
    return [to_user(key, KIND_NAME, one.pk, STEP, organisation_id=None) for key in people if key is not None]


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages; left out are those about which both have answered, or one has said no."""
    waiting = Relationship.objects.filter(state=RelationshipState.PROPOSED).select_related("mentor", "clinician")
    proposed = waiting.in_bulk({outgoing.head.about_id for outgoing in batch})
    words = {}
    for head, reader in with_readers(batch):
        one = proposed.get(head.about_id)
        if one is None or reader.pk not in (one.mentor.user_id, one.clinician.user_id):
            continue
        who = "somebody to mentor" if reader.pk == one.mentor.user_id else "somebody who could mentor you"
        paragraphs = [
            f"The programme leads propose {who}.",
            "Sign in to see who it is and why the two of you could suit each other.",
            f"Please say yes or no by {long_date(one.answer_by)}. It comes about when both of you say yes.",
        ]
        words[head.pk] = letter(
            reader, "You are proposed a match", paragraphs, href=reverse("mentoring:pair", args=[one.pk])
        )
    return words


def over(relationships: Collection[int]) -> Collection[int]:
    """Those of these relationships about which nothing will be said any more."""
    still = Relationship.objects.filter(pk__in=relationships, state=RelationshipState.PROPOSED)
    return set(relationships) - set(still.values_list("pk", flat=True))


KIND = Kind(KIND_NAME, "Proposed match in mentoring", compose, is_over=over)
