"""The catalogue on the shelf: bringing programmes of files into the database, as the lead who loads them may."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from programmes import catalogue_files
from programmes.actions import catalogue, parts
from programmes.catalogue_files import Domains, GateRow, ProgrammeFile
from programmes.fields import SCORED
from programmes.models import Programme, ProgrammeVersion
from programmes.states import VersionState
from registry.accounts.models import User
from registry.competency import strict_yaml
from registry.competency.models import Domain
from registry.kernel.errors import Invalid, WrongState
from registry.organisations.models import Organisation

LOADED, CHANGED, UNCHANGED = "loaded", "changed", "unchanged"


def read_files(paths: Iterable[Path]) -> list[ProgrammeFile]:
    """The programmes in these files, and in the YAML files of these folders.

    Raises Invalid with one line for each problem (file, line, reason) if any file has one.
    """
    found: dict[str, ProgrammeFile] = {}
    problems: list[str] = []
    for path in _yaml_files(paths):
        try:
            with path.open("rb") as file:
                programme = catalogue_files.read(file.read(strict_yaml.MAX_BYTES + 1))
        except OSError as error:
            problems.append(f"{path}: cannot be read: {error.strerror}")
        except strict_yaml.Refused as refused:
            problems += [f"{path}, {problem}" for problem in refused.problems]
        else:
            if programme.code in found:
                problems.append(f"{path}: {programme.code} is in another file as well")
            found[programme.code] = programme
    if problems:
        raise Invalid("\n".join(problems))
    return list(found.values())


@transaction.atomic
def load(files: Iterable[ProgrammeFile], *, organisation: Organisation, by: User) -> list[tuple[Programme, str]]:
    """Bring the catalogue to what these files say; all of them or, on a refusal, none.

    Each comes back with what happened: `loaded`, `changed` or `unchanged`. Where stages or gates differ from the newest
    version, a new one is published: what cohorts run on stays. Raises WrongState where a lead has a draft, and Invalid
    where a file names a framework, domain or programme that there is not, or another organisation runs the programme.
    """
    # Those that ask for others by name come after them.
    return [_load(file, organisation, by) for file in _in_order(list(files))]


def _load(file: ProgrammeFile, organisation: Organisation, by: User) -> tuple[Programme, str]:
    said = _described(file)
    programme = Programme.objects.filter(code=file.code).first()
    if programme is None:
        programme = catalogue.create_programme(values=said | {"code": file.code, "organisation": organisation}, by=by)
        _publish(programme.versions.get(), file, by)
        return programme, LOADED
    if programme.organisation_id != organisation.pk:
        raise Invalid(f"{file.code}: {programme.organisation} runs this programme.")
    done = UNCHANGED
    if _differs(programme, said):
        try:
            catalogue.edit_programme(programme=programme, values=said | {"region": programme.region}, by=by)
        except Invalid as refused:
            raise Invalid(f"{file.code}: {refused.message}") from refused
        done = CHANGED
    newest = programme.versions.first()
    if newest is not None and newest.state == VersionState.DRAFT:
        raise WrongState(f"{file.code}: version {newest.number} is a draft. Publish it first, or leave out this file.")
    if newest is None or _version_said(newest) != _wanted(file):
        draft = catalogue.draft_version(programme=programme, by=by)
        copied: tuple[parts.Part, ...] = (*draft.stages.all(), *draft.gates.all())
        for part in copied:
            parts.remove_part(part=part, by=by)
        _publish(draft, file, by)
        done = CHANGED
    return programme, done


def _publish(version: ProgrammeVersion, file: ProgrammeFile, by: User) -> None:
    catalogue.describe_version(version=version, expectations=file.expectations or "", note=file.note, by=by)
    for stage in _stages(file):
        parts.save_stage(version=version, stage=None, values=stage, by=by)
    for row in file.gates:
        values = _gate(row) | {
            "domain": _domain(row.framework, row.domain) if row.domain else None,
            "prerequisite": _programme(row.programme) if row.programme else None,
        }
        gate = parts.save_gate(version=version, gate=None, kind=row.kind, values=values, by=by)
        for criterion in _criteria(row):
            parts.save_criterion(gate=gate, criterion=None, values=criterion, by=by)
    catalogue.publish_version(version=version, by=by)


def _described(file: ProgrammeFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "kind": file.kind,
        "tier": file.tier,
        "intended_outcome": file.intended_outcome,
        "description": file.description,
        "provider": file.provider,
        "delivery": file.delivery,
        "region": None,
        "budget_holder": file.budget_holder or "",
        "professions": list(file.professions),
        "career_stages": list(file.career_stages),
        "level": file.level or "",
        "award": file.award or "",
        "length_weeks": file.length_weeks,
        "cost_per_place": file.cost_per_place,
        "domains": _domains(file.develops),
    }


def _differs(programme: Programme, said: Mapping[str, Any]) -> bool:
    if {domain.pk for domain in programme.domains.all()} != {domain.pk for domain in said["domains"]}:
        return True
    # The region whose scheme pays is said by leads, not by files.
    return any(getattr(programme, name) != said[name] for name in catalogue.DESCRIBED if name != "region")


def _wanted(file: ProgrammeFile) -> dict[str, Any]:
    """What a version of this file says, as plain values."""
    gates = [
        {"kind": row.kind, "programme": row.programme, "domain": (row.framework, row.domain) if row.domain else None}
        | {name: value for name, value in _gate(row).items() if name in parts.FIELDS_OF[row.kind]}
        | {"criteria": _criteria(row)}
        for row in file.gates
    ]
    return {"expectations": file.expectations or "", "note": file.note, "stages": _stages(file), "gates": gates}


def _version_said(version: ProgrammeVersion) -> dict[str, Any]:
    """What a version says, as plain values."""
    stages = list(version.stages.values("name", "kind", "weeks", "exempt_by_equivalence"))
    gates = []
    for gate in version.gates.select_related("prerequisite", "domain__version").prefetch_related("criteria"):
        plain: dict[str, Any] = {"kind": gate.kind, "programme": gate.prerequisite.code if gate.prerequisite else None}
        plain["domain"] = (gate.domain.version.code, gate.domain.code) if gate.domain else None
        names = set(parts.FIELDS_OF[gate.kind]) - {"prerequisite", "domain"}
        plain |= {name: getattr(gate, name) for name in names}
        plain["criteria"] = [
            {name: getattr(one, name) for name in ("name", "question", "full_marks", "weight")}
            for one in gate.criteria.all()
        ]
        gates.append(plain)
    return {"expectations": version.expectations, "note": version.note, "stages": stages, "gates": gates}


def _stages(file: ProgrammeFile) -> list[dict[str, Any]]:
    return [
        {"name": row.name, "kind": row.kind, "weeks": row.weeks, "exempt_by_equivalence": row.exempt}
        for row in file.stages
    ]


def _gate(row: GateRow) -> dict[str, Any]:
    said: dict[str, Any] = {
        "prerequisite_tier": row.tier,
        "minimum_level": row.minimum_level,
        "career_stages": list(row.career_stages),
    }
    return said | {name: getattr(row, name) for name in parts.FIELDS_OF[SCORED[0]]}


def _criteria(row: GateRow) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "question": one.question or "",
            "full_marks": one.full_marks or "",
            "weight": one.weight,
        }
        for one in row.criteria
    ]


def _domains(wanted: Domains | None) -> list[Domain]:
    return [_domain(wanted.framework, code) for code in wanted.codes] if wanted else []


def _domain(framework: str | None, code: str) -> Domain:
    rows = Domain.objects.filter(version__code=framework, code=code)
    found = rows.order_by("version__closed_to_new", "-version__effective_from").first()
    if found is None:
        raise Invalid(f"There is no domain {code} of a framework {framework}. Load the frameworks first.")
    return found


def _programme(code: str) -> Programme:
    found = Programme.objects.filter(code=code).first()
    if found is None:
        raise Invalid(f"There is no programme {code} to ask for. Load its file as well.")
    return found


def _in_order(files: list[ProgrammeFile]) -> list[ProgrammeFile]:
    ordered: list[ProgrammeFile] = []
    waiting = sorted(files, key=lambda file: (file.tier, file.code))
    while waiting:
        behind = {file.code for file in waiting}
        ready = [file for file in waiting if not any(gate.programme in behind for gate in file.gates)]
        # Where they ask for one another in a circle, publishing says so.
        ordered += ready or waiting
        waiting = [file for file in waiting if ready and file not in ready]
    return ordered


def _yaml_files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
