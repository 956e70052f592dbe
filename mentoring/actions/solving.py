"""Matching a version that was asked for; only for workers, because it loads the solver."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from mentoring import progress
from mentoring.actions.rounds import GIVEN_UP, give_up
from mentoring.answering import Answer, Asked, answer
from mentoring.deciding import check, pairs_of
from mentoring.matching import Step, Stopped
from mentoring.models import Round, RoundPair, RoundVersion
from mentoring.population import population
from mentoring.round_steps import trace
from mentoring.states import UNFINISHED, RoundState, VersionStatus
from registry.kernel.errors import Invalid

log = structlog.get_logger()

ATTEMPTS = 3
BATCH = 2000
NOT_PROVED = "The answer did not stand the check that nothing better can be, so it is not shown. Match again."


def solve(*, version_id: int, report: Callable[..., None] = progress.nobody) -> None:
    """Match a version; called by the task, and safe to call twice or again after a crash.

    People are read and matched first, outside any transaction; then the whole answer is written in one. Whoever stops
    it is heard at each step. `report(stage, turn, gap)` hears how far it is.
    """
    version = _start(version_id)
    if version is None:
        return
    report("reading")
    try:
        pinned, forbidden = pairs_of(version.pinned), pairs_of(version.forbidden)
        check(version.round, pinned, forbidden)
        found = answer(
            population(version.round),
            Asked(version.weights, version.minimum, pinned, forbidden),
            lot=_lot(),
            before=_pairs_before(version),
            progress=lambda step: report(step.stage, step.turn, _gap(step)),
            stopped=lambda: not RoundVersion.objects.filter(pk=version_id, status=VersionStatus.SOLVING).exists(),
        )
    except Stopped:
        return
    except Invalid as refused:
        give_up(version_id=version_id, sentence=refused.message)
        return
    if not found.proved:
        log.error("answer not proved", version=version_id)
        give_up(version_id=version_id, sentence=NOT_PROVED)
        return
    report("writing")
    _finish(version_id, found)


@transaction.atomic
def _start(version_id: int) -> RoundVersion | None:
    """The version to match, or None where there is nothing left to do."""
    rows = RoundVersion.objects.select_for_update(of=("self",), no_key=True).select_related("round")
    version: RoundVersion = rows.get(pk=version_id)
    if version.status not in UNFINISHED:
        return None
    if version.attempts >= ATTEMPTS:
        # One that takes its worker down with it must not come back for ever.
        give_up(version_id=version_id, sentence=GIVEN_UP)
        return None
    version.status, version.attempts = VersionStatus.SOLVING, F("attempts") + 1
    version.started_at = timezone.now()
    version.save(update_fields=["status", "attempts", "started_at"])
    return version


def _lot() -> str:
    """The name of the draw between equals: a secret, and the same in every round, so that none draws anew."""
    return salted_hmac("mentoring.lot", "", secret=settings.EQUALITY_KEY, algorithm="sha256").hexdigest()


def _pairs_before(version: RoundVersion) -> list[tuple[int, int]] | None:
    if version.based_on_id is None:
        return None
    rows = RoundPair.objects.filter(version=version.based_on_id).matched().order_by()
    return list(rows.values_list("wanted", "mentor"))


def _gap(step: Step) -> float:
    return round(100 * step.gap / step.total, 2) if step.total > 0 else 100.0


@transaction.atomic
def _finish(version_id: int, found: Answer) -> None:
    version = RoundVersion.objects.get(pk=version_id)
    round_ = Round.objects.select_for_update(no_key=True).get(pk=version.round_id)
    version = RoundVersion.objects.select_for_update(no_key=True).get(pk=version_id)
    if version.status != VersionStatus.SOLVING or round_.state != RoundState.PREPARING:
        return
    RoundPair.objects.bulk_create(
        (
            RoundPair(
                version=version,
                wanted_id=line.mentee,
                mentor_id=line.mentor,
                score=None if line.mentor is None else sum(line.reasons.values()),
                reasons=line.reasons,
                why=line.why,
                facts=line.facts,
                choices=line.choices,
            )
            for line in found.lines
        ),
        batch_size=BATCH,
    )
    version.status, version.proved, version.solved_at = VersionStatus.READY, found.proved, timezone.now()
    version.mentees, version.mentors, version.spaces = len(found.lines), found.mentors, found.places
    version.matched, version.total, version.sha256 = found.matched, found.total, found.sha256
    if found.before is not None:
        version.before_matched, version.before_total = found.before
    version.save()
    if round_.current_id is None:
        # There is nothing to compare the first one with.
        round_.current = version
        round_.save(update_fields=["current"])
    detail = {"number": version.number, "matched": found.matched, "total": found.total, "sha256": found.sha256}
    trace("version_matched", round_, None, **detail)
