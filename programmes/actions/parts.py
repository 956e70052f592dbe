"""The parts of a draft version: stages, gates and criteria, added, changed, put in order and taken away."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from programmes.actions.catalogue import clean, locked_draft
from programmes.fields import SCORED, GateKind
from programmes.models import Criterion, Gate, ProgrammeVersion, Stage
from registry.accounts.models import User
from registry.kernel.errors import Invalid, WrongState
from registry.nhsuk.seen import check_seen, mark

Part = Stage | Gate | Criterion

# The fields that count for a gate of each kind; the others are empty.
FIELDS_OF: dict[str, tuple[str, ...]] = {
    GateKind.PREREQUISITE: ("prerequisite", "prerequisite_tier"),
    GateKind.LEVEL: ("domain", "minimum_level"),
    GateKind.CAREER_STAGE: ("career_stages",),
    GateKind.ENDORSEMENT: (),
    **dict.fromkeys(SCORED, ("assessors", "spread_limit", "pass_mark")),
}
# There is one of each of these in a version.
ONCE = (GateKind.ENDORSEMENT, GateKind.WRITTEN, GateKind.INTERVIEW, GateKind.CAREER_STAGE)
MOST_PARTS = 40


@transaction.atomic
def save_stage(
    *, version: ProgrammeVersion, stage: Stage | None, values: Mapping[str, Any], by: User, seen: str | None = None
) -> Stage:
    """Add a stage at the end of a draft, or change one.

    Raises Stale where another lead has changed it since the page was opened (`seen`, of `mark_of`), as do those below.
    """
    version = locked_draft(version.pk, by)
    row = _kept(Stage, stage, seen) or Stage(version=version, position=_next(version.stages))
    return _save(row, values)


@transaction.atomic
def save_gate(
    *,
    version: ProgrammeVersion,
    gate: Gate | None,
    kind: str,
    values: Mapping[str, Any],
    by: User,
    seen: str | None = None,
) -> Gate:
    """Add a gate of this kind at the end of a draft, or change one; `values` has the fields of its kind."""
    version = locked_draft(version.pk, by)
    row = _kept(Gate, gate, seen)
    if row is None:
        if kind in ONCE and version.gates.filter(kind=kind).exists():
            raise Invalid("There is a gate of this kind already. Change that one.")
        row = Gate(version=version, kind=kind, position=_next(version.gates))
    if kind == GateKind.PREREQUISITE and (values["prerequisite"] is None) == (values["prerequisite_tier"] is None):
        raise Invalid("Choose a programme or a tier, one of the two.", field="prerequisite")
    return _save(row, {name: values[name] for name in FIELDS_OF[kind]})


@transaction.atomic
def save_criterion(
    *, gate: Gate, criterion: Criterion | None, values: Mapping[str, Any], by: User, seen: str | None = None
) -> Criterion:
    """Add a criterion at the end of a scored gate of a draft, or change one."""
    locked_draft(gate.version_id, by)
    gate = _kept(Gate, gate)
    if gate.kind not in SCORED:
        raise Invalid("Nobody scores at this gate, so it has no criteria.")
    row = _kept(Criterion, criterion, seen) or Criterion(gate=gate, position=_next(gate.criteria))
    return _save(row, values)


@transaction.atomic
def move_part(*, part: Part, up: bool, by: User) -> None:
    """Change places with the part before or after; at either end nothing happens."""
    row = _in_draft(part, by)
    rows = list(_siblings(row))
    at = rows.index(row)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        other = rows[to]
        row.position, other.position = other.position, row.position
        type(row)._default_manager.bulk_update([row, other], ["position"])


@transaction.atomic
def remove_part(*, part: Part, by: User) -> None:
    """Take a part out of a draft; the criteria of a gate go with it."""
    part = _in_draft(part, by)
    part.delete()


def version_of(part: Part) -> int:
    """The key of the version that a part belongs to."""
    return part.gate.version_id if isinstance(part, Criterion) else part.version_id


def _in_draft(part: Part, by: User) -> Any:
    locked_draft(version_of(part), by)
    return _kept(type(part), part)


def mark_of(part: Part) -> str:
    """A mark of what is said of a part, so that a page can tell whether another lead changed it."""
    said = (field.attname for field in part._meta.concrete_fields if field.name not in ("id", "position"))
    return mark(*(str(getattr(part, name)) for name in said))


def _kept(model: Any, row: Any, seen: str | None = None) -> Any:
    """The row as it is now, behind the lock; WrongState where somebody took it away, Stale where they changed it."""
    if row is None:
        return None
    found = model._default_manager.filter(pk=row.pk).first()
    if found is None:
        raise WrongState("Somebody else has taken this away.")
    check_seen(seen, stored=mark_of(found))
    return found


def _siblings(part: Any) -> Any:
    if isinstance(part, Criterion):
        return Criterion.objects.filter(gate=part.gate_id).order_by("position")
    return type(part)._default_manager.filter(version=part.version_id).order_by("position")


def _next(rows: Any) -> int:
    if rows.count() >= MOST_PARTS:
        raise Invalid(f"There are {MOST_PARTS} already. Take one away first.")
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _save(row: Any, values: Mapping[str, Any]) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    clean(row)
    row.save()
    return row
