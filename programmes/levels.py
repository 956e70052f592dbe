"""Agreed levels before and after a programme, from the agreed assessments, for whole cohorts in one statement."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from programmes.models import Cohort, Enrolment
from programmes.points import AFTER, spans
from registry.competency.change import levels
from registry.competency.change.spans import Spans
from registry.competency.models import Domain, FrameworkVersion
from registry.kernel.clock import today

# Those who completed a place; and, of the same profession and sector, everybody who never had one.
PEOPLE = """
taker AS MATERIALIZED (
    SELECT n.cohort_id AS group_id, n.clinician_id, c.profession, c.sector
    FROM programmes_enrolment n JOIN clinicians_clinician c ON c.id = n.clinician_id
    WHERE n.cohort_id = ANY(%(cohorts)s::bigint[]) AND n.state = 'completed'
), people AS MATERIALIZED (
    SELECT group_id, clinician_id, true AS takes_part, NULL::bigint[] AS works_on, profession, sector FROM taker
    UNION ALL
    SELECT t.group_id, c.id, false, NULL, c.profession, c.sector
    FROM (SELECT DISTINCT group_id, profession, sector FROM taker) t
    JOIN clinicians_clinician c ON c.profession = t.profession AND c.sector = t.sector
    WHERE NOT EXISTS (SELECT FROM programmes_enrolment n WHERE n.clinician_id = c.id)
)
"""
# Of one person, before and after one place.
OWN = f"""
WITH people AS (
    SELECT n.cohort_id AS group_id, n.clinician_id, true AS takes_part, NULL::bigint[] AS works_on,
        '' AS profession, '' AS sector
    FROM programmes_enrolment n WHERE n.id = %(enrolment)s
), {levels.LEVELS}
SELECT c.months, l.domain_id, l.twelfths::integer FROM chosen c JOIN level l ON l.assessment_id = c.assessment_id
"""  # noqa: S608 (put together from constants of the code)


def domains_of(cohorts: Iterable[Cohort]) -> list[Domain]:
    """The domains that the programme of these cohorts develops; where it names none, those of the usual framework."""
    programme = next((cohort.version.programme for cohort in cohorts), None)
    named = list(programme.domains.select_related("version")) if programme else []
    if named:
        return named
    usual = FrameworkVersion.rows().current(today()).filter(is_default=True)
    return list(Domain.rows().filter(version__in=usual).select_related("version"))


def changes(cohorts: Sequence[Cohort], domains: Sequence[Domain]) -> Mapping[tuple[int, int], levels.Changes]:
    """How levels changed, by point and domain, of those who completed and of the others in their cells; one query."""
    asked = {"cohorts": [cohort.pk for cohort in cohorts]}
    return levels.changes(PEOPLE, asked, _spans(cohorts), domains, months=AFTER)


def own_levels(enrolment: Enrolment, domains: Sequence[Domain]) -> dict[tuple[int, int], int]:
    """The levels in twelfths of one participant, by moment (0 is before) and domain; one query."""
    if not domains:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OWN, levels.parameters(_spans([enrolment.cohort]), domains) | {"enrolment": enrolment.pk})
        return {(months, domain_id): twelfths for months, domain_id, twelfths in cursor.fetchall()}


def _spans(cohorts: Iterable[Cohort]) -> Spans:
    return {cohort.pk: spans(cohort.starts_on, cohort.ends_on) for cohort in cohorts}
