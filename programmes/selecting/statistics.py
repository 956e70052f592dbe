"""Selection statistics: who got how far, by profession, sector and equality group, as far as it may be told."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from programmes.fields import GateOutcome
from programmes.models import Application, ApplicationTransition, Cohort, GateResult, SelectionStatistics
from programmes.states import ApplicationState
from registry.clinicians.fields import Profession, Sector
from registry.equality.characteristics import CHARACTERISTICS, Characteristic
from registry.equality.presenters import StagesView, stages_view, view_of
from registry.equality.suppression import SMALLEST_GROUP, Table, suppress
from registry.equality.totals import totals_by

APPLIED, OFFERED, ACCEPTED = "Applied", "Offered a place", "Accepted the place"
# The time that suppression takes doubles with each group: the rarest professions are told together.
MOST_GROUPS = 9
OTHERS = "other"
OWN = {
    "profession": ("Profession", dict(Profession.choices), "Other professions"),
    "sector": ("Sector", dict(Sector.choices), "Other sectors"),
}


def tables(cohort: Cohort) -> dict[str, Any]:
    """Everything that is published about a cohort's selection, as JSON keeps it."""
    people, stages = _stages(cohort)
    made = {name: _own_table(stages, {key: row[name] for key, row in people.items()}).plain() for name in OWN}
    # Who has no account (any more) has given no answers, but is counted: every table is of the same people.
    accounts = {key: row["user"] or -key for key, row in people.items()}
    by_account = {name: [accounts[key] for key in keys] for name, keys in stages.items()}
    return made | {name: totals_by(by_account, name).plain() for name in CHARACTERISTICS}


def views(published: SelectionStatistics) -> list[StagesView]:
    """The published tables in words, in their order."""
    shown = []
    for name in (*OWN, *CHARACTERISTICS):
        table = Table.from_plain(published.tables[name])
        shown.append(
            stages_view(table, name) if name in CHARACTERISTICS else view_of(table, _characteristic(name, table))
        )
    return shown


def _stages(cohort: Cohort) -> tuple[dict[int, dict[str, Any]], dict[str, set[int]]]:
    """The applicants by the application's key, and who reached each stage; each stage is part of the one before."""
    rows = Application.objects.filter(cohort=cohort, submitted_at__isnull=False).order_by()
    columns = rows.values_list("pk", "state", "clinician__user", "clinician__profession", "clinician__sector")
    people = {
        key: {"state": state, "user": user, "profession": what, "sector": where}
        for key, state, user, what, where in columns
    }
    reached = set(people)
    stages = {APPLIED: set(reached)}
    results = GateResult.objects.filter(application__in=people, outcome=GateOutcome.PASSED).order_by()
    passed: dict[int, set[int]] = {}
    for key, gate_id in results.values_list("application", "gate"):
        passed.setdefault(gate_id, set()).add(key)
    for gate in cohort.version.gates.order_by("position"):
        reached = reached & passed.get(gate.pk, set())
        name = f"Passed gate {gate.position}: {gate.get_kind_display()[0].lower()}{gate.get_kind_display()[1:]}"
        stages[name] = set(reached)
    offered = ApplicationTransition.objects.filter(application__in=people, after=ApplicationState.OFFERED).order_by()
    reached = reached & set(offered.values_list("application", flat=True))
    stages[OFFERED] = set(reached)
    stages[ACCEPTED] = {key for key in reached if people[key]["state"] == ApplicationState.ACCEPTED}
    return people, stages


def _own_table(stages: Mapping[str, set[int]], group_of: Mapping[int, str]) -> Table:
    common = [group for group, _ in sorted(Counter(group_of.values()).items(), key=lambda pair: (-pair[1], pair[0]))]
    if len(common) > MOST_GROUPS:
        kept = set(common[: MOST_GROUPS - 1])
        group_of = {key: group if group in kept else OTHERS for key, group in group_of.items()}
        common = [*common[: MOST_GROUPS - 1], OTHERS]
    counts = {name: Counter(group_of[key] for key in keys) for name, keys in stages.items()}
    return suppress(counts, common, minimum=SMALLEST_GROUP)


def _characteristic(name: str, table: Table) -> Characteristic:
    """A profession or sector as the equality room's page words it: each against everybody else."""
    label, labels, others = OWN[name]
    answers = tuple((group, labels.get(group, others)) for group in table.groups)
    return Characteristic(name, label, label, answers)
