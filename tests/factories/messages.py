"""Messages in the outbox, of a kind of the tests' own."""

from collections.abc import Sequence

from registry.kernel.clock import today
from registry.notifications.kinds import Kind, Outgoing, Words
from registry.notifications.models import Message
from registry.notifications.states import Channel, MessageState
from tests.factories.organisations import OrganisationFactory

KIND = "test"


class SpokenKind:
    """How the tests' messages are put into words; `unneeded` and `breaks` name what they are about."""

    def __init__(self) -> None:
        self.unneeded: set[int] = set()
        self.breaks: set[int] = set()
        self.nowhere: set[int] = set()
        self.called: list[list[int]] = []

    def compose(self, batch: Sequence[Outgoing]) -> dict[int, Words]:
        self.called.append([outgoing.head.about_id for outgoing in batch])
        if self.breaks & {outgoing.head.about_id for outgoing in batch}:
            raise ValueError("cannot be put into words")
        return {
            outgoing.head.pk: Words(
                to="" if outgoing.head.about_id in self.nowhere else address(outgoing.head.about_id),
                subject=f"About {outgoing.head.about_id}",
                text="\n".join(f"Part {part.step}" for part in outgoing.parts),
                html="<p>In short</p>",
                href=f"/about/{outgoing.head.about_id}",
            )
            for outgoing in batch
            if outgoing.head.about_id not in self.unneeded
        }

    @property
    def kind(self) -> Kind:
        return Kind(KIND, "Test message", self.compose)


def address(about_id: int) -> str:
    """Where a message about this goes."""
    return f"person{about_id}@x.example"


def message(about_id: int = 1, **fields) -> Message:
    """A message that was not put down yet."""
    fields = {
        "kind": KIND,
        "about_id": about_id,
        "step": "first",
        "recipient_key": f"c{about_id}",
        "planned_for": today(),
        "channel": Channel.EMAIL,
    } | fields
    return Message(**fields)


def waiting(number: int = 1, **fields) -> list[Message]:
    """So many messages, put down and due, about 1, 2, 3 …"""
    organisation = fields.pop("organisation", None) or OrganisationFactory()
    messages = [message(about, organisation=organisation, **fields) for about in range(1, number + 1)]
    return Message.objects.bulk_create(messages)


def folded(head: Message, **fields) -> Message:
    """One more that goes out with this one."""
    part = message(head.about_id, **{"step": "second", "organisation": head.organisation} | fields)
    part.state, part.head = MessageState.FOLDED, head
    part.save()
    return part
