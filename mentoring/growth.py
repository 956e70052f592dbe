"""How agreed levels changed in what mentees worked on, beside matched people who were never mentored."""

import datetime
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta

from mentoring.forms import domains_to_choose
from mentoring.models import Relationship
from mentoring.quarters import Quarter, last_quarters
from registry.competency.change.comparison import Cell, publish
from registry.competency.change.levels import changes
from registry.competency.change.spans import Span
from registry.competency.change.wording import DomainLine, charts, line_of
from registry.competency.models import Domain
from registry.competency.radar import Chart
from registry.kernel.permissions import Permission as P

# In months after the quarter in which mentoring began; the levels that count were agreed so many months around it.
AFTER, WINDOW, BEFORE_MONTHS = 12, 3, 24
QUARTERS = 8
# Each person once, when they were first mentored, with the domains they then asked for; and, of the same profession and
# sector, everybody who never was.
PEOPLE = """
first AS MATERIALIZED (
    SELECT DISTINCT ON (r.clinician_id) r.clinician_id, r.wanted_id, r.started_at
    FROM mentoring_relationship r WHERE r.id = ANY(%(relationships)s::bigint[])
    ORDER BY r.clinician_id, r.started_at, r.id
), taker AS MATERIALIZED (
    SELECT q.id AS group_id, f.clinician_id, c.profession, c.sector,
        (SELECT array_agg(n.domain_id) FROM mentoring_requestneed n WHERE n.request_id = f.wanted_id) AS works_on
    FROM first f JOIN clinicians_clinician c ON c.id = f.clinician_id
    JOIN unnest(%(quarters)s::integer[], %(begins)s::date[], %(ends)s::date[]) AS q (id, begins, ends)
        ON (f.started_at AT TIME ZONE 'Europe/London')::date >= q.begins
        AND (f.started_at AT TIME ZONE 'Europe/London')::date < q.ends
), people AS MATERIALIZED (
    SELECT group_id, clinician_id, true AS takes_part, coalesce(works_on, '{}') AS works_on, profession, sector
    FROM taker
    UNION ALL
    SELECT t.group_id, c.id, false, NULL, c.profession, c.sector
    FROM (SELECT DISTINCT group_id, profession, sector FROM taker) t
    JOIN clinicians_clinician c ON c.profession = t.profession AND c.sector = t.sector
    WHERE NOT EXISTS (
        SELECT FROM mentoring_relationship r WHERE r.clinician_id = c.id AND r.started_at IS NOT NULL
    )
)
"""


@dataclass(frozen=True, slots=True)
class Growth:
    """The domains with what may be told of each, and charts where anything is."""

    lines: tuple[DomainLine, ...]
    wide: Chart | None
    narrow: Chart | None


def growth(user: Any, day: datetime.date) -> Growth:
    """Of the mentees at whose organisations one may look, in quarters whose point has come; as many queries for all."""
    scope = user.scope_for(P.MENTORING_REPORT)
    rows = Relationship.visible_to(user, P.MENTORING_REPORT).of_mentees_within(scope).exclude(started_at=None)
    quarters = last_quarters(QUARTERS, day - relativedelta(months=AFTER + 3))
    domains = list(domains_to_choose().select_related("version"))
    numbered = dict(enumerate(quarters))
    asked = {
        "relationships": list(rows.order_by().values_list("pk", flat=True)),
        "quarters": list(numbered),
        "begins": [quarter.first for quarter in quarters],
        "ends": [quarter.after for quarter in quarters],
    }
    spans = {key: _spans(quarter) for key, quarter in numbered.items()}
    found = changes(PEOPLE, asked, spans, domains, months=[AFTER])
    told = [line_of(domain, _total(domain, list(numbered), found.get((AFTER, domain.pk)))) for domain in domains]
    wide, narrow = charts(told)
    return Growth(tuple(line for line, _ in told), wide, narrow)


def _spans(quarter: Quarter) -> dict[int, Span]:
    point = quarter.first + relativedelta(months=AFTER)
    return {
        0: Span(quarter.first - relativedelta(months=BEFORE_MONTHS), quarter.first, quarter.first),
        AFTER: Span(point - relativedelta(months=WINDOW), point, quarter.after + relativedelta(months=AFTER + WINDOW)),
    }


def _total(domain: Domain, keys: Sequence[int], found: Any) -> Any:
    groups: dict[Hashable, list[Cell]] = {key: found.by_group.get(key, []) if found else [] for key in keys}
    return publish(groups, others=found.others).total if found else publish(groups).total
