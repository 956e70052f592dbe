"""The report of a programme with many participants and others to compare, beside reading the levels it is made of.

Run it with `python -m tests.benchmarks.outcomes [participants] [others]` (500 and 20,000 unless named). Medians of
interleaved rounds; only the ratios mean anything. It works in a database of its own, which it removes.
"""

import os
import statistics
import sys
import time

import django

from tests import bootstrap  # noqa: F401 (the servers, before Django)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from programmes.levels import changes, domains_of  # noqa: E402
from programmes.models import Cohort  # noqa: E402
from programmes.outcome_report import report  # noqa: E402
from registry.accounts.roles import Role  # noqa: E402
from registry.clinicians.models import Clinician  # noqa: E402
from tests.factories.competency import framework  # noqa: E402
from tests.factories.organisations import OrganisationFactory  # noqa: E402
from tests.factories.people import user_with  # noqa: E402
from tests.factories.programmes import ProgrammeFactory  # noqa: E402
from tests.factories.programmes_outcomes import complete, finished  # noqa: E402

ROUNDS = 5

# Everybody is in one of eight groups, and agreed levels before and at each of the three points.
PEOPLE = """
SET session_replication_role = replica;
INSERT INTO clinicians_clinician (id, organisation_id, staff_number, given_name, family_name, email, profession, sector,
        career_stage, aspirations, readiness, mobility)
    SELECT n, %(trust)s, n, 'Ada', 'Clinician' || n, '', ('{doctor,nurse,midwife,pharmacist}'::text[])[n %% 4 + 1],
        ('{acute,community}'::text[])[n %% 2 + 1], 'experienced', '{}', '', ''
    FROM generate_series(1, %(people)s) n;
SET session_replication_role = origin;
"""
LEVELS = """
SET session_replication_role = replica;
INSERT INTO competency_assessment (id, clinician_id, version_id, framework, state, career_stage, matrix, appraiser_id,
        submitted_at, submitted_by_id, agreed_at, agreed_by_id)
    SELECT 4 * n + m, n, %(version)s, 'HLM', 'agreed', 'experienced', '', %(by)s, at, %(by)s, at, %(by)s
    FROM generate_series(1, %(people)s) n, generate_series(0, 3) m,
        LATERAL (SELECT %(ends_on)s::timestamptz + ('{-8 mons,6 mons,12 mons,24 mons}'::interval[])[m + 1] AS at) d;
INSERT INTO competency_elementlevel (assessment_id, element_id, self_level, evidence, agreed_level, reason)
    SELECT a.id, e.id, level, '', level, ''
    FROM competency_assessment a CROSS JOIN competency_element e JOIN competency_domain d ON d.id = e.domain_id,
        LATERAL (SELECT least(4, 1 + (a.id * 7 + e.id) %% 3 + (a.id %% 4) / 2) AS level) l
    WHERE d.version_id = %(version)s;
SET session_replication_role = origin;
"""


def populate(takers: int, others: int) -> list[Cohort]:
    """A cohort that ended long ago, with so many who completed it, and so many others."""
    trust, version = OrganisationFactory(), framework("HLM")
    programme = ProgrammeFactory(organisation=trust)
    programme.domains.set(version.domains.all())
    lead = user_with(Role.PROGRAMME_LEAD, trust)
    cohort = finished(programme, lead, ended=26, capacity=2000)
    people = takers + others
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"trust": trust.pk, "people": people})
        complete(cohort, Clinician.objects.filter(pk__lte=takers))
        parameters = {"version": version.pk, "ends_on": cohort.ends_on, "people": people, "by": lead.pk}
        cursor.execute(LEVELS, parameters)
        cursor.execute("VACUUM ANALYZE")
    return list(Cohort.objects.filter(pk=cohort.pk).with_programme())


def read_levels() -> None:
    """The reference: every agreed level by domain, as PostgreSQL adds them up without comparing anybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.clinician_id, e.domain_id, a.agreed_at, sum(l.agreed_level)
            FROM competency_assessment a JOIN competency_elementlevel l ON l.assessment_id = a.id
            JOIN competency_element e ON e.id = l.element_id
            WHERE a.state = 'agreed' GROUP BY 1, 2, 3
            """
        )
        cursor.fetchall()


def main() -> None:
    """Print the medians, and how many times the reference they are."""
    takers, others = [int(argument) for argument in sys.argv[1:]] or (500, 20_000)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        cohorts = populate(takers, others)
        lines = [line for point in report(cohorts).points for line in point.lines]
        if not all(line.shown for line in lines) or not lines:
            raise SystemExit("nothing was compared")
        domains = domains_of(cohorts)
        measured = {
            "levels read": read_levels,
            "changes": lambda: changes(cohorts, domains),
            "whole report": lambda: report(cohorts),
        }
        took: dict[str, list[float]] = {what: [] for what in measured}
        for _ in range(ROUNDS):
            for what, run in measured.items():
                start = time.perf_counter()
                run()
                took[what].append(time.perf_counter() - start)
        sys.stdout.write(f"{takers:,} participants, {others:,} others, {len(domains)} domains, 3 points\n")
        reference = statistics.median(took["levels read"])
        for what, seconds in took.items():
            median = statistics.median(seconds)
            sys.stdout.write(f"  {what:<13} {median:>6.2f} s  {median / reference:>5.2f} ×\n")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
