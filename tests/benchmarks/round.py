"""A whole matching round on the database: who takes part, the best answer with its proof, the rows, and publishing.

Run it with `python -m tests.benchmarks.round [mentees ...]` (1,000 and 5,000 unless named; three mentors for five
mentees, with one place each). It works in a database of its own, which it removes.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

from tests import bootstrap  # noqa: F401 (the servers, before Django)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from mentoring.actions import publishing, rounds, solving  # noqa: E402
from mentoring.population import population  # noqa: E402
from mentoring.tasks import solve_round  # noqa: E402
from registry.accounts.roles import Role  # noqa: E402
from tests.factories import mentoring_rounds as made  # noqa: E402
from tests.factories.organisations import OrganisationFactory  # noqa: E402
from tests.factories.people import user_with  # noqa: E402

SIZES = (1_000, 5_000)


def timed(run: Callable[[], Any]) -> float:
    """The seconds it takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(mentees: int) -> None:
    """Print what a round of so many takes."""
    trust = OrganisationFactory()
    lead = user_with(Role.PROGRAMME_LEAD, trust)
    made.many(trust, mentees=mentees, mentors=mentees * 3 // 5)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    round_ = made.opened(lead, trust)
    version = rounds.ask_version(round=round_, by=lead)
    reading = timed(lambda: population(round_))
    whole = timed(lambda: solving.solve(version_id=version.pk))
    version.refresh_from_db()
    if version.status != "ready" or version.matched != version.mentors:
        raise SystemExit(f"the round was not matched: {version.status}, {version.matched}")
    publish = timed(lambda: publishing.publish(round=round_, by=lead))
    sys.stdout.write(
        f"{mentees:>6,} mentees: {whole:>6.1f} s, of which reading people {reading:>5.1f} s; "
        f"publishing {version.matched:,} pairs {publish:>5.1f} s\n"
    )


def main() -> None:
    """Measure each size in a trust of its own."""
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    # It is matched here: nobody listens to the queue.
    solve_round.delay = lambda key: None
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        for size in sizes:
            measure(size)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE accounts_user SET email = id || '@done.example'")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
