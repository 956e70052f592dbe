"""Puts down in the outbox what `schedule.due_on` defines, in one statement however many people there are."""

import datetime
from collections import defaultdict
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from registry.appraisals.models import Appraisal, CycleRule, QuietPeriod
from registry.appraisals.schedule import Calendar, Rule, Step, Window, steps_of, window
from registry.appraisals.states import SIGNED
from registry.kernel.locks import advisory_lock

log = structlog.get_logger(__name__)

KIND = "appraisal_reminder"
# How far this machine's clock and the database's may be apart.
MOST_APART = datetime.timedelta(days=1)

# Read from the top: the steps and calendars of the day (from `schedule`), the officers of each organisation (the
# nearest who hold the role) and whoever still holds the other roles, each step that has come for an open appraisal and
# is not in the outbox yet (what was dropped there reached nobody), whom it is for (the officers where that person is
# not there), and what goes out as one. The outbox's unique key is the ledger:
# whatever else writes at this moment, nothing is put down twice.
# `OFFSET 0` keeps the planner from turning the search by index for each row into one over everything: right after a
# first run it knows nothing yet of what that run wrote, and then its guess can take minutes.
STATEMENT = """
WITH step AS MATERIALIZED (
    SELECT * FROM unnest(
        %(rules)s::bigint[], %(statutory)s::boolean[], %(names)s::text[], %(roles)s::text[], %(days)s::integer[],
        %(ahead)s::boolean[], %(until)s::date[]
    ) AS s (rule_id, statutory, name, role, days, ahead, until)
), calendar AS MATERIALIZED (
    SELECT * FROM unnest(
        %(organisations)s::bigint[], %(ahead_until)s::date[], %(after_until)s::date[], %(ahead_late_until)s::date[],
        %(after_late_until)s::date[]
    ) AS q (organisation_id, ahead_until, after_until, ahead_late_until, after_late_until)
), granted AS MATERIALIZED (
    SELECT g.role, g.level, g.organisation_id, g.region_id, u.id, u.digest, u.optional_mail
    FROM accounts_rolegrant g JOIN accounts_user u ON u.id = g.user_id
    WHERE g.role IN ('hr_officer', 'responsible', 'appraiser') AND g.revoked_at IS NULL
        AND u.is_active AND NOT u.is_client
), reach AS MATERIALIZED (
    SELECT role, organisation_id, 1 AS distance, id, digest, optional_mail
    FROM granted WHERE level = 'organisation' AND role <> 'appraiser'
    UNION
    SELECT g.role, l.organisation_id, 2, g.id, g.digest, g.optional_mail
    FROM granted g JOIN organisations_regionlink l ON l.region_id = g.region_id AND l.period @> %(day)s::date
    WHERE g.role <> 'appraiser'
    UNION
    SELECT g.role, o.id, 3, g.id, g.digest, g.optional_mail
    FROM granted g CROSS JOIN organisations_organisation o WHERE g.level = 'national' AND g.role <> 'appraiser'
), officer AS MATERIALIZED (
    SELECT organisation_id, id, digest, optional_mail
    FROM (
        SELECT *, min(distance) OVER (PARTITION BY organisation_id) AS nearest FROM reach WHERE role = 'hr_officer'
    ) AS r
    WHERE distance = nearest
), responsible AS MATERIALIZED (
    SELECT DISTINCT organisation_id, id FROM reach WHERE role = 'responsible'
), appraiser AS MATERIALIZED (
    SELECT DISTINCT id FROM granted WHERE role = 'appraiser'
), come AS (
    SELECT
        a.id AS about_id, to_char(a.due_on, 'YYYY-MM-DD:') || s.name AS step, s.role, s.statutory, c.organisation_id,
        a.due_on + s.days <= CASE
            WHEN s.ahead THEN coalesce(q.ahead_late_until, %(usual_ahead_late)s::date)
            ELSE coalesce(q.after_late_until, %(usual_after_late)s::date)
        END AS late,
        u.id AS user_id, u.digest, u.optional_mail,
        CASE
            WHEN u.id IS NOT NULL THEN NULL
            WHEN s.role = 'appraisee' AND c.email <> '' THEN c.id
            WHEN s.role = 'manager' AND m.email <> '' THEN m.id
        END AS clinician_id
    FROM step s
    CROSS JOIN LATERAL (
        SELECT id, clinician_id, appraiser_id, due_on FROM appraisals_appraisal
        WHERE rule_id = s.rule_id AND state IN ('preparing', 'ready', 'signed')
            AND due_on <= s.until AND due_on + s.days >= reminders_from
        OFFSET 0
    ) AS a
    JOIN clinicians_clinician c ON c.id = a.clinician_id
    LEFT JOIN calendar q ON q.organisation_id = c.organisation_id
    LEFT JOIN clinicians_clinician m ON s.role = 'manager' AND m.id = c.line_manager_id
    LEFT JOIN appraisals_connection k ON s.role = 'responsible' AND k.clinician_id = c.id AND k.ended_on IS NULL
    LEFT JOIN responsible r ON r.id = k.responsible_officer_id AND r.organisation_id = k.designated_body_id
    LEFT JOIN appraiser p ON s.role = 'appraiser' AND p.id = a.appraiser_id
    LEFT JOIN accounts_user u ON u.is_active AND NOT u.is_client AND u.id = CASE s.role
        WHEN 'appraisee' THEN c.user_id
        WHEN 'appraiser' THEN p.id
        WHEN 'manager' THEN m.user_id
        WHEN 'responsible' THEN r.id
    END
    WHERE a.due_on + s.days <= CASE
            WHEN s.ahead THEN coalesce(q.ahead_until, %(usual_ahead)s::date)
            ELSE coalesce(q.after_until, %(usual_after)s::date)
        END
        AND NOT EXISTS (
            SELECT FROM notifications_message n
            WHERE n.kind = %(kind)s AND n.about_id = a.id AND n.step = to_char(a.due_on, 'YYYY-MM-DD:') || s.name
                AND n.state <> 'dropped' AND NOT n.left_out AND NOT EXISTS (
                    SELECT FROM notifications_message h WHERE h.id = n.head_id AND h.state = 'dropped' OFFSET 0
                )
            OFFSET 0
        )
), told AS MATERIALIZED (
    SELECT
        d.about_id, d.step, d.organisation_id,
        -- One number for whoever is told: even for accounts, odd for people without.
        coalesce(2 * coalesce(d.user_id, o.id), 2 * d.clinician_id + 1) AS who,
        NOT d.statutory AND NOT coalesce(d.optional_mail, o.optional_mail, true) AS in_registry,
        d.late OR o.id IS NOT NULL OR d.role IN ('manager', 'responsible')
            OR coalesce(d.digest, false) AS together
    FROM come d
    LEFT JOIN officer o ON o.organisation_id = CASE
        WHEN d.user_id IS NULL AND d.clinician_id IS NULL THEN d.organisation_id
    END
), numbered AS (
    SELECT nextval(%(sequence)s::regclass) AS id, * FROM (
        SELECT *, CASE who %% 2 WHEN 0 THEN 'u' ELSE 'c' END || who / 2 AS recipient_key FROM told WHERE who IS NOT NULL
    ) AS t
    WHERE NOT EXISTS (
        SELECT FROM notifications_message n
        WHERE n.kind = %(kind)s AND n.about_id = t.about_id AND n.step = t.step AND n.recipient_key = t.recipient_key
        OFFSET 0
    )
), headed AS (
    SELECT *, CASE
        WHEN bool_or(together) OVER all_of_theirs THEN min(id) OVER all_of_theirs
        ELSE min(id) OVER (PARTITION BY who, in_registry, organisation_id, about_id)
    END AS first_id
    FROM numbered WINDOW all_of_theirs AS (PARTITION BY who, in_registry, organisation_id)
), written AS (
    INSERT INTO notifications_message (
        id, kind, about_id, step, recipient_key, recipient_id, organisation_id, planned_for, channel, head_id, state,
        attempts, last_error
    )
    SELECT
        id, %(kind)s, about_id, step, recipient_key,
        CASE who %% 2 WHEN 0 THEN who / 2 END, organisation_id, %(day)s::date,
        CASE WHEN in_registry THEN 'inbox' ELSE 'email' END, nullif(first_id, id),
        CASE first_id WHEN id THEN 'waiting' ELSE 'folded' END, 0, ''
    FROM headed
    ON CONFLICT (kind, about_id, step, recipient_key) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM told WHERE who IS NULL)
"""


@transaction.atomic
def plan(day: datetime.date) -> int:
    """Put down what is due on this day and is not in the outbox yet; answers how many rows.

    Safe to run twice and side by side. What is for nobody who can be told, officers included, is said in the log and
    stays due until somebody is there.
    """
    usual = window(day, Calendar())
    if usual is None:
        return 0
    advisory_lock("plan appraisal reminders")
    special = _windows(day)
    with connection.cursor() as cursor:
        # Sorts and joins of this statement may take this much each; the rest goes to disk.
        cursor.execute("SET LOCAL work_mem = '32MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SELECT pg_get_serial_sequence('notifications_message', 'id')")
        (sequence,) = cursor.fetchone()
        fixed = {"day": day, "kind": KIND, "sequence": sequence}
        cursor.execute(STATEMENT, fixed | _steps(usual, special) | _calendars(usual, special))
        written, for_nobody = cursor.fetchone()
    if for_nobody:
        log.error("reminders_for_nobody", day=day.isoformat(), reminders=for_nobody)
    log.info("reminders_planned", day=day.isoformat(), reminders=written)
    return written


def plan_today() -> int | None:
    """Plan the database's day in London; None, and an error in the log, where this machine's clock is far off.

    Machines whose clocks disagree by more than a day are set up wrongly, and what is sent cannot be taken back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    apart = abs(timezone.now() - now)
    if apart > MOST_APART:
        log.error("clocks_disagree", hours=round(apart.total_seconds() / 3600), planned=False)
        return None
    return plan(timezone.localdate(now))


def rules() -> dict[int, Rule]:
    """What each rule says about reminders, by its key."""
    return {
        rule.pk: Rule(
            statutory=rule.cycle.statutory,
            signed=rule.cycle.kind in SIGNED,
            lead_days=tuple(rule.lead_days),
            overdue_every=rule.overdue_every,
            manager_after=rule.manager_after,
            responsible_officer_after=rule.responsible_officer_after,
            officers_after=rule.officers_after,
        )
        for rule in CycleRule.rows().select_related("cycle")
    }


def calendars() -> dict[int, Calendar]:
    """The calendars of the organisations that have quiet periods; all others keep weekends and bank holidays only."""
    quiet = defaultdict(list)
    for organisation, first, last in QuietPeriod.objects.values_list("organisation_id", "first_day", "last_day"):
        quiet[organisation].append((first, last))
    return {organisation: Calendar(tuple(sorted(periods))) for organisation, periods in quiet.items()}


def _windows(day: datetime.date) -> dict[int, Window | None]:
    """What has come by this day at each organisation with quiet periods; None where nobody is reminded today."""
    return {organisation: window(day, calendar) for organisation, calendar in calendars().items()}


def _steps(usual: Window, special: dict[int, Window | None]) -> dict[str, list[Any]]:
    """The steps as columns that have come for anybody, each with the latest due date for which it has come anywhere."""
    windows = {usual, *(seen for seen in special.values() if seen)}
    still_open = Appraisal.objects.still_open().filter(rule=OuterRef("pk")).order_by("due_on")
    first = CycleRule.rows().annotate(first_due=Subquery(still_open.values("due_on")[:1]))
    first_due = dict(first.filter(first_due__isnull=False).values_list("pk", "first_due"))

    def latest(step: Step) -> datetime.date:
        return max(seen.latest_due(step) for seen in windows)

    rows = [
        (key, rule.statutory, step.name, step.role.value, step.days, step.ahead, latest(step))
        for key, rule in rules().items()
        for step in steps_of(rule)
        if key in first_due and first_due[key] <= latest(step)
    ]
    names = ("rules", "statutory", "names", "roles", "days", "ahead", "until")
    return {name: [row[n] for row in rows] for n, name in enumerate(names)}


def _calendars(usual: Window, special: dict[int, Window | None]) -> dict[str, Any]:
    """The calendars as columns: the usual one, and those of organisations with quiet periods."""
    never = datetime.date.min
    closed = Window(never, never, never, never)
    seen = {organisation: found or closed for organisation, found in special.items() if found != usual}
    return {
        "usual_ahead": usual.ahead_until,
        "usual_after": usual.after_until,
        "usual_ahead_late": usual.ahead_late_until,
        "usual_after_late": usual.after_late_until,
        "organisations": list(seen),
        "ahead_until": [found.ahead_until for found in seen.values()],
        "after_until": [found.after_until for found in seen.values()],
        "ahead_late_until": [found.ahead_late_until for found in seen.values()],
        "after_late_until": [found.after_late_until for found in seen.values()],
    }
