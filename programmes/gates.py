"""Gates, judged: given what is known of somebody, whether each is passed, failed or waits, and why, in words.

Pure: no database, no clock. Gates are taken in order; behind one that is not passed nothing is judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

# Agreed levels are held in twelfths of a level (`standing.AgreedLevels`).
TWELFTHS = 12


class Kind(StrEnum):
    """What a gate asks for; the same values as `fields.GateKind`."""

    PREREQUISITE = "prerequisite"
    LEVEL = "level"
    CAREER_STAGE = "stage"
    ENDORSEMENT = "endorsement"
    WRITTEN = "written"
    INTERVIEW = "interview"


class Outcome(StrEnum):
    """What a gate says."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Rule:
    """One gate: its kind, and of the other fields those that the kind needs.

    `wanted` is what the gate asks for in words, such as a programme's or domain's name. `domain` is the key of a
    domain, `minimum_level` 1 to 5. Of scored gates: so many `assessors` (at least), totals that differ by more than
    `spread_limit` points need one more, and their mean must reach `pass_mark`.
    """

    key: int
    kind: Kind
    wanted: str = ""
    tier: int = 0
    programme: str = ""
    domain: int = 0
    minimum_level: int = 0
    career_stages: frozenset[str] = frozenset()
    assessors: int = 2
    spread_limit: int = 0
    pass_mark: int = 0


@dataclass(frozen=True, slots=True)
class Endorsed:
    """What the line manager said."""

    endorsed: bool
    protected_time: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one applicant.

    `completed`: short names of completed programmes and their tiers. `recognised_tier`: the highest tier of an
    equivalence that counts today, 0 for none. `levels`: a domain's key → agreed level in twelfths. `totals`: a scored
    gate's key → the totals of those who have submitted; `expected`: how many there are to be in all. `closed`: no
    endorsement that has not come by now will.
    """

    completed: Mapping[str, int] = field(default_factory=dict)
    recognised_tier: int = 0
    levels: Mapping[int, int] = field(default_factory=dict)
    career_stage: str = ""
    endorsement: Endorsed | None = None
    totals: Mapping[int, Sequence[int]] = field(default_factory=dict)
    expected: Mapping[int, int] = field(default_factory=dict)
    closed: bool = False
    # Decisions that stand whatever the evidence says now: those written down, and those of an appeal.
    decided: Mapping[int, tuple[Outcome, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate says, the reason in words, and of a scored gate the mean of the totals."""

    gate: int
    outcome: Outcome
    reason: str
    points: Fraction | None = None


def walk(rules: Sequence[Rule], evidence: Evidence) -> tuple[Verdict, ...]:
    """One verdict for each gate, in order; behind the first that is not passed none is reached."""
    verdicts: list[Verdict] = []
    reached = True
    for rule in rules:
        if not reached:
            verdicts.append(Verdict(rule.key, Outcome.NOT_REACHED, "The gates before it come first."))
            continue
        verdict = judge(rule, evidence)
        verdicts.append(verdict)
        reached = verdict.outcome == Outcome.PASSED
    return tuple(verdicts)


def judge(rule: Rule, evidence: Evidence) -> Verdict:
    """What one gate says of this evidence, whatever the gates before it say."""
    if rule.key in evidence.decided:
        outcome, reason = evidence.decided[rule.key]
        return Verdict(rule.key, outcome, reason)
    return _JUDGES[rule.kind](rule, evidence)


def needs_another(totals: Sequence[int], *, assessors: int, spread_limit: int) -> bool:
    """Whether so many totals, of at least this many assessors, differ too much to decide without one more.

    One more settles it: whatever it says, the mean of all is taken.
    """
    return len(totals) == assessors and max(totals) - min(totals) > spread_limit


def _prerequisite(rule: Rule, evidence: Evidence) -> Verdict:
    if rule.programme in evidence.completed or (
        not rule.programme and any(tier >= rule.tier for tier in evidence.completed.values())
    ):
        return _passed(rule, f"Completed: {rule.wanted}.")
    if evidence.recognised_tier >= rule.tier > 0:
        return _passed(rule, f"Recognised as equal to: {rule.wanted}.")
    return _failed(rule, f"Needs {rule.wanted}, completed or a recognised equivalent.")


def _level(rule: Rule, evidence: Evidence) -> Verdict:
    held = evidence.levels.get(rule.domain)
    if held is None:
        return _failed(
            rule, f"Needs an agreed level of at least {rule.minimum_level} in {rule.wanted}; none is agreed."
        )
    words = f"{held // TWELFTHS}" if held % TWELFTHS == 0 else f"{held / TWELFTHS:.1f}"
    if held >= rule.minimum_level * TWELFTHS:
        return _passed(rule, f"The agreed level in {rule.wanted} is {words}; at least {rule.minimum_level} is needed.")
    return _failed(rule, f"The agreed level in {rule.wanted} is {words}; at least {rule.minimum_level} is needed.")


def _career_stage(rule: Rule, evidence: Evidence) -> Verdict:
    if evidence.career_stage in rule.career_stages:
        return _passed(rule, f"The career stage is one of: {rule.wanted}.")
    return _failed(rule, f"Needs one of these career stages: {rule.wanted}.")


def _endorsement(rule: Rule, evidence: Evidence) -> Verdict:
    said = evidence.endorsement
    if said is None:
        if evidence.closed:
            return _failed(rule, "The line manager had not answered in time.")
        return Verdict(rule.key, Outcome.WAITING, "The line manager has not answered yet.")
    if not said.endorsed:
        return _failed(rule, "The line manager did not endorse the application.")
    if not said.protected_time:
        return _failed(rule, "The line manager did not confirm that time for it is protected.")
    return _passed(rule, "The line manager endorsed it, with protected time.")


def _scored(rule: Rule, evidence: Evidence) -> Verdict:
    totals = evidence.totals.get(rule.key, ())
    expected = max(rule.assessors, evidence.expected.get(rule.key, 0))
    if len(totals) < expected:
        return Verdict(rule.key, Outcome.WAITING, f"{len(totals)} of {expected} assessors have given their scores.")
    if needs_another(totals, assessors=rule.assessors, spread_limit=rule.spread_limit):
        return Verdict(
            rule.key,
            Outcome.WAITING,
            f"The scores differ by more than {rule.spread_limit} points, so one more assessor reads it.",
        )
    mean = Fraction(sum(totals), len(totals))
    words = f"{float(mean):.1f} points on average; {rule.pass_mark} are needed."
    outcome = Outcome.PASSED if mean >= rule.pass_mark else Outcome.FAILED
    return Verdict(rule.key, outcome, words, mean)


def _passed(rule: Rule, reason: str) -> Verdict:
    return Verdict(rule.key, Outcome.PASSED, reason)


def _failed(rule: Rule, reason: str) -> Verdict:
    return Verdict(rule.key, Outcome.FAILED, reason)


_JUDGES = {
    Kind.PREREQUISITE: _prerequisite,
    Kind.LEVEL: _level,
    Kind.CAREER_STAGE: _career_stage,
    Kind.ENDORSEMENT: _endorsement,
    Kind.WRITTEN: _scored,
    Kind.INTERVIEW: _scored,
}
