"""Planning and taking reminders in sets, beside one Celery task for each person, in one run on one machine.

Run it with `python -m tests.benchmarks.remind [people …]` (10,000, 100,000 and 1,000,000 unless named). Rows a second,
medians of interleaved rounds; only the ratios mean anything. It works in a database of its own, which it removes.
"""

import datetime
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import django

from tests import bootstrap  # noqa: F401 (the servers, before Django)
from tests.paths import ROOT

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from registry.appraisals.planning import plan  # noqa: E402
from registry.config.celery import app  # noqa: E402
from registry.notifications.delivery import SHOWN_BATCH  # noqa: E402
from registry.notifications.models import Message  # noqa: E402
from registry.notifications.outbox import claim, finish  # noqa: E402
from registry.notifications.states import Channel  # noqa: E402
from registry.organisations.models import Kind, Organisation  # noqa: E402
from tests.benchmarks.remind_reference import remind_one  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
DAY = datetime.date(2027, 3, 3)
SAMPLE = 5_000
ROUNDS = 3

# Everybody has one appraisal with one step due on the day; of those due in 28 and 7 days the appraiser is told too.
POPULATION = """
SET session_replication_role = replica;
TRUNCATE accounts_user, organisations_organisation, appraisals_cycle, notifications_message CASCADE;
INSERT INTO accounts_user (id, email, name, password, is_active, is_client)
    SELECT n, 'person' || n || '@trust.example', 'Person ' || n, '!', true, false
    FROM generate_series(1, %(people)s) n;
INSERT INTO clinicians_clinician (id, user_id, organisation_id, line_manager_id, appraiser_id, staff_number,
        given_name, family_name, email, profession, sector, career_stage, aspirations, readiness, mobility)
    SELECT n, n, n %% 200 + 1, n %% (%(people)s / 20) + 1, n %% (%(people)s / 10) + 1, n, 'Ada', 'Clinician' || n, 'person' || n || '@trust.example',
        'doctor', 'acute', 'experienced', '{}', '', ''
    FROM generate_series(1, %(people)s) n;
INSERT INTO accounts_rolegrant (id, user_id, role, level, organisation_id)
    SELECT n, n, 'appraiser', 'organisation', n %% 200 + 1 FROM generate_series(1, %(people)s / 10) n;
INSERT INTO appraisals_cycle (id, code, name, kind, register, statutory, checklist)
    VALUES (1, 'medical', 'Medical appraisal', 'appraisal', 'GMC', true, '[]');
INSERT INTO appraisals_cyclerule (id, cycle_id, effective_from, shape, lead_days, overdue_every, manager_after,
        responsible_officer_after, officers_after, source)
    VALUES (1, 1, '2020-01-01', '{}', '{84,56,28,14,7,1}', 7, 14, 28, 42, 'A benchmark');
INSERT INTO appraisals_obligation (id, clinician_id, cycle_id, started_on)
    SELECT n, n, 1, '2020-01-01' FROM generate_series(1, %(people)s) n;
INSERT INTO appraisals_appraisal (id, clinician_id, obligation_id, rule_id, appraiser_id, state, opens_on, due_on,
        reminders_from, meeting_place, calendar_uid, calendar_sequence, outcome, summary)
    SELECT n, n, n, 1, n %% (%(people)s / 10) + 1, 'preparing', due - 84, due, %(day)s, '', gen_random_uuid(), 0, '', ''
    FROM generate_series(1, %(people)s) n,
        LATERAL (SELECT %(day)s::date + ('{84,56,28,14,7,1}'::int[])[n %% 6 + 1] AS due) d;
SET session_replication_role = origin;
"""


def populate(people: int) -> None:
    """So many people, and nothing in the outbox."""
    with connection.cursor() as cursor:
        cursor.execute(POPULATION, {"people": people, "day": DAY})
        Organisation.objects.bulk_create(
            Organisation(pk=n, ods_code=f"T{n:03}", name=f"Fictional Trust {n}", kind=Kind.TRUST, opened_on=DAY)
            for n in range(1, 201)
        )
        cursor.execute("VACUUM ANALYZE")


def empty() -> None:
    """Take everything out of the outbox, and let what that left settle, so that no measurement pays for another's."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_message")
        cursor.execute("CHECKPOINT")


@contextmanager
def worker() -> Iterator[None]:
    """A Celery worker on this machine's cores and the benchmark's database."""
    app.control.purge()
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    command = [sys.executable, "-m", "celery", "-A", "tests.benchmarks.remind_reference", "worker"]
    process = subprocess.Popen(
        [*command, f"--concurrency={os.cpu_count()}", "--without-gossip", "--without-mingle", "--loglevel=WARNING"],
        cwd=ROOT,
        env=os.environ | {"REGISTRY_MODE": "test", "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        remind_one.delay(1, DAY.isoformat())
        wait_for(1)  # it has started
        yield
    finally:
        process.terminate()
        process.wait(30)
        app.control.purge()


def wait_for(rows: int) -> None:
    """Until so many messages are there; gives up after a minute in which no more came."""
    last, since = -1, time.monotonic()
    while (count := Message.objects.count()) < rows:
        if count > last:
            last, since = count, time.monotonic()
        elif time.monotonic() > since + 60:
            raise SystemExit(f"the reference stopped after {count} of {rows} rows")
        time.sleep(0.02)


def one_task_each(people: int) -> float:
    """Rows a second of the reference, from the first task handed over to the last message written."""
    empty()
    sample = min(SAMPLE, people)
    start = time.perf_counter()
    for key in range(1, sample + 1):
        remind_one.delay(key, DAY.isoformat())
    wait_for(sample)
    return sample / (time.perf_counter() - start)


def planned(people: int) -> float:
    """Rows a second of `plan`, until committed."""
    empty()
    start = time.perf_counter()
    rows = plan(DAY)
    took = time.perf_counter() - start
    if rows != people + (people + 4) // 6 + (people + 2) // 6:
        raise SystemExit(f"{rows} rows were planned for {people} people")
    return rows / took


def planned_again(people: int) -> float:
    """Rows a second that `plan` finds to be there already."""
    rows, start = Message.objects.count(), time.perf_counter()
    if plan(DAY):
        raise SystemExit("a row was planned twice")
    return rows / (time.perf_counter() - start)


def taken(people: int) -> float:
    """Rows a second taken from the outbox and marked as sent, in batches, each in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_message SET channel = 'inbox'")
        cursor.execute("VACUUM ANALYZE notifications_message")
    rows, start = 0, time.perf_counter()
    while rows < 100 * SHOWN_BATCH:
        with transaction.atomic():
            batch = claim(SHOWN_BATCH, channel=Channel.INBOX)
            if not batch:
                break
            finish(batch[0].head.taken_by, sent=[outgoing.head.pk for outgoing in batch])
        rows += len(batch)
    return rows / (time.perf_counter() - start)


MEASURED = {
    "one task each": one_task_each,
    "planned": planned,
    "planned again": planned_again,
    "taken and marked": taken,
}


def main() -> None:
    """Print, for each size, the medians and how many times the reference they are."""
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        populate(SAMPLE)
        with worker():
            for people in [int(argument) for argument in sys.argv[1:]] or SIZES:
                populate(people)
                rates: dict[str, list[float]] = {measured: [] for measured in MEASURED}
                for _ in range(ROUNDS):
                    for measured, run in MEASURED.items():
                        rates[measured].append(run(people))
                        sys.stderr.write(f"  {people:,} people, {measured}: {rates[measured][-1]:,.0f} rows/s\n")
                report(people, {measured: statistics.median(found) for measured, found in rates.items()})
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def report(people: int, rates: dict[str, float]) -> None:
    """One line for each measurement, and how much memory this process ever had."""
    reference = rates["one task each"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{people:,} people (this process never had more than {memory} MB)\n")
    for measured, rate in rates.items():
        sys.stdout.write(f"  {measured:<17} {rate:>9,.0f} rows/s  {rate / reference:>6.1f} ×\n")


if __name__ == "__main__":
    main()
