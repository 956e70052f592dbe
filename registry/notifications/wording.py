"""Putting messages into words, each by the room that registered its kind."""

from collections.abc import Sequence

import structlog
from django.db import transaction

from registry.notifications import outbox
from registry.notifications.kinds import KINDS, Outgoing, Words

log = structlog.get_logger(__name__)


def compose(batch: Sequence[Outgoing]) -> tuple[dict[int, Words], set[int]]:
    """The words of a batch by the head's key, kind by kind, and the keys of those that cannot be put into words.

    What is in neither is no longer needed. Where a kind fails for all of its messages at once, each is tried by
    itself, so that one does not stop the others. Raises only where the database does not answer.
    """
    after = 0
    words, broken = _compose(batch)
    while left := [o.head for o in batch if o.more and o.head.pk not in words.keys() | broken]:
        # Of their first parts nothing is needed any more; perhaps of the next.
        after += outbox.MOST_PARTS
        batch = outbox.with_parts(left, after=after)
        found, not_made = _compose(batch)
        words |= found
        broken |= not_made
    return words, broken


def _compose(batch: Sequence[Outgoing]) -> tuple[dict[int, Words], set[int]]:
    words: dict[int, Words] = {}
    broken: set[int] = set()
    by_kind: dict[str, list[Outgoing]] = {}
    for outgoing in batch:
        by_kind.setdefault(outgoing.head.kind, []).append(outgoing)
    for kind, together in by_kind.items():
        made = _made(kind, together)
        if made is not None:
            words |= made
            continue
        for outgoing in together:
            alone = _made(kind, [outgoing])
            if alone is None:
                broken.add(outgoing.head.pk)
            else:
                words |= alone
    return words, broken


def _made(kind: str, together: Sequence[Outgoing]) -> dict[int, Words] | None:
    """The words, or None where the kind's room raises, which the log then explains."""
    try:
        with transaction.atomic():
            return dict(KINDS[kind].compose(together))
    except Exception as error:
        if outbox.is_lost(error):
            raise
        log.exception("messages_not_made", kind=kind, messages=[outgoing.head.pk for outgoing in together])
        return None
