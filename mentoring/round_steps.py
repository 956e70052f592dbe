"""What actions on rounds have in common: the lock with the right to act, the end of a round, and the trace."""

from typing import Any

from django.utils import timezone

from mentoring.models import Round
from mentoring.states import RoundState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission as P


def led(round: Round, by: User) -> Round:  # noqa: A002 (the field's word)
    """The round, locked, for somebody who leads mentoring for all its organisations, while it can change."""
    found: Round = Round.objects.select_for_update(of=("self",), no_key=True).select_related("current").get(pk=round.pk)
    organisations = frozenset(found.places.values_list("organisation", flat=True))
    if not by.scope_for(P.MENTORING_MANAGE).covers(organisations):
        raise NotAllowed("You do not lead mentoring for all organisations of this round.")
    if found.state != RoundState.PREPARING:
        raise WrongState(f"This round is {found.get_state_display().lower()}, so it does not change any more.")
    return found


def end(round: Round, state: RoundState, *, by: User) -> None:  # noqa: A002 (the field's word)
    """Take a locked round to its end."""
    round.state, round.ended_by, round.ended_at = state, by, timezone.now()
    round.save(update_fields=["state", "ended_by", "ended_at"])


def trace(what: str, round: Round, by: User | None, **detail: Any) -> None:  # noqa: A002 (the field's word)
    """Write down what somebody did with a round; a round of one organisation is in that one's records."""
    places = list(round.places.values_list("organisation", flat=True)[:2])
    where = places[0] if len(places) == 1 else None
    record(f"mentoring_round.{what}", round, by=by, organisation_id=where, detail=detail)
