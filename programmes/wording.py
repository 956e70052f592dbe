"""How programmes, gates and cohorts read on a page: rules in whole sentences, states as coloured tags."""

from collections.abc import Iterable
from typing import Any

from programmes.fields import MOST_POINTS, SCORED, GateKind, Tier
from programmes.models import Cohort, Criterion, Gate, Programme, ProgrammeVersion
from programmes.states import ApplicationState, CohortState, EnrolmentState, VersionState
from registry.clinicians.fields import CareerStage, Profession
from registry.nhsuk.dates import long_date
from registry.organisations.models import Region, RegionScheme

COLOURS = {
    CohortState.DRAFT: "grey",
    CohortState.OPEN: "green",
    CohortState.SELECTING: "yellow",
    CohortState.DECIDED: "blue",
    CohortState.RUNNING: "blue",
    CohortState.FINISHED: "white",
    CohortState.CANCELLED: "red",
}

# Of applications and places; the others are grey.
STATE_COLOURS = {
    ApplicationState.SUBMITTED: "blue",
    ApplicationState.RESERVE: "yellow",
    ApplicationState.OFFERED: "green",
    ApplicationState.ACCEPTED: "green",
    EnrolmentState.ENROLLED: "blue",
    EnrolmentState.DEFERRED: "yellow",
    EnrolmentState.COMPLETED: "green",
}


def tag(cohort: Cohort) -> dict[str, str]:
    """A cohort's state as a coloured tag."""
    return {"text": cohort.get_state_display(), "colour": COLOURS[CohortState(cohort.state)]}


def state_tag(row: Any) -> dict[str, str]:
    """The state of an application or a place as a coloured tag."""
    return {"text": row.get_state_display(), "colour": STATE_COLOURS.get(row.state, "grey")}


def days(cohort: Cohort) -> str:
    """`from 3 November to 5 December 2026`: when people can apply."""
    return f"from {long_date(cohort.opens_on)} to {long_date(cohort.closes_on)}"


def version_tag(version: ProgrammeVersion) -> dict[str, str]:
    """Whether a version is a draft, in force or closed, as a coloured tag."""
    if version.state == VersionState.DRAFT:
        return {"text": "Draft", "colour": "grey"}
    return {"text": "Closed", "colour": "white"} if version.closed_at else {"text": "Published", "colour": "green"}


def versions(programme: Programme) -> str:
    """Which version is in force and which a draft, with `versions` loaded."""
    rows = list(programme.versions.all())
    if programme.retired_at is not None:
        return "Retired"
    published = [one for one in rows if one.state == VersionState.PUBLISHED][:1]
    found = [f"Version {one.number} {'closed' if one.closed_at else 'published'}" for one in published]
    found += [f"version {one.number} a draft" for one in rows if one.state == VersionState.DRAFT]
    said = ", ".join(found) or "no version yet"
    return said[0].upper() + said[1:]


def audience(programme: Programme) -> str:
    """Whom it is for, in one sentence."""
    who = listed(Profession(value).label for value in programme.professions)
    stage = listed(CareerStage(value).label for value in programme.career_stages)
    said = f"Only for: {who}." if who else "For every profession."
    return f"{said} Career stage: {stage}." if stage else said


def listed(labels: Iterable[str]) -> str:
    """The labels of a choice as a sentence reads them; semicolons, since a label can have an "or" of its own."""
    return "; ".join(label[0].lower() + label[1:] for label in labels)


def limits(cohort: Cohort) -> list[str]:
    """The limits of a cohort's places in words; two queries."""
    rows = list(cohort.limits.all())
    names = limited(rows)
    return [f"At most {row.places}: {names.get(row.value, row.value)}" for row in rows]


def limited(limits: Iterable[Any]) -> dict[str, str]:
    """What regions and professions are called, by the value of a limit; one query, and none without a limit."""
    if not any(limits):
        return {}
    regions = Region.rows().filter(scheme=RegionScheme.NHS_ENGLAND).values_list("code", "name")
    return dict(regions) | dict(Profession.choices)


def length(weeks: int) -> str:
    """`26 weeks (about 6 months)`; whole months only from two on, since a month is no number of weeks."""
    months = round(weeks * 12 / 52)
    words = "1 week" if weeks == 1 else f"{weeks} weeks"
    return f"{words} (about {months} months)" if months > 1 else words


def reachable(criteria: Iterable[Criterion]) -> int:
    """The most points an application can get at a scored gate."""
    return sum(MOST_POINTS * one.weight for one in criteria)


def rule(gate: Gate) -> str:
    """What a gate asks for, in whole sentences; with its relations loaded, no query."""
    return _RULES[GateKind(gate.kind)](gate)


def _prerequisite(gate: Gate) -> str:
    if gate.prerequisite is not None:
        return f"You have completed {gate.prerequisite}, or something recognised as equal to it."
    tier = Tier(gate.prerequisite_tier or 0).label.partition(":")[0].lower()
    return f"You have completed a programme of {tier} or higher, or something recognised as equal to it."


def _level(gate: Gate) -> str:
    return f"Your agreed level in {gate.domain} is at least {gate.minimum_level}."


def _stage(gate: Gate) -> str:
    return f"Your career stage is: {listed(CareerStage(value).label for value in gate.career_stages)}."


def _endorsement(gate: Gate) -> str:
    return "Your line manager endorses your application and confirms that your time for it is protected."


def _scored(gate: Gate) -> str:
    read = "interview you" if gate.kind == GateKind.INTERVIEW else "read it without knowing whose it is"
    return (
        f"At least {gate.assessors} assessors {read}, and each gives 0 to {MOST_POINTS} points for every criterion, "
        f"without seeing the scores of the others. On average {gate.pass_mark} of {reachable(gate.criteria.all())} "
        f"points are needed. Where two totals differ by more than {gate.spread_limit} points, one more assessor scores."
    )


_RULES = {
    GateKind.PREREQUISITE: _prerequisite,
    GateKind.LEVEL: _level,
    GateKind.CAREER_STAGE: _stage,
    GateKind.ENDORSEMENT: _endorsement,
} | dict.fromkeys(SCORED, _scored)
