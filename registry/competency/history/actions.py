"""What people do with files of old results: upload one, confirm or discard it, take an import back whole."""

import datetime
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Lower
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.fields import Register
from registry.clinicians.models import Clinician, Registration
from registry.clinicians.validators import clean_registration_number, clean_staff_number, clean_work_email, read_day
from registry.competency.history.rows import Checked, Key, Knowledge, KnownElement, KnownVersion, Row, check
from registry.competency.models import FrameworkVersion, HistoricLevel, HistoryImport, HistoryKind
from registry.competency.states import HistoryState
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.locks import advisory_lock
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation

# The LQF came with its 360-degree feedback in 2002; the registry has only its edition of 2006.
LQF, LQF_360 = "LQF", "LQF 360-degree feedback"
USED_SINCE = {LQF: datetime.date(2002, 1, 1)}
SET = 2000
# How profiles clean each name of a person; a registration number is tried as one of each register.
CLEANERS: dict[str, list[Callable[[str], str]]] = {
    "staff_number": [clean_staff_number],
    "registration_number": [partial(clean_registration_number, register) for register in Register],
    "email": [clean_work_email],
}
# So many of the levels to add are shown before they are confirmed.
SHOWN = 100


@transaction.atomic
def upload_history(
    *,
    rows: Iterable[Row],
    file_name: str,
    organisation: Organisation,
    kind: HistoryKind,
    by: User | None,
) -> HistoryImport:
    """Check the rows of a file and keep them until somebody confirms; nothing else is written.

    Raises NotAllowed where `by` does not import for the organisation, and Invalid where the framework is not loaded.
    `by` is None for a command.
    """
    _require(organisation, by)
    if not FrameworkVersion.objects.filter(**({"code": LQF} if kind == HistoryKind.LQF_360 else {})).exists():
        raise Invalid("The framework is not loaded yet. An administrator loads it with manage.py load_frameworks.")
    batch = HistoryImport(
        organisation=organisation,
        kind=kind,
        file_name=file_name,
        rows=[list(row) for row in rows],
        uploaded_by=by,
    )
    batch.total = len(batch.rows)
    _keep_outcome(batch, _check(batch))
    batch.save()
    _record("history.uploaded", batch, by)
    return batch


@transaction.atomic
def confirm_history(*, batch: HistoryImport, by: User | None) -> HistoryImport:
    """Keep the levels of the rows without a problem, as the preview showed them.

    Where the registry has changed since, so that a row would now do something else, or do it to somebody else, nothing
    is kept: the import comes back with a new preview, still to be confirmed. Of two people who confirm at once, one
    wins; WrongState for the other.
    """
    held = _held(batch, by, needs=HistoryState.READY)
    # Two files with the same results wait for each other here, so that the second finds them stored.
    advisory_lock("confirm_history", held.organisation_id)
    previewed = (held.digest, held.same, held.problems)
    found = _check(held)
    _keep_outcome(held, found)
    if (held.digest, held.same, held.problems) != previewed:
        held.save()
        return held
    HistoricLevel.objects.bulk_create(
        (HistoricLevel(batch=held, level=level, **key._asdict()) for key, level in found.to_add.items()),
        batch_size=SET,
    )
    return _close(held, HistoryState.DONE, by=by)


@transaction.atomic
def discard_history(*, batch: HistoryImport, by: User | None) -> HistoryImport:
    """Throw a waiting import away, with everything its file said."""
    held = _held(batch, by, needs=HistoryState.READY)
    held.problems = []
    return _close(held, HistoryState.DISCARDED, by=by)


@transaction.atomic
def remove_history(*, batch: HistoryImport, by: User | None) -> HistoryImport:
    """Take an import back: every level it brought goes, and that it went stays written down.

    Where people have moved on since, it is written down for their present organisations as well.
    """
    held = _close(_held(batch, by, needs=HistoryState.DONE), HistoryState.REMOVED, by=by)
    for organisation_id, levels in levels_elsewhere(held).items():
        detail = {"kind": held.kind, "levels": levels}
        record("history.removed", held, by=by, organisation_id=organisation_id, detail=detail)
    held.levels.all().delete()
    return held


def levels_elsewhere(batch: HistoryImport) -> dict[int, int]:
    """How many of an import's levels are of people who now work at another organisation, by its key."""
    moved = batch.levels.exclude(clinician__organisation=batch.organisation_id).order_by()
    return dict(moved.values_list("clinician__organisation").annotate(Count("pk")))


def discard_forgotten(now: datetime.datetime) -> None:
    """Discard what nobody has confirmed in time (see settings), as old staff imports are."""
    before = now - datetime.timedelta(days=settings.IMPORT_UNCONFIRMED_DAYS)
    for batch in HistoryImport.objects.filter(state=HistoryState.READY, uploaded_at__lt=before).only("pk"):
        with suppress(WrongState):  # somebody was quicker
            discard_history(batch=batch, by=None)


# --- what the actions share ----------------------------------------------------------------------------------------


def _require(organisation: Organisation, by: User | None) -> None:
    if by is not None and not by.scope_for(Permission.PEOPLE_IMPORT).covers(frozenset({organisation.pk})):
        raise NotAllowed("You do not import for this organisation.")


def _held(batch: HistoryImport, by: User | None, *, needs: HistoryState) -> HistoryImport:
    locked = HistoryImport.objects.select_related("organisation").select_for_update(of=("self",))
    held = locked.defer("rows").get(pk=batch.pk)  # megabytes, which only a check needs
    _require(held.organisation, by)
    if held.state != needs:
        raise WrongState(f"This cannot be done any more: the import is {held.get_state_display().lower()}.")
    return held


def _close(held: HistoryImport, state: HistoryState, *, by: User | None) -> HistoryImport:
    held.state, held.rows, held.preview = state, [], []
    held.closed_at, held.closed_by = timezone.now(), by
    held.save()
    _record(f"history.{state.value}", held, by)
    return held


def _record(verb: str, batch: HistoryImport, by: User | None) -> None:
    detail = {"file": batch.file_name, "kind": batch.kind, "rows": batch.total, "levels": batch.to_add}
    record(verb, batch, by=by, organisation_id=batch.organisation_id, detail=detail)


def _keep_outcome(batch: HistoryImport, found: Checked) -> None:
    batch.problems = sorted(map(list, found.problems), key=lambda problem: problem[0])
    batch.to_add, batch.same = len(found.to_add), found.same
    levels: list[list[Any]] = [
        [
            found.rows[key],
            key.clinician_id,
            key.element_id,
            key.taken_on.isoformat(),
            key.instrument,
            key.provider,
            level,
        ]
        for key, level in found.to_add.items()
    ]
    batch.digest = sha256(json.dumps(levels).encode()).hexdigest()
    batch.preview = [[*level, found.notes.get(level[0], "")] for level in levels[:SHOWN]]
    batch.errors = len({problem[0] for problem in batch.problems})


def _check(batch: HistoryImport) -> Checked:
    lqf = batch.kind == HistoryKind.LQF_360
    known = _knowledge(batch.organisation)
    return check(
        (Row(*row) for row in batch.rows), known, framework=LQF if lqf else "", instrument=LQF_360 if lqf else ""
    )


def _knowledge(organisation: Organisation) -> Knowledge:
    """Everything the rows are checked against, in six queries however many there are."""
    people = Clinician.objects.filter(organisation=organisation)
    registered = Registration.objects.filter(clinician__organisation=organisation)
    stored = HistoricLevel.objects.filter(clinician__organisation=organisation)
    return Knowledge(
        people={
            "staff_number": _by_name(people.values_list(Lower("staff_number"), "pk")),
            "registration_number": _by_name(registered.values_list(Lower("number"), "clinician_id")),
            "email": _by_name(people.values_list(Lower("email"), "pk")),
        },
        frameworks=_frameworks(),
        used_since=USED_SINCE,
        stored={Key(*row[:-1]): row[-1] for row in stored.values_list(*Key._fields, "level")},
        today=today(),
        read_day=_day,
        written=_written,
    )


def _by_name(rows: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for name, key in rows:
        if name:
            found[name].add(key)
    return {name: frozenset(keys) for name, keys in found.items()}


def _frameworks() -> dict[str, list[KnownVersion]]:
    found: dict[str, list[KnownVersion]] = defaultdict(list)
    for version in FrameworkVersion.objects.order_by("code", "effective_from").with_parts():
        elements = tuple(
            KnownElement(
                element.pk,
                element.code,
                element.name,
                frozenset(value.value for value in element.answers(version.scale(domain.scale))),
            )
            for domain in version.domains.all()
            for element in domain.elements.all()
        )
        found[version.code].append(KnownVersion(version.code, version.name, version.effective_from, elements))
    return found


def _written(way: str, said: str) -> str:
    """A name as profiles have it; as it was typed where it can be none."""
    for clean in CLEANERS[way]:
        with suppress(Invalid):
            return clean(said)
    return said


def _day(said: str) -> datetime.date | None:
    try:
        return read_day(said)
    except Invalid:
        return None
