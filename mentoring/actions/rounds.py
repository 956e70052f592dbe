"""Opening a round, asking for a version of its matching, and what a lead decides about it before it is published."""

import datetime
from collections.abc import Collection
from dataclasses import asdict, dataclass, field

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from kombu.exceptions import OperationalError

from mentoring.deciding import Pair, check, pairs_of, require_others
from mentoring.fields import Kind
from mentoring.models import Round, RoundOrganisation, RoundVersion
from mentoring.models.rounds import MOST_DAYS, MOST_POINTS
from mentoring.points import Weights
from mentoring.round_steps import end, led, trace
from mentoring.states import UNFINISHED, RoundState, VersionStatus
from registry.accounts.models import User
from registry.clinicians.fields import Profession
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.seen import Stale, check_seen

log = structlog.get_logger()

# A worker's hard limit for it is half an hour (see tasks), so after this nobody is at it any more.
GIVEN_UP_AFTER = datetime.timedelta(minutes=35)
NOT_STARTED = "The matching could not be started. Nothing was changed. Match again."
GIVEN_UP = "The matching stopped without finishing. Nothing was changed. Match again."
MOST_DECISIONS = 2000


@dataclass(frozen=True, slots=True)
class Changes:
    """What a lead changes about the version that a round has: empty where it is matched again as it is."""

    pin: Pair | None = None
    forbid: Pair | None = None
    # Whatever was decided about this pair.
    lift: Pair | None = None
    weights: Weights | None = None
    minimum: int | None = None


@dataclass(frozen=True, slots=True)
class _Inputs:
    weights: dict[str, int] = field(default_factory=lambda: asdict(Weights()))
    minimum: int = 0
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()


@transaction.atomic
def open_round(
    *,
    name: str,
    organisation_ids: Collection[int],
    kinds: Collection[str],
    professions: Collection[str] = (),
    answer_days: int = 14,
    by: User,
) -> Round:
    """Begin a round for the people of these organisations; who takes part is looked up each time it is matched.

    Raises NotAllowed unless `by` leads mentoring for all of them, Invalid for a name, kinds or days that cannot be.
    """
    if not by.scope_for(P.MENTORING_MANAGE).covers(frozenset(organisation_ids)) or not organisation_ids:
        raise NotAllowed("You do not lead mentoring for all of these organisations.")
    if not name.strip():
        raise Invalid("Enter a name.", field="name")
    if not kinds or not set(kinds) <= set(Kind.values):
        raise Invalid("Choose what to match people for.", field="kinds")
    if not set(professions) <= set(Profession.values):
        raise Invalid("Choose from the list.", field="professions")
    if not 1 <= answer_days <= MOST_DAYS:
        raise Invalid(f"Enter a whole number from 1 to {MOST_DAYS}.", field="answer_days")
    opened = Round.objects.create(
        name=name.strip(),
        kinds=sorted(set(kinds)),
        professions=sorted(set(professions)),
        answer_days=answer_days,
        opened_by=by,
    )
    RoundOrganisation.objects.bulk_create(
        RoundOrganisation(round=opened, organisation_id=key) for key in sorted(organisation_ids)
    )
    trace("opened", opened, by)
    return opened


@transaction.atomic
def ask_version(*, round: Round, by: User, changes: Changes | None = None, seen: str | None = None) -> RoundVersion:  # noqa: A002 (the field's word)
    """Have a round matched: for the first time, or with something changed, to see what it costs before it is kept.

    A worker then does it. Raises Stale where somebody kept another version since the page was opened (`seen`),
    WrongState while one is being matched, Invalid where what was decided about pairs cannot be, or is about oneself.
    """
    found = led(round, by)
    check_seen(seen, stored=mark_of(found))
    require_idle(found)
    wanted = changes or Changes()
    require_others([pair for pair in (wanted.pin, wanted.forbid, wanted.lift) if pair], by)
    inputs = _changed(_inputs_of(found.current), wanted)
    if len(inputs.pinned) + len(inputs.forbidden) > MOST_DECISIONS:
        raise Invalid(f"At most {MOST_DECISIONS} pairs can be decided by hand.", field="mentor")
    check(found, inputs.pinned, inputs.forbidden)
    last = found.versions.aggregate(last=Max("number"))["last"] or 0
    version = RoundVersion.objects.create(
        round=found,
        number=last + 1,
        weights=inputs.weights,
        minimum=inputs.minimum,
        pinned=sorted(map(list, inputs.pinned)),
        forbidden=sorted(map(list, inputs.forbidden)),
        based_on=found.current,
        asked_by=by,
    )
    trace("version_asked", found, by, number=version.number)
    transaction.on_commit(lambda: _enqueue(version.pk))
    return version


@transaction.atomic
def stop(*, version: RoundVersion, by: User) -> None:
    """Stop a version that is being matched; the worker notices within a step. Raises WrongState once it has ended."""
    led(version.round, by)
    row = RoundVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    if row.status not in UNFINISHED:
        raise WrongState("This has ended already.")
    row.status = VersionStatus.STOPPED
    row.save(update_fields=["status"])
    trace("version_stopped", version.round, by, number=row.number)


@transaction.atomic
def keep(*, version: RoundVersion, by: User) -> None:
    """Make a version whose cost was looked at the round's own.

    Raises Stale where another was kept since this one was asked for, WrongState where it is not matched.
    """
    found = led(version.round, by)
    row = RoundVersion.objects.get(pk=version.pk)
    if row.status != VersionStatus.READY or row.pk == found.current_id:
        raise WrongState("Only a version that is matched, and not kept yet, can be kept.")
    if row.based_on_id != found.current_id:
        raise Stale("Somebody kept another version since this one was asked for. Make your change again.")
    found.current = row
    found.save(update_fields=["current"])
    trace("version_kept", found, by, number=row.number)


@transaction.atomic
def cancel_round(*, round: Round, by: User) -> None:  # noqa: A002 (the field's word)
    """Give a round up; nobody was told of it, and everybody goes on looking."""
    found = led(round, by)
    RoundVersion.objects.filter(round=found).unfinished().update(status=VersionStatus.STOPPED)
    end(found, RoundState.CANCELLED, by=by)
    trace("cancelled", found, by)


@transaction.atomic
def give_up(*, version_id: int, sentence: str) -> None:
    """Write down that a version could not be matched, in a sentence for whoever asked; nothing if it has ended."""
    row = RoundVersion.objects.select_for_update(no_key=True).get(pk=version_id)
    if row.status in UNFINISHED:
        row.status, row.failure = VersionStatus.FAILED, sentence[:600]
        row.save(update_fields=["status", "failure"])


def given_up(version: RoundVersion) -> bool:
    """Whether an unfinished version was started so long ago, or asked for and never started, that nobody is at it."""
    since = version.started_at or version.asked_at
    return version.status in UNFINISHED and since <= timezone.now() - GIVEN_UP_AFTER


def mark_of(round: Round) -> str:  # noqa: A002 (the field's word)
    """What a page showed: the version that the round has."""
    return str(round.current_id or 0)


def require_idle(round: Round) -> None:  # noqa: A002 (the field's word)
    """Raises WrongState while a version is being matched; one that nobody is at any more is given up."""
    for running in RoundVersion.objects.filter(round=round).unfinished():
        if not given_up(running):
            raise WrongState("This round is being matched. Wait until it is done, or stop it first.")
        give_up(version_id=running.pk, sentence=GIVEN_UP)


def _inputs_of(version: RoundVersion | None) -> _Inputs:
    if version is None:
        return _Inputs()
    return _Inputs(version.weights, version.minimum, pairs_of(version.pinned), pairs_of(version.forbidden))


def _changed(before: _Inputs, changes: Changes) -> _Inputs:
    if changes.minimum is not None and not 0 <= changes.minimum <= MOST_POINTS:
        raise Invalid(f"Enter a whole number from 0 to {MOST_POINTS}.", field="minimum")
    if changes.weights is not None and not any(asdict(changes.weights).values()):
        raise Invalid("Give points for one of these at least.", field="need")
    # What is decided last about a pair, or about whom somebody is put together with, replaces what was before.
    replaced = {changes.lift, changes.pin, changes.forbid} - {None}
    if changes.pin is not None:
        replaced |= {pair for pair in before.pinned if pair[0] == changes.pin[0]}
    return _Inputs(
        weights=asdict(changes.weights) if changes.weights is not None else before.weights,
        minimum=before.minimum if changes.minimum is None else changes.minimum,
        pinned=(before.pinned - replaced) | ({changes.pin} if changes.pin else set()),
        forbidden=(before.forbidden - replaced) | ({changes.forbid} if changes.forbid else set()),
    )


def _enqueue(version_id: int) -> None:
    from mentoring.tasks import solve_round

    try:
        solve_round.delay(version_id)
    except OperationalError:
        log.exception("matching not enqueued", version=version_id)
        give_up(version_id=version_id, sentence=NOT_STARTED)
