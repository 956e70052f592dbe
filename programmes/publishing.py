"""What a version lacks before it can be published, in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from programmes.fields import SCORED, GateKind
from programmes.models import Gate
from programmes.wording import reachable


@dataclass(frozen=True, slots=True)
class Named:
    """A programme by its key, and what it is called."""

    key: int
    name: str


def problems_of(
    gates: Sequence[Gate],
    *,
    stages: int,
    tier: int,
    programme: Named,
    fellowship: bool,
    expectations: str,
    asks: Mapping[int, Collection[int]],
) -> list[str]:
    """One sentence for each thing that is missing or cannot be.

    The gates come with `criteria` and `prerequisite` loaded. `asks`: for each other programme, those it asks for by
    name as it is published now.
    """
    found = [] if stages else ["It has no stage."]
    if fellowship and not expectations.strip():
        found.append("A fellowship says what fellow and hosts expect of each other.")
    kinds = [gate.kind for gate in gates]
    if {*SCORED} <= {*kinds} and kinds.index(GateKind.INTERVIEW) < kinds.index(GateKind.WRITTEN):
        found.append("The written application comes before the interview.")
    for number, gate in enumerate(gates, start=1):
        found += [f"Gate {number}: {said}" for said in _of_gate(gate, tier=tier, programme=programme, asks=asks)]
    return found


def _of_gate(gate: Gate, *, tier: int, programme: Named, asks: Mapping[int, Collection[int]]) -> Iterable[str]:
    if gate.kind in SCORED:
        criteria = list(gate.criteria.all())
        most = reachable(criteria)
        if not criteria:
            yield "it has no criteria to score by."
        elif (gate.pass_mark or 0) > most:
            yield f"{gate.pass_mark} points are needed, but its criteria give {most} at most."
        if gate.kind == GateKind.WRITTEN and any(not one.question for one in criteria):
            yield "every criterion of a written application says what applicants are asked."
    if gate.kind == GateKind.PREREQUISITE:
        if gate.prerequisite_tier is not None and gate.prerequisite_tier >= tier:
            yield "it asks for a tier that is not below the programme's own, so nobody could begin."
        if gate.prerequisite_id is not None:
            if gate.prerequisite_id == programme.key:
                yield "the programme asks for itself."
            elif programme.key in _behind(gate.prerequisite_id, asks):
                yield f"{gate.prerequisite} asks for {programme.name} in turn, so nobody could begin."


def _behind(start: int, asks: Mapping[int, Collection[int]]) -> set[int]:
    """Every programme that has to be completed before this one, however far back."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for wanted in set(asks.get(waiting.pop(), ())) - seen:
            seen.add(wanted)
            waiting.append(wanted)
    return seen
