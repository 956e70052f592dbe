"""What officers do with messages that could not be delivered."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from registry.audit.record import record
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.notifications import outbox
from registry.notifications.models import Message
from registry.notifications.states import MessageState


@transaction.atomic
def send_again(*, message: Message, by: Any) -> Message:
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
    _anew(held, by)
    outbox.ring()
    return held


@transaction.atomic
def send_all_again(*, by: Any) -> int:
    """Have all messages tried anew that this officer sees as failed; answers how many.

    Those that somebody else is sending again at this moment are passed over.
    """
    if not by.scope_for(Permission.MESSAGE_RETRY).over_others:
        raise NotAllowed("Only officers send messages again.")
    failed = Message.visible_to(by, Permission.MESSAGE_RETRY).filter(state=MessageState.FAILED)
    rows = list(failed.order_by("pk").select_for_update(of=("self",), skip_locked=True))
    for row in rows:
        _anew(row, by)
    outbox.ring()
    return len(rows)


def _anew(held: Message, by: Any) -> None:
    held.state, held.attempts, held.finished_at, held.last_error = MessageState.WAITING, 0, None, ""
    held.available_at = Now()
    held.save(update_fields=["state", "attempts", "finished_at", "last_error", "available_at"])
    record(
        "message.sent_again",
        held,
        by=by,
        organisation_id=held.organisation_id,
        detail={"kind": held.kind, "about": held.about_id, "step": held.step},
    )
