"""How agreed levels changed in groups of people, beside others who are alike: the cells, in one statement.

A group is of people who set out at the same time (a cohort, say), and has spans of days that count before and after.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from registry.competency.change.comparison import LEAST_IN_CELL, Cell
from registry.competency.change.spans import Spans
from registry.competency.models import Domain

# For each group and moment (0 is before), the assessment of each person in `people` that counts, and its levels: a
# domain's level in twelfths, as `competency.twelfths` rounds it. Only levels of one framework version are compared, and
# of one stage where it has stages.
LEVELS = """
span AS MATERIALIZED (
    SELECT * FROM unnest(%(span_groups)s::bigint[], %(moments)s::integer[], %(firsts)s::timestamptz[],
        %(wanted)s::timestamptz[], %(ends)s::timestamptz[]) AS s (group_id, months, first, wanted, until)
), wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(domains)s::bigint[], %(not_observed)s::integer[]) AS d (domain_id, not_observed)
), chosen AS MATERIALIZED (
    SELECT DISTINCT ON (p.group_id, p.clinician_id, s.months, a.version_id)
        p.group_id, p.clinician_id, p.takes_part, p.works_on, p.profession, p.sector, a.career_stage, a.version_id,
        s.months, a.id AS assessment_id, coalesce(a.stage, 0) AS stage
    FROM people p
    JOIN competency_assessment a ON a.clinician_id = p.clinician_id AND a.state = 'agreed'
        AND a.version_id = ANY(%(versions)s::bigint[])
    JOIN span s ON s.group_id = p.group_id AND a.agreed_at >= s.first AND a.agreed_at < s.until
    ORDER BY p.group_id, p.clinician_id, s.months, a.version_id,
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


@dataclass(slots=True)
class Changes:
    """The cells of one domain at one point, by group, and of several groups who stands beside each."""

    by_group: dict[int, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def others(self, keys: Iterable[int]) -> int | None:
        """How many different people stand beside several groups; None where one alone has any."""
        sets = [self.beside[key] for key in keys if key in self.beside]
        return len(set().union(*sets)) if len(sets) > 1 else None


def changes(
    people: str, asked: Mapping[str, Any], spans: Spans, domains: Sequence[Domain], *, months: Collection[int]
) -> Mapping[tuple[int, int], Changes]:
    """How levels changed, by point (of `months`) and domain, of those who take part and of the others in their cells.

    `people` are named parts of a statement, with `asked` as its parameters. The last part is called `people` and has
    group_id, clinician_id, takes_part, works_on (the domains that count for somebody who takes part; null for all),
    profession and sector. One query.
    """
    found: dict[tuple[int, int], Changes] = defaultdict(Changes)
    if not spans or not domains:
        return found
    with transaction.atomic(), connection.cursor() as cursor:
        # Sorts and joins of this statement may take this much each; the rest goes to disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        # The planner takes the parts of the statement for small, and would search through one for each row of another.
        cursor.execute("SET LOCAL enable_nestloop = off")
        several = {"several": len(spans) > 1}
        cursor.execute(_statement(people, months), {**asked, **parameters(spans, domains), **several})
        rows = cursor.fetchall()
    for group_id, month, domain_id, steps, others, total, squares, who in rows:
        one = found[month, domain_id]
        one.by_group[group_id].append(Cell(tuple(steps), others, int(total), int(squares)))
        if others >= LEAST_IN_CELL and who:
            one.beside[group_id].update(who)
    return found


def parameters(spans: Spans, domains: Sequence[Domain]) -> dict[str, Any]:
    """What `LEVELS` asks for."""
    moments = [(key, month, span) for key, some in spans.items() for month, span in some.items()]
    return {
        "span_groups": [key for key, _, _ in moments],
        "moments": [month for _, month, _ in moments],
        "firsts": [_midnight(span.first) for _, _, span in moments],
        "wanted": [_midnight(span.wanted) for _, _, span in moments],
        "ends": [_midnight(span.end) for _, _, span in moments],
        "domains": [domain.pk for domain in domains],
        "not_observed": [domain.version.scale(domain.scale).not_observed for domain in domains],
        "versions": sorted({domain.version_id for domain in domains}),
    }


def _statement(people: str, months: Collection[int]) -> str:
    after = ", ".join(
        f"min({what}) FILTER (WHERE c.months = {month:d}) AS {name}_{month:d}"
        for month in (0, *months)
        for what, name in (("l.twelfths", "level"), ("c.stage", "stage"))
    )
    points = ", ".join(f"({month:d}, b.level_{month:d}, b.stage_{month:d})" for month in months)
    # A band is a whole level: from 2 up to, and not including, 3.
    return f"""
        WITH {people}, {LEVELS}, pair AS MATERIALIZED (
            SELECT c.group_id, c.clinician_id, bool_or(c.takes_part) AS takes_part, min(c.works_on) AS works_on,
                l.domain_id, min(c.profession) AS profession, min(c.sector) AS sector,
                min(c.career_stage) FILTER (WHERE c.months = 0) AS career_stage, {after}
            FROM chosen c JOIN level l ON l.assessment_id = c.assessment_id
            GROUP BY c.group_id, c.clinician_id, l.domain_id
        ), change AS (
            SELECT b.group_id, b.clinician_id, b.takes_part, a.months, b.domain_id, b.profession, b.sector,
                b.career_stage, b.level_0 / 12 AS band, a.stage, (a.level - b.level_0)::integer AS step
            FROM pair b CROSS JOIN LATERAL (VALUES {points}) AS a (months, level, stage)
            WHERE b.level_0 IS NOT NULL AND a.level IS NOT NULL AND a.stage = b.stage_0
                AND (b.works_on IS NULL OR b.domain_id = ANY(b.works_on))
        ), cell AS (
            SELECT group_id, months, domain_id, array_agg(step) FILTER (WHERE takes_part) AS changes,
                count(*) FILTER (WHERE NOT takes_part) AS others,
                coalesce(sum(step) FILTER (WHERE NOT takes_part), 0) AS total,
                coalesce(sum(step * step) FILTER (WHERE NOT takes_part), 0) AS squares,
                array_agg(clinician_id) FILTER (WHERE NOT takes_part) AS who
            FROM change GROUP BY group_id, months, domain_id, profession, sector, career_stage, band, stage
            HAVING bool_or(takes_part)
        )
        SELECT group_id, months, domain_id, changes, others, total, squares, CASE WHEN %(several)s THEN who END
        FROM cell
    """  # noqa: S608 (put together from constants of the code)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
