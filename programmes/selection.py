"""Where a cohort's selection stands, read for the actions and pages that decide about places."""

from collections.abc import Collection, Iterable
from typing import Any

from programmes import ranking
from programmes.assessors import region_codes
from programmes.fields import GateKind, GateOutcome
from programmes.models import Application, Cohort, Enrolment, GateResult
from programmes.states import ApplicationState
from registry.accounts.models import User
from registry.kernel.permissions import Permission


def through_every_gate(cohort: Cohort) -> Any:
    """The applications still in the selection that have passed every gate of the cohort's version."""
    rows = Application.objects.in_selection().filter(cohort=cohort)
    for gate in cohort.version.gates.all():
        passed = GateResult.objects.filter(gate=gate, outcome=GateOutcome.PASSED)
        rows = rows.filter(pk__in=passed.values("application"))
    return rows


def unable(applications: Iterable[Application]) -> set[int]:
    """The keys of those of these applications (with their clinicians) whose people cannot take a place; one query.

    They have no account that is active, or may not take part in programmes any more.
    """
    accounts = {row.pk: row.clinician.user_id for row in applications}
    able = User.able(Permission.PROGRAMME_TAKE_PART, accounts.values())
    return {key for key, user_id in accounts.items() if user_id not in able}


def candidates(applications: Collection[Application]) -> list[ranking.Candidate]:
    """These applications (with their clinicians) as `ranking` wants them; two queries."""
    regions = region_codes({row.clinician.organisation_id for row in applications})
    scored = GateResult.objects.filter(application__in=applications, points__isnull=False).order_by()
    points = {(key, kind): value for key, kind, value in scored.values_list("application", "gate__kind", "points")}
    return [
        ranking.Candidate(
            row.pk,
            row.reference,
            interview=points.get((row.pk, GateKind.INTERVIEW)) or 0,
            written=points.get((row.pk, GateKind.WRITTEN)) or 0,
            region=regions.get(row.clinician.organisation_id, ""),
            profession=row.clinician.profession,
        )
        for row in applications
    ]


def ranked(cohort: Cohort, applications: Collection[Application]) -> list[ranking.Candidate]:
    """These applications, best first."""
    return ranking.order(str(cohort.reference), candidates(applications))


def placed(cohort: Cohort, ordered: Collection[ranking.Candidate]) -> ranking.Placed:
    """Who of these gets one of the places that are free now, within the cohort's limits."""
    limits = [ranking.Limit(one.kind, one.value, one.places) for one in cohort.limits.all()]
    return ranking.place(list(ordered), capacity=cohort.capacity, limits=limits, holders=holders(cohort))


def holders(cohort: Cohort) -> list[ranking.Holder]:
    """Where those who hold a place, or are offered one, count."""
    held = Enrolment.objects.holding().filter(cohort=cohort).order_by()
    offered = Application.objects.filter(cohort=cohort, state=ApplicationState.OFFERED).order_by()
    where = [
        pair
        for rows in (held, offered)
        for pair in rows.values_list("clinician__organisation", "clinician__profession")
    ]
    regions = region_codes({organisation_id for organisation_id, _ in where})
    return [ranking.Holder(regions.get(organisation_id, ""), profession) for organisation_id, profession in where]
