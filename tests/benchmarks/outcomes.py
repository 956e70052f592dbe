"""The report of a programme with many participants, beside many people who took no programme.

Run it with `python -m tests.benchmarks.outcomes [participants] [others]` (500 and 20,000 unless named). Seconds, the
median of some rounds, of the statement that reads the changes and of the whole report. It works in a database of its
own, which it removes.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

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


def seconds(act: Callable[[], object]) -> float:
    """The median over the rounds."""
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def main() -> None:
    """Print how long each takes."""
    takers, others = [int(argument) for argument in sys.argv[1:]] or (500, 20_000)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        cohorts = populate(takers, others)
        lines = [line for point in report(cohorts).points for line in point.lines]
        if not all(line.shown for line in lines) or not lines:
            raise SystemExit("nothing was compared")
        domains = domains_of(cohorts)
        sys.stdout.write(f"{takers:,} participants, {others:,} others, {len(domains)} domains, 3 points\n")
        sys.stdout.write(f"  changes of levels  {seconds(lambda: changes(cohorts, domains)):.2f} s\n")
        sys.stdout.write(f"  the whole report   {seconds(lambda: report(cohorts)):.2f} s\n")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
