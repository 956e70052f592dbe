"""The cycles on the shelf: loading them, and their dated rules, from files."""

import datetime
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction

from registry.appraisals import cycle_files
from registry.appraisals.cycle_files import CycleFile, Rule
from registry.appraisals.models import Cycle, CycleRule
from registry.audit.record import record
from registry.clinicians.fields import Profession, Register
from registry.competency import strict_yaml
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.locks import advisory_lock
from registry.nhsuk.dates import long_date

LOADED, CHANGED, UNCHANGED = "loaded", "changed", "unchanged"


def read_files(paths: Iterable[Path]) -> list[CycleFile]:
    """The cycles in these files, and in the YAML files of these folders.

    Raises Invalid with one line for each problem (file, line, reason) if any file has one.
    """
    found: dict[str, CycleFile] = {}
    problems: list[str] = []
    for path in _yaml_files(paths):
        try:
            with path.open("rb") as file:
                cycle = cycle_files.read(
                    file.read(strict_yaml.MAX_BYTES + 1),
                    registers=frozenset(Register.values),
                    professions=frozenset(Profession.values),
                )
        except OSError as error:
            problems.append(f"{path}: cannot be read: {error.strerror}")
        except strict_yaml.Refused as refused:
            problems += [f"{path}, {problem}" for problem in refused.problems]
        else:
            if cycle.code in found:
                problems.append(f"{path}: {cycle.code} is in another file as well")
            found[cycle.code] = cycle
    if problems:
        raise Invalid("\n".join(problems))
    return list(found.values())


def _yaml_files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]


@transaction.atomic
def load(cycles: Iterable[CycleFile]) -> list[tuple[Cycle, str]]:
    """Bring the database to what these cycles say; all of them or, on a refusal, none.

    Each comes back with what happened: `loaded`, `changed` or `unchanged`. Names and checklists may change: an
    appraisal that is open keeps what it was opened with. Raises WrongState where a rule that has appraisals would
    change or go, or a cycle that people are under would become one of another kind.
    """
    advisory_lock("load_cycles")
    return [_load(file) for file in cycles]


def _load(file: CycleFile) -> tuple[Cycle, str]:
    said = {
        "name": file.name,
        "kind": file.kind,
        "register": file.register or "",
        "statutory": file.statutory,
        "checklist": [asdict(item) | {"hint": item.hint or ""} for item in file.checklist],
    }
    cycle = Cycle.objects.select_for_update().filter(code=file.code).first()
    done = UNCHANGED if cycle else LOADED
    if cycle is None:
        cycle = Cycle.objects.create(code=file.code, **said)
    elif any(getattr(cycle, name) != value for name, value in said.items()):
        if cycle.kind != file.kind and cycle.obligations.exists():
            raise WrongState(f"{file.code}: people are under this cycle, so it stays a cycle of its kind.")
        for name, value in said.items():
            setattr(cycle, name, value)
        cycle.save()
        done = CHANGED
    if _load_rules(cycle, file.rules) and done == UNCHANGED:
        done = CHANGED
    if done != UNCHANGED:
        record(f"cycle.{done}", cycle, by=None, detail={"code": cycle.code, "rules": len(file.rules)})
    return cycle, done


def _load_rules(cycle: Cycle, rows: Iterable[Rule]) -> bool:
    """Whether anything changed. The rules are held, so that nobody finds a date by one while it changes."""
    stored = {rule.effective_from: rule for rule in CycleRule.objects.select_for_update().filter(cycle=cycle)}
    used = set(CycleRule.objects.filter(cycle=cycle, appraisals__isnull=False).values_list("pk", flat=True).distinct())
    changed = False
    for row in rows:
        said = _fields(row)
        rule = stored.pop(row.effective_from, None)
        if rule is not None and all(getattr(rule, name) == value for name, value in said.items()):
            continue
        if rule is not None and rule.pk in used:
            raise WrongState(
                f"{cycle.code}: the rule of {long_date(row.effective_from)} has found the dates of appraisals, so it "
                f"cannot change. Leave its row as it was, and add the changed rule as a new row with an "
                f"effective_from of its own, such as {_new_day()}."
            )
        rule = rule or CycleRule(cycle=cycle, effective_from=row.effective_from)
        for name, value in said.items():
            setattr(rule, name, value)
        rule.save()
        changed = True
    for gone in stored.values():
        if gone.pk in used:
            raise WrongState(
                f"{cycle.code}: the rule of {long_date(gone.effective_from)} has found the dates of appraisals, so its "
                "row must stay in the file."
            )
        gone.delete()
        changed = True
    return changed


def _fields(row: Rule) -> dict[str, Any]:
    names = ("overdue_every", "manager_after", "responsible_officer_after", "officers_after", "source")
    shape, lead_days = row.shape.shape.plain(), list(row.lead_days)
    return {"shape": shape, "lead_days": lead_days} | {name: getattr(row, name) for name in names}


def _new_day() -> datetime.date:
    """The first of the next month."""
    return (today().replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
