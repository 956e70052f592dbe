"""What the registry knows of applicants, read for many at once, as `gates` wants it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce

from programmes.fields import GateKind, Tier
from programmes.gates import Endorsed, Evidence, Kind, Outcome, Rule
from programmes.models import Application, Endorsement, Enrolment, Equivalence, Gate, GateResult, Reading
from programmes.states import CohortState
from registry.clinicians.fields import CareerStage
from registry.kernel.clock import today
from registry.standing.models import AgreedLevels

Grouped = dict[int, dict[int, Any]]


def rules(version_ids: Collection[int]) -> dict[int, list[Rule]]:
    """The gates of each of these versions, in order; one query."""
    found: dict[int, list[Rule]] = {key: [] for key in version_ids}
    gates = Gate.rows().filter(version__in=version_ids).select_related("prerequisite", "domain__version")
    for gate in gates.order_by("version", "position"):
        found[gate.version_id].append(_rule(gate))
    return found


def of(applications: Sequence[Application]) -> list[Evidence]:
    """What is known of each of these applicants today, in the same order; seven queries, however many there are.

    Of each application the clinician and the cohort must be loaded (`with_people`). One that is not stored yet says
    what would hold for this clinician.
    """
    people = {row.clinician_id for row in applications}
    keys = [row.pk for row in applications if row.pk]
    completed = _completed(people)
    recognised = _recognised(people)
    levels = _levels({row.cohort.version_id for row in applications}, people)
    endorsed = {
        row.application_id: Endorsed(bool(row.endorsed), bool(row.protected_time))
        for row in Endorsement.objects.filter(application__in=keys, endorsed__isnull=False)
    }
    given, expected = _readings(keys)
    decided: Grouped = defaultdict(dict)
    results = GateResult.objects.filter(application__in=keys).order_by()
    for key, gate, outcome, reason in results.values_list("application", "gate", "outcome", "reason"):
        decided[key][gate] = (Outcome(outcome), reason)
    return [
        Evidence(
            completed=completed.get(row.clinician_id, {}),
            recognised_tier=recognised.get(row.clinician_id, 0),
            levels=levels.get(row.clinician_id, {}),
            career_stage=row.clinician.career_stage,
            endorsement=endorsed.get(row.pk),
            totals=given.get(row.pk, {}),
            expected=expected.get(row.pk, {}),
            closed=row.cohort.state != CohortState.OPEN,
            decided=decided.get(row.pk, {}),
        )
        for row in applications
    ]


def totals(readings: Any) -> dict[int, int]:
    """Of each of these readings (a queryset), by its key, points times the weights of the criteria; one query."""
    total = Coalesce(Sum(F("scores__points") * F("scores__criterion__weight")), 0)
    return dict(readings.order_by().values_list("pk").annotate(total=total))


def _rule(gate: Gate) -> Rule:
    return Rule(
        key=gate.pk,
        kind=Kind(gate.kind),
        wanted=_wanted(gate),
        tier=gate.prerequisite_tier or (gate.prerequisite.tier if gate.prerequisite else 0),
        programme=gate.prerequisite.code if gate.prerequisite else "",
        domain=gate.domain_id or 0,
        minimum_level=gate.minimum_level or 0,
        career_stages=frozenset(gate.career_stages),
        assessors=gate.assessors or 0,
        spread_limit=gate.spread_limit or 0,
        pass_mark=gate.pass_mark or 0,
    )


def _wanted(gate: Gate) -> str:
    """What the gate asks for, as the reasons say it."""
    if gate.prerequisite:
        return f"the programme “{gate.prerequisite.name}”"
    if gate.prerequisite_tier:
        return f"a programme of tier {gate.prerequisite_tier} or higher"
    if gate.domain:
        return f"“{gate.domain.name}” ({gate.domain.version.name})"
    return ", ".join(CareerStage(stage).label for stage in gate.career_stages)


def _completed(people: Iterable[int]) -> dict[int, dict[str, Tier]]:
    found: dict[int, dict[str, Tier]] = defaultdict(dict)
    rows = Enrolment.objects.completed().filter(clinician__in=people).order_by()
    programme = "cohort__version__programme"
    for key, code, tier in rows.values_list("clinician", f"{programme}__code", f"{programme}__tier"):
        found[key][code] = tier
    return found


def _recognised(people: Iterable[int]) -> dict[int, int]:
    rows = Equivalence.objects.counting(today()).filter(clinician__in=people)
    return dict(rows.order_by().values_list("clinician").annotate(highest=Max("tier")))


def _levels(version_ids: Iterable[int], people: Iterable[int]) -> Grouped:
    """By clinician and the key of a domain that a gate of these versions asks for; two queries."""
    gates = Gate.rows().filter(version__in=version_ids, kind=GateKind.LEVEL).order_by()
    wanted = set(gates.values_list("domain", "domain__version__code", "domain__position"))
    rows = AgreedLevels.objects.filter(clinician__in=people, framework__in={code for _, code, _ in wanted})
    found: Grouped = defaultdict(dict)
    for row in rows:
        for domain, code, position in wanted:
            held = row.twelfths[position - 1]
            if row.framework == code and held is not None:
                found[row.clinician_id][domain] = held
    return found


def _readings(keys: Collection[int]) -> tuple[Grouped, Grouped]:
    """By application and gate: the totals that were submitted, and how many there are to be; one query each."""
    standing = Reading.objects.standing().exclude(conflict=True).filter(application__in=keys)
    total = totals(standing.counting())
    given: Grouped = defaultdict(lambda: defaultdict(list))
    expected: Grouped = defaultdict(lambda: defaultdict(int))
    for pk, key, gate in standing.order_by("pk").values_list("pk", "application", "gate"):
        expected[key][gate] += 1
        if pk in total:
            given[key][gate].append(total[pk])
    return given, expected
