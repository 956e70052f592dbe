"""Old results on their way in: the pages and the command, with good files and with hostile ones."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.competency.models import HistoricLevel, HistoryImport
from registry.transfers import tasks
from registry.transfers.history_columns import COLUMNS
from registry.transfers.presenters import needs_now
from tests.factories.competency import framework
from tests.factories.history import LQF_HEADINGS, imported, lqf_file, waiting
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with
from tests.factories.staff_files import xlsx_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    framework("LQF")
    return OrganisationFactory(name="Here Trust", ods_code="RJ1")


@pytest.fixture
def officer(here):
    return user_with(Role.HR_OFFICER, here)


@pytest.fixture
def nurse(here):
    return clinician_user(here, staff_number="00012345", email="zoe@trust.example")


def to(name, *args):
    return reverse(f"transfers:{name}", args=args)


def send(client, organisation, data, *, kind="lqf-360", name="results.csv"):
    file = SimpleUploadedFile(name, data)
    return client.post(to("upload_history"), {"organisation": organisation.pk, "kind": kind, "file": file}, follow=True)


def text(page):
    return page.content.decode()


def test_upload_shows_what_is_wrong_by_row_and_column_and_writes_nothing(sign_in, officer, here, nurse):
    data = lqf_file("00012345,2010-05-31,Q2,3", "00012345,2010-05-31,Charm,9", "1,2010-05-31,Q2,3")
    page = text(send(sign_in(officer), here, data))
    assert "1 level is added to people’s timelines." in page
    assert "2 rows have errors and will not be imported." in page
    assert "has no quality or element of this code or name" in page
    assert "Nobody at the organisation has this employee number." in page
    assert not HistoricLevel.objects.exists()


def test_confirmed_file_is_kept_and_can_be_taken_back(sign_in, officer, here, nurse):
    client = sign_in(officer)
    send(client, here, lqf_file("00012345,2010-05-31,Q2,3"))
    batch = HistoryImport.objects.get()
    page = text(client.post(to("confirm_history", batch.pk), follow=True))
    assert "The results are on the people’s timelines." in page
    assert "1 level was added" in page
    assert HistoricLevel.objects.get().clinician == nurse
    assert "Take it back" in text(client.get(to("remove_history", batch.pk)))
    assert "gone from every timeline" in text(client.post(to("remove_history", batch.pk), follow=True))
    assert not HistoricLevel.objects.exists()
    assert client.get(to("remove_history", batch.pk)).url == to("history", batch.pk)
    assert client.post(to("remove_history", batch.pk)).status_code == 409


def test_discarded_file_is_forgotten(sign_in, officer, nurse):
    batch = waiting(nurse, officer)
    page = text(sign_in(officer).post(to("discard_history", batch.pk), follow=True))
    assert "Nothing of this file was imported" in page
    assert sign_in(officer).post(to("confirm_history", batch.pk)).status_code == 409


def test_preview_out_of_date_is_shown_again(sign_in, officer, nurse):
    batch = waiting(nurse, officer)
    imported(nurse, officer)
    page = text(sign_in(officer).post(to("confirm_history", batch.pk), follow=True))
    assert "The registry has changed since this file was checked." in page
    assert "2 levels are here already" in page


def test_only_the_first_hundred_problems_are_listed_with_the_number_of_the_others(sign_in, officer, here, nurse):
    page = text(send(sign_in(officer), here, lqf_file(*["00012345,2010-05-31,Q2,9"] * 130)))
    assert page.count("Self awareness has the levels 0 to 3.") == 100
    assert "And 30 more." in page


def test_preview_shows_who_gets_what_and_that_it_was_read_is_written_down(sign_in, officer, here, nurse):
    page = text(send(sign_in(officer), here, lqf_file("00012345,2010-05-31,Q2,3")))
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert f"{nurse} (00012345)" in shown
    for cell in ("31 May 2010", "LQF 360-degree feedback", "Q2 Self awareness"):
        assert cell in shown
    assert ReadEvent.objects.filter(purpose="old results", actor_id=officer.pk).exists()


def test_preview_shows_the_first_hundred_with_the_number_of_all(sign_in, officer, here, nurse):
    rows = [f"00012345,2010-{1 + n // 28:02}-{1 + n % 28:02},Q2,3" for n in range(130)]
    page = text(send(sign_in(officer), here, lqf_file(*rows)))
    assert "The first 100 of 130 levels." in page
    assert page.count("Q2 Self awareness") == 100


def test_preview_takes_as_many_queries_for_three_people_as_for_one(sign_in, officer, here, nurse):
    client = sign_in(officer)

    def queries(*numbers):
        send(client, here, lqf_file(*(f"{number},2010-05-31,Q2,3" for number in numbers)))
        batch = HistoryImport.objects.order_by("pk").last()
        assert batch.to_add == len(numbers)
        with CaptureQueriesContext(connection) as done:
            client.get(to("history", batch.pk))
        return len(done)

    others = [clinician_user(here).staff_number for _ in range(2)]
    assert queries("00012345", *others) == queries("00012345")


def test_rows_to_mend_come_as_a_file_that_can_be_mended_and_sent_again(sign_in, officer, here, nurse):
    client = sign_in(officer)
    good, wrong, broken = "00012345,2010-05-31,Q1,2", "00012345,2010-05-31,Charm,3", "00012345,2010-05-31,Q3\0,3"
    page = send(client, here, lqf_file(good, wrong, broken))
    batch = HistoryImport.objects.get()
    assert to("history_errors", batch.pk) in text(page)
    mend = client.get(to("history_errors", batch.pk))
    assert mend["Content-Disposition"] == f'attachment; filename="old-results-{batch.pk}-to-mend.csv"'
    rows = list(csv.DictReader(io.StringIO(mend.content.decode("utf-8-sig"))))
    assert [row["Row in the file"] for row in rows] == ["3", "4"]
    assert rows[0]["What to mend"].startswith("Quality: The NHS Leadership Qualities Framework has no quality")
    mended = mend.content.decode("utf-8-sig").replace("Charm", "Q2").replace("\N{REPLACEMENT CHARACTER}", "")
    send(client, here, mended.encode())
    assert HistoryImport.objects.order_by("pk").last().to_add == 2
    client.post(to("confirm_history", batch.pk))
    assert client.get(to("history_errors", batch.pk)).status_code == 404


def test_taking_back_says_how_many_levels_are_of_people_who_moved_on(sign_in, officer, nurse):
    batch = imported(nurse, officer)
    client = sign_in(officer)
    assert "another organisation" not in text(client.get(to("remove_history", batch.pk)))
    nurse.organisation = OrganisationFactory()
    nurse.save()
    assert "2 of them are of people who now work at another organisation." in text(
        client.get(to("remove_history", batch.pk))
    )


GOOD = dict(zip(LQF_HEADINGS.split(","), ["00012345", "2010-05-31", "Q2", 3], strict=True))


def test_spreadsheet_is_read_with_its_dates_and_numbers(sign_in, officer, here, nurse):
    send(sign_in(officer), here, xlsx_of(GOOD), name="results.xlsx")
    assert HistoryImport.objects.get().to_add == 1


def test_employee_number_that_lost_its_zeros_is_found_with_a_note(sign_in, officer, here, nurse):
    page = text(send(sign_in(officer), here, xlsx_of(GOOD | {"Employee Number": 12345}), name="results.xlsx"))
    assert HistoryImport.objects.get().to_add == 1
    assert "Read as 00012345: the spreadsheet had lost leading zeros." in page


def test_formula_is_refused_and_never_worked_out(sign_in, officer, here, nurse):
    data = xlsx_of(GOOD, change=lambda sheet, book: sheet.write_formula(1, 3, "=1+2", None, 3))
    send(sign_in(officer), here, data, name="results.xlsx")
    (problem,) = HistoryImport.objects.get().problems
    assert problem[:2] == [2, "level"]
    assert "formula" in problem[2]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty."),
        (LQF_HEADINGS.encode(), "nothing under it"),
        ("Employee Number,Date,Quality,Level\nZoë,".encode("cp1252"), "not in UTF-8"),
        ("Employee Number,Date,Quality,Level\n1,".encode("utf-16"), "UTF-16"),
        (b"Employee Number,Date,Level\n1,2010-05-31,2", "Columns are missing: “Quality”."),
        (b"Name,Age\nZoe,40", "The first row must hold the headings"),
        (b"Date,Quality,Level\n2010-05-31,Q1,1", "needs a column that says who each row is about"),
        (b"Level,Score,Date,Quality,Work Email\n1,1,2010-05-31,Q1,a@b.example", "Two columns mean “Level”"),
        (b"PK\x03\x04rubbish", "The spreadsheet is damaged"),
        (b'Employee Number,Date,Quality,Level\n"1,2010', "check the quotation marks"),
    ],
)
def test_file_that_is_no_list_of_results_is_refused_beside_the_field(sign_in, officer, here, data, says):
    response = send(sign_in(officer), here, data)
    assert response.status_code == 200
    assert "There is a problem" in text(response)
    assert says in text(response)
    assert not HistoryImport.objects.exists()


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (b"00012345,2010-05-31,Q2,3\x00", "level", "not text, such as NUL"),
        (b"00012345,2010-05-31,Q2", "", "The row has 3 cells; the heading row has 4."),
        (b"00012345,2010-05-31,Q2,3,more", "", "The row has 5 cells; the heading row has 4."),
        (b"00012345,2010-05-31," + b"x" * 1001 + b",3", "quality", "more than 1,000 characters"),
        (b"00012345,2010-05-31,=HYPERLINK(1),3", "quality", "has no quality or element"),
        (b"00012345,0000-00-00,Q2,3", "date", "Enter a date"),
        (b"<script>,2010-05-31,Q2,3", "staff_number", "Nobody at the organisation"),
    ],
)
def test_hostile_row_is_reported_and_leaves_the_others(sign_in, officer, here, nurse, row, column, says):
    data = LQF_HEADINGS.encode() + b"\n00012345,2010-05-31,Q1,2\n" + row
    response = send(sign_in(officer), here, data)
    assert "<script>" not in text(response).split("<main")[1]
    batch = HistoryImport.objects.get()
    assert (batch.to_add, batch.errors, batch.total) == (1, 1, 2)
    ((number, where, sentence),) = batch.problems
    assert (number, where) == (3, column)
    assert says in sentence


def test_form_asks_for_what_is_missing_and_refuses_another_organisation(sign_in, officer, here):
    client = sign_in(officer)
    page = text(client.post(to("upload_history"), {}))
    assert "Choose what the file holds." in page
    assert "Choose the file." in page
    page = text(send(client, OrganisationFactory(), lqf_file("1,2010-05-31,Q1,1")))
    assert "There is a problem" in page
    assert "Choose one of the two." in text(send(client, here, b"x", kind="\0"))


def test_file_over_the_limit_is_refused(sign_in, officer, here, settings):
    settings.UPLOAD_MAX_BYTES = 1024**2
    page = text(send(sign_in(officer), here, b"x" * (1024**2 + 1)))
    assert "The file is larger than 1 MB." in page


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_template_can_be_uploaded_as_it_is(sign_in, officer, here, nurse, kind):
    client = sign_in(officer)
    template = client.get(to("history_template", kind))
    assert template["Content-Disposition"] == f'attachment; filename="{kind}-template.csv"'
    send(client, here, template.content, kind=kind)
    assert HistoryImport.objects.get().to_add == 1


def test_list_takes_as_many_queries_for_three_imports_as_for_one(sign_in, officer, nurse):
    client = sign_in(officer)

    def queries():
        with CaptureQueriesContext(connection) as done:
            assert client.get(to("histories")).status_code == 200
        return len(done)

    waiting(nurse, officer)
    one = queries()
    waiting(nurse, officer)
    imported(nurse, officer)
    assert queries() == one


def test_home_page_reminds_of_what_waits(officer, nurse):
    assert needs_now(officer) == []
    batch = waiting(nurse, officer)
    (need,) = needs_now(officer)
    assert (need.text, need.href, need.count) == (
        "Confirm or discard an import of old results",
        to("history", batch.pk),
        1,
    )
    waiting(nurse, officer)
    assert needs_now(officer)[0].href == to("histories")


def test_daily_task_discards_what_nobody_confirmed(nurse, officer, settings):
    settings.IMPORT_UNCONFIRMED_DAYS = -1
    batch = waiting(nurse, officer)
    tasks.forget_old()
    batch.refresh_from_db()
    assert batch.state == "discarded"


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, nurse):
    def _run(data, *options, organisation="rj1", kind="lqf-360"):
        path = tmp_path / "results.csv"
        path.write_bytes(data)
        out, err, failed = io.StringIO(), io.StringIO(), None
        arguments = [path, "--organisation", organisation, "--kind", kind, *options]
        try:
            call_command("import_history", *arguments, stdout=out, stderr=err)
        except CommandError as error:
            failed = str(error)
        return out.getvalue().splitlines(), err.getvalue().splitlines(), failed

    return _run


def test_command_checks_and_leaves_the_import_to_be_confirmed(run):
    out, err, failed = run(lqf_file("00012345,2010-05-31,Q2,3"))
    batch = HistoryImport.objects.get()
    assert out == [
        "1 rows: 1 to add, 0 already here, 0 with errors.",
        f"Import {batch.pk} waits to be confirmed under “Imports”, or with --confirm.",
    ]
    assert (err, failed, batch.state) == ([], None, "ready")


def test_command_confirms_the_good_rows_reports_the_others_and_fails(run):
    out, err, failed = run(lqf_file("00012345,2010-05-31,Q2,3", "00012345,2010-05-31,Q3,9"), "--confirm")
    assert out[-1] == f"Imported as import {HistoryImport.objects.get().pk}: 1 added."
    assert err == ["row 3, Level: Self management has the levels 0 to 3."]
    assert (failed, HistoricLevel.objects.count()) == ("1 rows have errors.", 1)


def test_command_refuses_what_it_cannot_use(run, tmp_path):
    assert run(b"")[2] == "The file is empty."
    assert run(lqf_file("1"), organisation="ZZ9")[2] == "No organisation has the ODS code ZZ9."
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("import_history", "x", "--organisation", "RJ1", "--kind", "other")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_history", tmp_path / "none.csv", "--organisation", "RJ1", "--kind", "external")
