"""The outbox as a queue: putting messages down, taking them in batches, and marking what became of them.

Every time in it is the database's (`clock_timestamp()`), so that workers whose clocks differ agree; and every change
is one statement, so that a worker can die between any two of them.

Whatever changes several messages locks them in the order of their keys, or passes over what is locked: so no two wait
for each other, and PostgreSQL never ends somebody's request to part it from a worker. It costs about a fourteenth of
a batch.
"""

import datetime
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from registry.notifications.kinds import Outgoing, Part
from registry.notifications.models import Message
from registry.notifications.querysets import MessageQuerySet
from registry.notifications.states import Channel, MessageState

log = structlog.get_logger(__name__)

# How long messages belong to the worker that took them: far longer than a run, and than handing one over takes.
LEASE = datetime.timedelta(minutes=10)
MOST_ATTEMPTS = 8
# So many parts of a message are read at once.
MOST_PARTS = 100
# A message tried so often is taken by itself, so that one that ends its worker takes no other along.
ALONE_AFTER = 2
# Those of a `Part`, in its order; the last of it is known without asking.
COLUMNS = "id, kind, about_id, step, recipient_key, recipient_id, reference, attempts"
LOST = "The worker that was sending it stopped before it had noted whether it was sent."


@dataclass(frozen=True, slots=True)
class Later:
    """Why a message waits, and how long; `counted`: whether the attempt counts towards `MOST_ATTEMPTS`."""

    error: str
    delay: datetime.timedelta = datetime.timedelta(0)
    counted: bool = True


def add(messages: Iterable[Message]) -> None:
    """Put messages down; one that is there already (kind, about, step, recipient) stays as it is.

    They are sent after the commit of whatever put them down, and not where it is rolled back.
    """
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    ring()


def ring() -> None:
    """Ask for a delivery as soon as this transaction is committed.

    Only a doorbell: where nobody hears it, the next beat delivers. So it never raises, and waits for Redis only as
    long as one attempt takes.
    """
    transaction.on_commit(_ring)


def _ring() -> None:
    from registry.notifications.tasks import drain

    try:
        drain.apply_async(retry=False)
    except Exception as error:  # noqa: BLE001 (whatever the broker raises, the outbox has the messages)
        log.warning("doorbell_not_heard", error=type(error).__name__)


def claim(batch_size: int, *, channel: Channel = Channel.EMAIL) -> list[Outgoing]:
    """Take at most so many messages that are due, the one that waits longest first, for `LEASE`.

    Another worker passes over them. Each counts as an attempt. `taken_by` of every head names the batch. Those tried
    `ALONE_AFTER` times are taken when no others are due, one at a time.
    """
    return _claim(batch_size, channel, "<") or _claim(1, channel, ">=")


def _claim(batch_size: int, channel: Channel, compare: str) -> list[Outgoing]:
    batch = uuid.uuid4()
    parameters: dict[str, Any] = {
        "channel": channel.value,
        "alone_after": ALONE_AFTER,
        "batch_size": batch_size,
        "batch": batch,
        "lease": LEASE,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS MATERIALIZED (
                SELECT id AS due_id, available_at AS was_due FROM notifications_message
                WHERE state = 'waiting' AND channel = %(channel)s AND available_at <= clock_timestamp()
                    AND attempts {compare} %(alone_after)s
                ORDER BY available_at, id LIMIT %(batch_size)s FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE notifications_message
                SET state = 'sending', attempts = attempts + 1, taken_by = %(batch)s,
                    available_at = clock_timestamp() + %(lease)s
                FROM due WHERE id = due_id RETURNING {COLUMNS}, was_due
            )
            SELECT {COLUMNS} FROM taken ORDER BY was_due, id
            """,  # noqa: S608 (names of columns, one of two operators)
            parameters,
        )
        return with_parts([Part._make((*row, batch)) for row in cursor.fetchall()])


def with_parts(heads: Sequence[Part], *, after: int = 0) -> list[Outgoing]:
    """These heads, each with the first `MOST_PARTS` of what is folded into it; one query.

    `after` so many, the next ones, without the head.
    """
    parts = {head.pk: [] if after else [head] for head in heads}
    more: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT head_id, together - place, {COLUMNS} FROM (
                SELECT *, row_number() OVER (PARTITION BY head_id ORDER BY id) AS place,
                    count(*) OVER (PARTITION BY head_id) AS together
                FROM notifications_message WHERE head_id = ANY(%(heads)s::bigint[])
            ) AS part WHERE place > %(after)s AND place <= %(after)s + %(most)s ORDER BY id
            """,  # noqa: S608 (names of columns)
            {"heads": list(parts), "after": after, "most": MOST_PARTS},
        )
        for head_id, left, *row in cursor.fetchall():
            parts[head_id].append(Part(*row))
            more[head_id] = left
    return [Outgoing(head, tuple(parts[head.pk]), more.get(head.pk, 0)) for head in heads]


def finish(
    batch: uuid.UUID | None,
    *,
    sent: Collection[int] = (),
    dropped: Collection[int] = (),
    failed: Mapping[int, str] | None = None,
    later: Mapping[int, Later] | None = None,
) -> set[int]:
    """Mark what became of messages of a batch, in one statement; answers the keys that were still the batch's.

    Those that were not are left alone: they were taken back when the lease was over, or removed. One that was tried
    `MOST_ATTEMPTS` times fails instead of waiting once more.
    """
    ends = [(sent, MessageState.SENT, Later("")), (dropped, MessageState.DROPPED, Later(""))]
    ends += [([key], MessageState.FAILED, Later(error)) for key, error in (failed or {}).items()]
    ends += [([key], MessageState.WAITING, why) for key, why in (later or {}).items()]
    asked = [
        {
            "ids": list(keys),
            "state": state,
            "error": _short(why.error),
            "delay": why.delay.total_seconds(),
            "counted": why.counted,
        }
        for keys, state, why in ends
        if keys
    ]
    if not asked:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH ends AS MATERIALIZED (
                SELECT m.id, CASE WHEN e.state = 'waiting' AND e.counted AND m.attempts >= %(most)s
                                  THEN 'failed' ELSE e.state END AS state, e.error, e.delay, e.counted
                FROM json_to_recordset(%(asked)s)
                    AS e(ids bigint[], state text, error text, delay float8, counted boolean)
                CROSS JOIN unnest(e.ids) AS ended(id) JOIN notifications_message AS m ON m.id = ended.id
                WHERE m.state = 'sending' AND m.taken_by = %(batch)s
                ORDER BY m.id FOR UPDATE OF m
            )
            UPDATE notifications_message AS m
            SET state = ends.state, taken_by = NULL, last_error = ends.error,
                attempts = CASE WHEN ends.counted THEN m.attempts ELSE GREATEST(m.attempts - 1, 0) END,
                finished_at = CASE WHEN ends.state = 'waiting' THEN NULL ELSE clock_timestamp() END,
                available_at = clock_timestamp() + make_interval(secs => ends.delay)
            FROM ends WHERE m.id = ends.id RETURNING m.id
            """,
            {"most": MOST_ATTEMPTS, "asked": json.dumps(asked), "batch": batch},
        )
        return {key for (key,) in cursor.fetchall()}


def hold(batch: uuid.UUID | None, keys: Collection[int]) -> set[int]:
    """Begin the lease of messages of a batch anew; answers the keys that are still the batch's.

    Asked before each sending: whoever took a message back, or removed it, is seen here.
    """
    parameters: list[Any] = [list(keys), batch, LEASE]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH held AS MATERIALIZED (
                SELECT id FROM notifications_message
                WHERE id = ANY(%s::bigint[]) AND state = 'sending' AND taken_by = %s ORDER BY id FOR UPDATE
            )
            UPDATE notifications_message AS m SET available_at = clock_timestamp() + %s
            FROM held WHERE m.id = held.id RETURNING m.id
            """,
            parameters,
        )
        return {key for (key,) in cursor.fetchall()}


def reap() -> int:
    """Take back what workers held when they stopped; answers how many messages.

    The attempt counts, so that a message that ends its worker fails at last. Whether a message had gone out before
    its worker stopped cannot be known: each is written to the log, which so explains every message sent twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH lost AS MATERIALIZED (
                SELECT id, taken_by FROM notifications_message
                WHERE state = 'sending' AND available_at <= clock_timestamp()
                ORDER BY id FOR UPDATE SKIP LOCKED
            )
            UPDATE notifications_message AS m
            SET state = CASE WHEN m.attempts >= %s THEN 'failed' ELSE 'waiting' END,
                finished_at = CASE WHEN m.attempts >= %s THEN clock_timestamp() END,
                taken_by = NULL, available_at = clock_timestamp(), last_error = %s
            FROM lost WHERE m.id = lost.id RETURNING m.id, m.kind, m.attempts, m.state, lost.taken_by
            """,
            [MOST_ATTEMPTS, MOST_ATTEMPTS, LOST],
        )
        taken_back = cursor.fetchall()
    for key, kind, attempts, state, batch in taken_back:
        log.warning(
            "message_taken_back",
            message=key,
            kind=kind,
            attempts=attempts,
            state=state,
            batch=str(batch),
            meaning="its worker stopped; if it had handed the message over, it goes out twice",
        )
    return len(taken_back)


def leave_out(keys: Collection[int]) -> None:
    """Mark parts of which their message says nothing: their room may plan them anew, for somebody else."""
    if keys:
        with transaction.atomic():
            _locked(Message.objects.filter(pk__in=keys)).update(left_out=True)


def settle(kind: str, about_id: int) -> None:
    """Nobody needs to open the messages of this kind about this any more: what they ask for has been done."""
    _locked(Message.objects.filter(kind=kind, about_id=about_id, read_at__isnull=True)).update(read_at=Now())


def withdraw(kind: str, about_ids: Collection[int]) -> None:
    """Remove the messages of this kind about these that have not gone out, failed ones among them."""
    _locked(Message.objects.filter(kind=kind, about_id__in=about_ids).exclude(state=MessageState.SENT)).delete()


def _locked(messages: MessageQuerySet) -> MessageQuerySet:
    rows = messages.order_by("pk").select_for_update().values_list("pk", flat=True)
    return Message.objects.filter(pk__in=list(rows))


def _short(error: str) -> str:
    """An error in one line, as long as the table keeps it; without NUL and lone surrogates, which it cannot hold."""
    kept = error.replace("\0", "").encode(errors="replace").decode()
    return " ".join(kept.split())[:300]


def is_lost(error: Exception) -> bool:
    """Whether an error means that the database is away; one that dies in a statement gives the plainest of all."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError
