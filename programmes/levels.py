"""Agreed levels before and after a programme, from the agreed assessments, for whole cohorts in one statement."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from programmes.comparison import LEAST_IN_CELL, Cell
from programmes.models import Cohort, Enrolment
from programmes.points import spans
from registry.competency.models import Domain, FrameworkVersion
from registry.kernel.clock import today

# For each cohort and moment (0 is before), the assessment of each person in `people` that counts, and its levels: a
# domain's level in twelfths, as `competency.twelfths` rounds it. Only levels of one framework version are compared.
LEVELS = """
span AS MATERIALIZED (
    SELECT * FROM unnest(%(span_cohorts)s::bigint[], %(moments)s::integer[], %(firsts)s::timestamptz[],
        %(wanted)s::timestamptz[], %(ends)s::timestamptz[]) AS s (cohort_id, months, first, wanted, until)
), wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(domains)s::bigint[], %(not_observed)s::integer[]) AS d (domain_id, not_observed)
), chosen AS MATERIALIZED (
    SELECT DISTINCT ON (p.cohort_id, p.clinician_id, s.months, a.version_id)
        p.cohort_id, p.clinician_id, p.takes_part, p.profession, p.sector, a.career_stage, a.version_id, s.months,
        a.id AS assessment_id
    FROM people p
    JOIN competency_assessment a ON a.clinician_id = p.clinician_id AND a.state = 'agreed'
        AND a.version_id = ANY(%(versions)s::bigint[])
    JOIN span s ON s.cohort_id = p.cohort_id AND a.agreed_at >= s.first AND a.agreed_at < s.until
    ORDER BY p.cohort_id, p.clinician_id, s.months, a.version_id,
        abs(extract(epoch FROM a.agreed_at - s.wanted)), a.agreed_at DESC, a.id DESC
), level AS MATERIALIZED (
    SELECT l.assessment_id, e.domain_id, (24 * sum(l.agreed_level) + count(*)) / (2 * count(*)) AS twelfths
    FROM (SELECT DISTINCT assessment_id FROM chosen) x
    JOIN competency_elementlevel l ON l.assessment_id = x.assessment_id
    JOIN competency_element e ON e.id = l.element_id
    JOIN wanted d ON d.domain_id = e.domain_id
    WHERE l.agreed_level IS NOT NULL AND l.agreed_level IS DISTINCT FROM d.not_observed
    GROUP BY l.assessment_id, e.domain_id
)
"""
# Those who completed a place; and, of the same profession and sector, everybody who never had one.
PEOPLE = """
taker AS MATERIALIZED (
    SELECT n.cohort_id, n.clinician_id, c.profession, c.sector
    FROM programmes_enrolment n JOIN clinicians_clinician c ON c.id = n.clinician_id
    WHERE n.cohort_id = ANY(%(cohorts)s::bigint[]) AND n.state = 'completed'
), people AS MATERIALIZED (
    SELECT cohort_id, clinician_id, profession, sector, true AS takes_part FROM taker
    UNION ALL
    SELECT t.cohort_id, c.id, c.profession, c.sector, false
    FROM (SELECT DISTINCT cohort_id, profession, sector FROM taker) t
    JOIN clinicians_clinician c ON c.profession = t.profession AND c.sector = t.sector
    WHERE NOT EXISTS (SELECT FROM programmes_enrolment n WHERE n.clinician_id = c.id)
)
"""
# A band is a whole level: from 2 up to, and not including, 3.
CHANGES = f"""
WITH {PEOPLE}, {LEVELS}, pair AS MATERIALIZED (
    SELECT c.cohort_id, c.clinician_id, bool_or(c.takes_part) AS takes_part, l.domain_id,
        min(c.profession) AS profession, min(c.sector) AS sector,
        min(c.career_stage) FILTER (WHERE c.months = 0) AS career_stage,
        min(l.twelfths) FILTER (WHERE c.months = 0) AS before,
        min(l.twelfths) FILTER (WHERE c.months = 6) AS after_6,
        min(l.twelfths) FILTER (WHERE c.months = 12) AS after_12,
        min(l.twelfths) FILTER (WHERE c.months = 24) AS after_24
    FROM chosen c JOIN level l ON l.assessment_id = c.assessment_id
    GROUP BY c.cohort_id, c.clinician_id, l.domain_id
), change AS (
    SELECT b.cohort_id, b.clinician_id, b.takes_part, a.months, b.domain_id, b.profession, b.sector, b.career_stage,
        b.before / 12 AS band, (a.twelfths - b.before)::integer AS step
    FROM pair b CROSS JOIN LATERAL (VALUES (6, b.after_6), (12, b.after_12), (24, b.after_24)) AS a (months, twelfths)
    WHERE b.before IS NOT NULL AND a.twelfths IS NOT NULL
), cell AS (
    SELECT cohort_id, months, domain_id, array_agg(step) FILTER (WHERE takes_part) AS changes,
        count(*) FILTER (WHERE NOT takes_part) AS others,
        coalesce(sum(step) FILTER (WHERE NOT takes_part), 0) AS total,
        coalesce(sum(step * step) FILTER (WHERE NOT takes_part), 0) AS squares,
        array_agg(clinician_id) FILTER (WHERE NOT takes_part) AS who
    FROM change GROUP BY cohort_id, months, domain_id, profession, sector, career_stage, band
    HAVING bool_or(takes_part)
)
SELECT cohort_id, months, domain_id, changes, others, total, squares,
    CASE WHEN cardinality(%(cohorts)s::bigint[]) > 1 THEN who END
FROM cell
"""  # noqa: S608 (put together from this file)
# Of one person, before and after one place.
OWN = f"""
WITH people AS (
    SELECT n.cohort_id, n.clinician_id, '' AS profession, '' AS sector, true AS takes_part
    FROM programmes_enrolment n WHERE n.id = %(enrolment)s
), {LEVELS}
SELECT c.months, l.domain_id, l.twelfths::integer FROM chosen c JOIN level l ON l.assessment_id = c.assessment_id
"""  # noqa: S608 (put together from this file)


@dataclass(slots=True)
class Changes:
    """The cells of one domain at one point, by cohort, and of several cohorts who stands beside each."""

    by_cohort: dict[int, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def others(self, cohort_ids: Iterable[int]) -> int | None:
        """How many different people stand beside several cohorts; None where one alone has any."""
        sets = [self.beside[key] for key in cohort_ids if key in self.beside]
        return len(set().union(*sets)) if len(sets) > 1 else None


def domains_of(cohorts: Iterable[Cohort]) -> list[Domain]:
    """The domains that the programme of these cohorts develops; where it names none, those of the usual framework."""
    programme = next((cohort.version.programme for cohort in cohorts), None)
    named = list(programme.domains.select_related("version")) if programme else []
    if named:
        return named
    usual = FrameworkVersion.rows().current(today()).filter(is_default=True)
    return list(Domain.rows().filter(version__in=usual).select_related("version"))


def changes(cohorts: Sequence[Cohort], domains: Sequence[Domain]) -> Mapping[tuple[int, int], Changes]:
    """How levels changed, by point and domain, of those who completed and of the others in their cells; one query."""
    found: dict[tuple[int, int], Changes] = defaultdict(Changes)
    if not cohorts or not domains:
        return found
    asked = _asked(cohorts, domains) | {"cohorts": [cohort.pk for cohort in cohorts]}
    with transaction.atomic(), connection.cursor() as cursor:
        # Sorts and joins of this statement may take this much each; the rest goes to disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        # The planner takes the parts of the statement for small, and would search through one for each row of another.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(CHANGES, asked)
        rows = cursor.fetchall()
    for cohort_id, months, domain_id, steps, others, total, squares, who in rows:
        one = found[months, domain_id]
        one.by_cohort[cohort_id].append(Cell(tuple(steps), others, int(total), int(squares)))
        if others >= LEAST_IN_CELL and who:
            one.beside[cohort_id].update(who)
    return found


def own_levels(enrolment: Enrolment, domains: Sequence[Domain]) -> dict[tuple[int, int], int]:
    """The levels in twelfths of one participant, by moment (0 is before) and domain; one query."""
    if not domains:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OWN, _asked([enrolment.cohort], domains) | {"enrolment": enrolment.pk})
        return {(months, domain_id): twelfths for months, domain_id, twelfths in cursor.fetchall()}


def _asked(cohorts: Sequence[Cohort], domains: Sequence[Domain]) -> dict[str, Any]:
    moments = [
        (cohort.pk, months, span)
        for cohort in cohorts
        for months, span in spans(cohort.starts_on, cohort.ends_on).items()
    ]
    return {
        "span_cohorts": [cohort_id for cohort_id, _, _ in moments],
        "moments": [months for _, months, _ in moments],
        "firsts": [_midnight(span.first) for _, _, span in moments],
        "wanted": [_midnight(span.wanted) for _, _, span in moments],
        "ends": [_midnight(span.end) for _, _, span in moments],
        "domains": [domain.pk for domain in domains],
        "not_observed": [domain.version.scale(domain.scale).not_observed for domain in domains],
        "versions": sorted({domain.version_id for domain in domains}),
    }


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
