"""What this room tells `standing`: the newest agreed levels of each clinician and framework."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from registry.competency.models import Assessment, Domain, ElementLevel
from registry.competency.twelfths import twelfths
from registry.standing.models import DOMAIN_COLUMNS, AgreedLevels


def agreed_levels(clinician_ids: Collection[int]) -> list[AgreedLevels]:
    """Unsaved rows for `standing`, from each clinician's newest agreed assessment of each framework; three queries."""
    newest = list(
        Assessment.objects.agreed()
        .filter(clinician__in=clinician_ids)
        .order_by("clinician_id", "framework", "-agreed_at", "-pk")
        .distinct("clinician_id", "framework")
        .select_related("version")
    )
    domains = defaultdict(list)
    for domain in Domain.objects.filter(version__in={row.version_id for row in newest}).order_by("position"):
        domains[domain.version_id].append(domain)
    levels: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    rows = ElementLevel.objects.filter(assessment__in=newest).order_by("pk")
    for assessment_id, domain_id, level in rows.values_list("assessment_id", "element__domain_id", "agreed_level"):
        levels[assessment_id].append((domain_id, level))
    return [
        AgreedLevels(
            clinician_id=row.clinician_id,
            framework=row.framework,
            version=row.version.version,
            assessment_id=row.pk,
            agreed_at=cast("datetime", row.agreed_at),
            **dict(zip(DOMAIN_COLUMNS, _by_domain(row, domains[row.version_id], levels[row.pk]), strict=False)),
        )
        for row in newest
    ]


def _by_domain(
    assessment: Assessment, domains: Iterable[Domain], levels: Iterable[tuple[int, int | None]]
) -> list[int | None]:
    return [
        twelfths(
            (level for domain_id, level in levels if domain_id == domain.pk),
            assessment.version.scale(domain.scale).not_observed,
        )
        for domain in domains
    ]
