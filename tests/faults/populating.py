"""The registry's tables in the fault suite's own PostgreSQL, and the people in them."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import environ
from django.db import connection, connections

from registry.accounts.roles import Role
from registry.appraisals.models import Obligation
from tests.factories.appraisals import CycleRuleFactory, ObligationFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, user_with
from tests.faults.servers import Postgres

PEOPLE = 320


def copy_tables(postgres: Postgres) -> None:
    """The tables of the test run's database: migrating another would take half a minute."""
    named = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    dump = subprocess.run([postgres.binaries / "pg_dump", "--no-owner", named], check=True, capture_output=True).stdout
    subprocess.run(
        [postgres.binaries / "psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", postgres.url],
        input=dump,
        check=True,
        capture_output=True,
    )


@contextmanager
def instead(url: str) -> Iterator[None]:
    """Have Django's models speak to this database for the length of a block."""
    usual = connections["default"]
    connections["default"] = other = usual.__class__(usual.settings_dict | environ.Env.db_url_config(url), "default")
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual


def populate() -> None:
    """People without accounts at one trust, under one cycle, and the one who appraises them all."""
    trust, rule = OrganisationFactory(region="Y62"), CycleRuleFactory()
    clinicians = [
        ClinicianFactory.build(organisation=trust, email=f"clinician{number}@trust.example") for number in range(PEOPLE)
    ]
    for clinician in clinicians:
        clinician.save()
    Obligation.objects.bulk_create(
        ObligationFactory.build(clinician=clinician, cycle=rule.cycle) for clinician in clinicians
    )
    user_with(Role.APPRAISER, email="appraiser@trust.example", digest=True)
