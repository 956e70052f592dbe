"""`manage.py import_staff`: the same path as the pages, from a terminal."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.transfers.models import ImportBatch
from tests.factories.organisations import OrganisationFactory
from tests.factories.staff_files import csv_of, people, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    OrganisationFactory(ods_code="RJ1", name="Here")
    OrganisationFactory(ods_code="RJ2", name="Elsewhere")

    def _run(data, *options, organisation="RJ1"):
        path = tmp_path / "staff.csv"
        path.write_bytes(data)
        out, err = StringIO(), StringIO()
        try:
            call_command("import_staff", path, "--organisation", organisation, *options, stdout=out, stderr=err)
            failed = None
        except CommandError as error:
            failed = str(error)
        return out.getvalue().splitlines(), err.getvalue().splitlines(), failed

    return _run


def test_import_staff_checks_and_leaves_the_import_to_be_confirmed(run):
    out, err, failed = run(csv_of(*people(2)))
    batch = ImportBatch.objects.get()
    assert out == [
        "2 rows: 0 error, 2 new person, 0 changes, 0 no change, 0 left out.",
        f"Import {batch.pk} waits to be confirmed under “Imports”, or with --confirm.",
    ]
    assert (err, failed, batch.state, Clinician.objects.count()) == ([], None, "ready", 0)


def test_import_staff_dry_run_keeps_nothing(run):
    out, _, failed = run(csv_of(*people(2)), "--dry-run")
    assert (out, failed) == (["2 rows: 0 error, 2 new person, 0 changes, 0 no change, 0 left out."], None)
    assert (ImportBatch.objects.count(), Clinician.objects.count()) == (0, 0)


def test_import_staff_confirm_imports_the_good_rows_reports_the_others_and_fails(run):
    out, err, failed = run(csv_of(*people(2), row(Pay_Band="99")), "--confirm")
    assert out[-1] == f"Imported as import {ImportBatch.objects.get().pk}: 2 added, 0 changed."
    assert err[0].startswith("row 4, error: Pay Band: “99” is not a pay band or grade we know.")
    assert (failed, Clinician.objects.count(), User.objects.count()) == ("1 rows have errors.", 2, 2)


def test_import_staff_names_columns_it_does_not_use(run):
    assert run(csv_of(row() | {"Shoe Size": "7"}), "--dry-run")[0][-1] == "Columns not used: Shoe Size."


@pytest.mark.parametrize(
    ("data", "organisation", "message"),
    [
        (b"", "RJ1", "The file is empty."),
        (csv_of(row()), "XXX", "No organisation has the ODS code XXX."),
    ],
)
def test_import_staff_refuses(run, data, organisation, message):
    assert run(data, organisation=organisation)[2] == message
    assert ImportBatch.objects.count() == 0


def test_import_staff_of_a_missing_file_says_so(tmp_path):
    OrganisationFactory(ods_code="RJ1")
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("import_staff", tmp_path / "none.csv", "--organisation", "RJ1")
