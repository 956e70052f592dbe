"""Programme files: one programme with its stages and gates as YAML, read into frozen dataclasses or refused whole.

The dataclasses below *are* the file format, as in `competency.framework_files`: every field is a key, a field with a
default may be left out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from registry.clinicians.fields import CareerStage, Profession
from registry.competency import strict_yaml
from registry.competency.strict_yaml import Between, Many, Refusals, Text

SHIPPED = Path(__file__).with_name("catalogue")

# --- the file format ---------------------------------------------------------------------------------------------

Code = Annotated[str, Text(40, r"[a-z][a-z0-9-]*", "a code: small letters, digits and dashes")]
Name = Annotated[str, Text(120)]
Line = Annotated[str, Text(160)]
Sentence = Annotated[str, Text(500)]
Prose = Annotated[str, Text(2000)]
Tier = Annotated[int, Between(1, 5)]
Weeks = Annotated[int, Between(1, 520)]


@dataclass(frozen=True, kw_only=True)
class Domains:
    """Domains of one framework by their codes, in the version that is in use."""

    framework: Annotated[str, Text(20)]
    codes: Annotated[tuple[Annotated[str, Text(20)], ...], Many(1, 9)]


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """A stage; `exempt`: not needed with recognised earlier learning."""

    name: Name
    kind: Literal["module", "workshop", "project", "action", "placement", "assignment"]
    weeks: Weeks
    exempt: bool = False


@dataclass(frozen=True, kw_only=True)
class CriterionRow:
    """A criterion of a scored gate."""

    name: Name
    question: Sentence | None = None
    full_marks: Sentence | None = None
    weight: Annotated[int, Between(1, 10)] = 1


@dataclass(frozen=True, kw_only=True)
class GateRow:
    """A gate: its kind, and of the other keys those that the kind needs."""

    kind: Literal["prerequisite", "level", "stage", "endorsement", "written", "interview"]
    programme: Code | None = None
    tier: Tier | None = None
    framework: Annotated[str, Text(20)] | None = None
    domain: Annotated[str, Text(20)] | None = None
    minimum_level: Annotated[int, Between(1, 5)] | None = None
    career_stages: Annotated[tuple[Annotated[str, Text(12)], ...], Many(1, 3)] = ()
    assessors: Annotated[int, Between(2, 6)] | None = None
    spread_limit: Annotated[int, Between(0, 1000)] | None = None
    pass_mark: Annotated[int, Between(0, 1200)] | None = None
    criteria: Annotated[tuple[CriterionRow, ...], Many(1, 20, "name")] = ()


@dataclass(frozen=True, kw_only=True)
class ProgrammeFile:
    """One programme. `note` says what is known of it and what is not."""

    code: Code
    name: Name
    kind: Literal["induction", "generic", "leadership", "fellowship", "academic", "enterprise", "action"]
    tier: Tier
    intended_outcome: Prose
    description: Prose
    provider: Line
    delivery: Literal["in_house", "tendered"]
    budget_holder: Line | None = None
    professions: Annotated[tuple[Annotated[str, Text(24)], ...], Many(1, 30)] = ()
    career_stages: Annotated[tuple[Annotated[str, Text(12)], ...], Many(1, 3)] = ()
    level: Annotated[str, Text(80)] | None = None
    award: Line | None = None
    length_weeks: Weeks
    cost_per_place: Annotated[int, Between(0, 1_000_000)] = 0
    develops: Domains | None = None
    expectations: Prose | None = None
    note: Annotated[str, Text(300)]
    stages: Annotated[tuple[StageRow, ...], Many(1, 40)]
    gates: Annotated[tuple[GateRow, ...], Many(0, 20)] = ()


# --- public functions --------------------------------------------------------------------------------------------


def read(content: bytes | str) -> ProgrammeFile:
    """The programme in `content`, or `strict_yaml.Refused` with every problem found in it."""
    return strict_yaml.read(content, ProgrammeFile, (_known, _gates))


# --- rules that look at several fields; they pass over what was unreadable, which is refused already -----------------

_NEEDS: dict[str, set[str]] = {
    "prerequisite": set(),
    "level": {"framework", "domain", "minimum_level"},
    "stage": {"career_stages"},
    "endorsement": set(),
    "written": {"assessors", "spread_limit", "pass_mark", "criteria"},
    "interview": {"assessors", "spread_limit", "pass_mark", "criteria"},
}
_ALL = {"programme", "tier"}.union(*_NEEDS.values())


def _known(file: ProgrammeFile) -> Refusals:
    rows: tuple[ProgrammeFile | GateRow, ...] = (file, *(gate for gate in file.gates if gate.kind))
    for row in rows:
        if unknown := set(row.career_stages) - set(CareerStage.values):
            yield row, "career_stages", f"must be of {', '.join(CareerStage.values)}, not {', '.join(sorted(unknown))}"
    if unknown := set(file.professions) - set(Profession.values):
        yield file, "professions", f"unknown: {', '.join(sorted(unknown))}"


def _gates(file: ProgrammeFile) -> Refusals:
    for gate in (gate for gate in file.gates if gate.kind):
        given = {name for name in _ALL if getattr(gate, name) not in (None, ())}
        may = _NEEDS[gate.kind] | ({"programme", "tier"} if gate.kind == "prerequisite" else set())
        for name in sorted(_NEEDS[gate.kind] - given):
            yield gate, "kind", f"{gate.kind} needs {name}"
        for name in sorted(given - may):
            yield gate, name, f"says nothing where the kind is {gate.kind}"
        if gate.kind == "prerequisite" and len(given & may) != 1:
            yield gate, "kind", "prerequisite needs a programme or a tier, one of the two"
