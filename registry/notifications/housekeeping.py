"""What goes when its time is over: old messages about what is over."""

import datetime
from collections.abc import Iterable

import structlog
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce

from registry.notifications.kinds import KINDS
from registry.notifications.models import Message

log = structlog.get_logger(__name__)

AT_A_TIME = 100


def forget_old(day: datetime.date) -> int:
    """Remove messages finished more than `MESSAGES_KEEP_MONTHS` ago, of things that are over; answers how many heads.

    A message is also what prevents a second one, so it stays until the room of its kind says that none will be
    planned about the same again. One that others were folded into stays as long as any of them.
    """
    before = day - relativedelta(months=settings.MESSAGES_KEEP_MONTHS)
    ending = [name for name, kind in KINDS.items() if kind.is_over]
    old = Message.objects.filter(kind__in=ending, finished_at__date__lt=before).order_by("pk")
    removed = last = 0
    while heads := list(old.filter(pk__gt=last).values_list("pk", flat=True)[:AT_A_TIME]):
        last = heads[-1]
        parts = Message.objects.filter(Q(pk__in=heads) | Q(head__in=heads)).values_list(
            Coalesce("head_id", "pk"), "kind", "about_id"
        )
        about = set(parts.order_by().distinct())
        over = _over((kind, key) for _, kind, key in about)
        gone = set(heads) - {head for head, kind, key in about if (kind, key) not in over}
        Message.objects.filter(pk__in=gone).delete()
        removed += len(gone)
    log.info("messages_forgotten", messages=removed)
    return removed


def _over(things: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Kind and key of what is over among what these are about."""
    about: dict[str, set[int]] = {}
    for name, key in things:
        about.setdefault(name, set()).add(key)
    return {
        (name, key)
        for name, keys in about.items()
        if name in KINDS and (is_over := KINDS[name].is_over) is not None
        for key in is_over(keys)
    }
