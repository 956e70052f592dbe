"""Asking for a shortlist, building it, and giving up on a build."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from kombu.exceptions import OperationalError

from registry.accounts.models import User
from registry.audit.record import record
from registry.boards import eligibility, freezing, progress, scoring
from registry.boards.building import facts_of_pool, pool, specification_of
from registry.boards.models import Shortlist, ShortlistEntry, Vacancy
from registry.boards.specification import Facts, Specification
from registry.boards.states import UNFINISHED, ShortlistStatus, VacancyStatus
from registry.boards.steps import locked, move, move_shortlist, require
from registry.kernel.clock import today
from registry.kernel.errors import WrongState
from registry.kernel.permissions import Permission

log = structlog.get_logger()

# A worker's hard limit is ten minutes, so a build asked for longer ago than this is not running any more.
GIVEN_UP_AFTER = datetime.timedelta(minutes=15)
ATTEMPTS = 3
BATCH = 1000

NOT_STARTED = "The build could not be started. Nothing was changed. Build the list again."
STOPPED = "The build stopped without finishing. Nothing was changed. Build the list again."
TOO_LATE = "The vacancy moved on before the list was built."


def given_up(running: Shortlist) -> bool:
    """Whether an unfinished build was asked for so long ago that no worker can still be at it."""
    return running.requested_at <= timezone.now() - GIVEN_UP_AFTER


@transaction.atomic
def request_build(*, vacancy: Vacancy, by: User) -> Shortlist:
    """Ask for a vacancy's list, or for a newer one while none is published; a worker then builds it.

    Raises WrongState while another build is under way, and when the vacancy is not open or its list is
    published. The list there is stays in use until the new one is complete, and is kept afterwards.
    """
    from registry.boards.tasks import build_shortlist

    vacancy = locked(vacancy.pk)
    require(by, Permission.VACANCY_EDIT, vacancy.organisation_id)
    if vacancy.status not in {VacancyStatus.OPEN, VacancyStatus.BUILT}:
        raise WrongState("A list can be built while the vacancy is open and no list is published.")
    for running in Shortlist.objects.filter(vacancy=vacancy, status__in=UNFINISHED).select_for_update():
        if not given_up(running):
            raise WrongState("A list is already being built for this vacancy.")
        running.failure = STOPPED
        move_shortlist(running, ShortlistStatus.FAILED, by=None, also=["failure"])
    last = Shortlist.objects.filter(vacancy=vacancy).aggregate(last=Max("number"))["last"] or 0
    shortlist = Shortlist.objects.create(
        vacancy=vacancy,
        number=last + 1,
        inputs=specification_of(vacancy.specification).plain(),
        requested_by=by,
    )
    record(
        "shortlist.requested",
        shortlist,
        by=by,
        organisation_id=vacancy.organisation_id,
        detail={"vacancy": vacancy.reference, "number": shortlist.number},
    )

    def enqueue() -> None:
        try:
            build_shortlist.delay(shortlist.pk)
        except OperationalError:
            log.exception("shortlist build not enqueued", shortlist=shortlist.pk)
            give_up(shortlist_id=shortlist.pk, sentence=NOT_STARTED)

    transaction.on_commit(enqueue)
    return shortlist


def build(*, shortlist_id: int, report: Callable[[int, int], None] = progress.nobody) -> None:
    """Build a list that was asked for; called by the task, and safe to call twice or again after a crash.

    Everybody is read and judged first, outside any transaction; then the whole list is written in one.
    Whoever withdraws in between is left out. `report(done, total)` hears how far it is.
    """
    shortlist = _start(shortlist_id)
    if shortlist is None:
        return
    day = today()
    asked = Specification.from_plain(shortlist.inputs)
    vacancy = shortlist.vacancy
    total = 2 * pool(vacancy.organisation_id, day).count()
    judged = []
    everybody = facts_of_pool(vacancy.organisation_id, vacancy.specification.framework, day)
    for done, facts in enumerate(everybody, start=1):
        assessed = eligibility.assess(facts, asked)
        judged.append((facts, assessed, scoring.score(facts, asked) if assessed.eligible else None))
        if done % BATCH == 0:
            report(done, total)
    _finish(shortlist_id, judged, day, report)


@transaction.atomic
def give_up(*, shortlist_id: int, sentence: str) -> None:
    """Write down that a build failed, in a sentence for the person who asked; nothing if it ended otherwise."""
    shortlist = Shortlist.objects.select_for_update(of=("self",)).get(pk=shortlist_id)
    if shortlist.status in UNFINISHED:
        shortlist.failure = sentence
        move_shortlist(shortlist, ShortlistStatus.FAILED, by=None, also=["failure"])


@transaction.atomic
def _start(shortlist_id: int) -> Shortlist | None:
    """The list to build, or None where there is nothing left to do."""
    shortlist = Shortlist.objects.select_for_update(of=("self",)).select_related("vacancy").get(pk=shortlist_id)
    if shortlist.status not in UNFINISHED:
        return None
    if shortlist.attempts >= ATTEMPTS:
        # A build that takes its worker down with it must not come back for ever.
        shortlist.failure = STOPPED
        move_shortlist(shortlist, ShortlistStatus.FAILED, by=None, also=["failure"])
        return None
    shortlist.attempts = F("attempts") + 1
    if shortlist.status == ShortlistStatus.WAITING:
        move_shortlist(shortlist, ShortlistStatus.BUILDING, by=None, also=["attempts"])
    else:
        shortlist.save(update_fields=["attempts"])
    return shortlist


Judged = list[tuple[Facts, eligibility.Assessed, scoring.Score | None]]


@transaction.atomic
def _finish(shortlist_id: int, judged: Judged, day: datetime.date, report: Callable[[int, int], None]) -> None:
    shortlist = Shortlist.objects.get(pk=shortlist_id)
    vacancy = locked(shortlist.vacancy_id)
    shortlist = Shortlist.objects.select_for_update(of=("self",)).get(pk=shortlist_id)
    if shortlist.status != ShortlistStatus.BUILDING:
        return
    if vacancy.status not in {VacancyStatus.OPEN, VacancyStatus.BUILT}:
        give_up(shortlist_id=shortlist_id, sentence=TOO_LATE)
        return
    still_there = set(pool(vacancy.organisation_id, day).values_list("pk", flat=True))
    judged = [item for item in judged if item[0].key in still_there]
    entries = list(_entries(shortlist, judged, vacancy.reference))
    for start in range(0, len(entries), BATCH):
        ShortlistEntry.objects.bulk_create(entries[start : start + BATCH])
        report(len(judged) + start, 2 * len(judged))
    for replaced in Shortlist.objects.filter(vacancy=vacancy, status=ShortlistStatus.BUILT).select_for_update():
        move_shortlist(replaced, ShortlistStatus.REPLACED, by=shortlist.requested_by)
    shortlist.as_of = day
    shortlist.built_at = timezone.now()
    shortlist.scorer_version = scoring.SCORER_VERSION
    shortlist.considered = len(entries)
    shortlist.eligible = sum(entry.position is not None for entry in entries)
    shortlist.built_sha256 = built_sha256(shortlist, vacancy.reference, entries)
    fields = ["as_of", "built_at", "scorer_version", "considered", "eligible", "built_sha256"]
    move_shortlist(shortlist, ShortlistStatus.BUILT, by=None, also=fields)
    if vacancy.status == VacancyStatus.OPEN:
        move(vacancy, VacancyStatus.BUILT, by=shortlist.requested_by)
    record(
        "shortlist.built",
        shortlist,
        by=None,
        organisation_id=vacancy.organisation_id,
        detail={"considered": shortlist.considered, "eligible": shortlist.eligible, "sha256": shortlist.built_sha256},
    )


def built_sha256(shortlist: Shortlist, vacancy_reference: str, entries: list[ShortlistEntry]) -> str:
    """The SHA-256 of a build: the same inputs give the same, whoever builds the list and however often.

    Over the specification, the day, the scorer's version and the vacancy's reference (which draws the
    lots), and every entry with its facts and result; not over what is new in each build.
    """
    head = {
        "specification": shortlist.inputs,
        "as_of": shortlist.as_of.isoformat() if shortlist.as_of else None,
        "scorer_version": shortlist.scorer_version,
        "vacancy": vacancy_reference,
    }
    hashes = (
        freezing.sha256(
            freezing.canonical(
                {
                    "person": entry.clinician_id,
                    "facts": entry.facts,
                    "position": entry.position,
                    "rank": entry.rank,
                    "total": entry.total,
                    "contributions": entry.contributions,
                    "failures": entry.failures,
                }
            )
        )
        for entry in entries
    )
    return freezing.list_sha256(freezing.canonical(head), hashes)


def _entries(shortlist: Shortlist, judged: Judged, reference: str) -> Iterator[ShortlistEntry]:
    """The eligible in order, then everybody else in the order of their keys."""
    facts_by_key = {facts.key: facts for facts, _, _ in judged}
    for placed in scoring.in_order((score for _, _, score in judged if score is not None), reference):
        yield ShortlistEntry(
            shortlist=shortlist,
            clinician_id=placed.score.key,
            position=placed.position,
            rank=placed.rank,
            total=placed.score.total,
            facts=facts_by_key[placed.score.key].plain(),
            contributions=[_contribution(item) for item in placed.score.contributions],
        )
    for facts, assessed, _ in sorted(judged, key=lambda item: item[0].key):
        if assessed.first is not None:
            yield ShortlistEntry(
                shortlist=shortlist,
                clinician_id=facts.key,
                facts=facts.plain(),
                failures=[asdict(failure) for failure in assessed.failures],
                first_failed=assessed.first.criterion,
            )


def _contribution(item: scoring.Contribution) -> dict[str, Any]:
    return asdict(item) | {"points": item.points}
