"""What officers do with messages that could not be delivered, and recipients with theirs."""

from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from registry.audit.record import record, record_many
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.notifications import outbox
from registry.notifications.models import Message
from registry.notifications.states import MessageState

# As if it had just been put down; its reference stays.
ANEW = {
    "state": MessageState.WAITING,
    "attempts": 0,
    "finished_at": None,
    "last_error": "",
    "available_at": Now(),
}


@transaction.atomic
def send_again(*, message: Message, by: Any) -> None:
    """Have a message tried anew that could not be delivered; it keeps its Message-ID.

    Raises WrongState where it is no longer failed: somebody else was quicker.
    """
    held = Message.objects.select_for_update(of=("self",)).filter(pk=message.pk).first()
    if held is None or held.organisation_id is None:
        raise NotAllowed("There is no such message.")
    if not by.scope_for(Permission.MESSAGE_RETRY).covers(frozenset({held.organisation_id})):
        raise NotAllowed("Only officers of its organisation send a message again.")
    if held.state != MessageState.FAILED:
        raise WrongState("This message is on its way again already.")
    Message.objects.filter(pk=held.pk).update(**ANEW)
    record("message.sent_again", held, by=by, organisation_id=held.organisation_id)
    outbox.ring()


@transaction.atomic
def send_all_again(*, by: Any) -> int:
    """Have all messages tried anew that this officer sees as failed; answers how many.

    Those that somebody else is sending again at this moment are passed over.
    """
    if not by.scope_for(Permission.MESSAGE_RETRY).over_others:
        raise NotAllowed("Only officers send messages again.")
    failed = Message.visible_to(by, Permission.MESSAGE_RETRY).order_by("organisation", "pk")
    rows = list(failed.select_for_update(of=("self",), skip_locked=True))
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(**ANEW)
    for organisation_id, theirs in groupby(rows, key=lambda row: row.organisation_id):
        record_many("message.sent_again", list(theirs), by=by, organisation_id=organisation_id)
    outbox.ring()
    return len(rows)


@transaction.atomic
def mark_read(*, message: Message, by: Any) -> None:
    """Keep when its recipient first opened a message."""
    Message.visible_to(by, Permission.MESSAGE_READ).unread().filter(pk=message.pk).update(read_at=Now())
