"""The pages of staff imports: who reaches what, what is said beside the field, and what goes out."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.roles import Role
from registry.audit.models import ReadEvent
from registry.clinicians.fields import Sector
from registry.clinicians.models import Clinician
from registry.transfers import actions, processing, progress, tables
from registry.transfers.models import ImportBatch
from registry.transfers.presenters import needs_now
from registry.transfers.staff_columns import STAFF_COLUMNS, known
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with
from tests.factories.staff_files import GOOD, csv_of, people, row, with_sheet, xlsx_of

pytestmark = pytest.mark.django_db
URL = {name: f"transfers:{name}" for name in ("batches", "upload", "batch", "progress", "confirm", "discard", "errors")}


def batch_of(officer, data, *, check=True, write=False):
    batch = actions.upload_staff_file(
        data=data,
        file_name="staff.csv",
        organisation=officer.grants[0].organisation,
        sector=Sector.ACUTE,
        by=officer,
        start=lambda _: None,
    )
    if check:
        processing.check_batch(batch.pk)
    if write:
        actions.confirm_import(batch=batch, by=officer, start=lambda _: None)
        processing.write_batch(batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def here():
    return OrganisationFactory(name="Here Trust")


@pytest.fixture
def officer(here):
    return user_with(Role.HR_OFFICER, here, name="Ann Officer")


@pytest.fixture
def theirs():
    """An import of a second trust, always there."""
    return batch_of(
        user_with(Role.HR_OFFICER, OrganisationFactory(name="Other Trust")), csv_of(row(Last_Name="Secret"))
    )


@pytest.fixture
def browser(sign_in, officer, theirs):
    return sign_in(officer)


def page(browser, name, *args, **query):
    return browser.get(reverse(URL[name], args=args), query)


def post_file(browser, data, name="staff.csv", **fields):
    form = {"file": SimpleUploadedFile(name, data), "sector": "acute"} | fields
    return browser.post(reverse(URL["upload"]), form)


def text(response):
    return response.content.decode()


# Upload -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [csv_of(*people(2)), xlsx_of(*people(2))])
def test_upload_leads_to_the_import(browser, here, data):
    response = post_file(browser, data, organisation=here.pk)
    batch = ImportBatch.objects.get(organisation=here)
    assert (response.status_code, response.url) == (302, reverse(URL["batch"], args=[batch.pk]))
    assert "Checking 2 rows:" in text(browser.get(response.url))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        ("Zoë".encode("cp1252"), "The file is not in UTF-8: line 1 holds a letter in another encoding, probably"),
        (b"First Name\r\nZoe\r\n", "Columns are missing: “Employee Number” and “Last Name”."),
        (csv_of(GOOD).replace(b"Job Role", b"Surname"), "Two columns mean “Last Name”: “Last Name” and “Surname”."),
        (b"PK\x03\x04" + b"\0" * 50, "The spreadsheet is damaged or not an .xlsx file."),
        (with_sheet(b"<!DOCTYPE a><worksheet/>"), "The spreadsheet is damaged or not an .xlsx file."),
        (b"0" * (10 * 1024 * 1024 + 1), "The file is larger than 10 MB. Split it into smaller files."),
        (b"Employee Number,First Name,Last Name\r\n" + b"1,a,b\r\n" * 50_001, "The file has more than 50,000 rows."),
    ],
)
def test_upload_says_beside_the_field_what_is_wrong_with_the_file(browser, here, data, message):
    response = post_file(browser, data, organisation=here.pk)
    assert response.status_code == 200
    assert text(response).count(message) == 2  # in the summary, and beside the field
    assert '<a href="#id_file">' in text(response)
    assert not ImportBatch.objects.filter(organisation=here).exists()


def test_upload_without_anything_says_what_to_choose(browser):
    response = browser.post(reverse(URL["upload"]), {})
    assert "Choose the file." in text(response)
    assert "Choose the sector." in text(response)


def test_upload_for_another_trust_is_refused_like_a_trust_that_does_not_exist(browser, theirs):
    for organisation in (theirs.organisation_id, 10**9, "x"):
        response = post_file(browser, csv_of(GOOD), organisation=organisation)
        assert "Choose one of your organisations." in text(response)
    assert ImportBatch.objects.count() == 1


def test_upload_offers_only_open_trusts_in_reach(sign_in, here, theirs):
    other = OrganisationFactory(name="My Second Trust")
    officer = user_with(Role.HR_OFFICER, here)
    officer.role_grants.create(role=Role.HR_OFFICER, level="organisation", organisation=other)
    shown = text(page(sign_in(officer), "upload"))
    assert ("Here Trust" in shown, "My Second Trust" in shown, "Other Trust" in shown) == (True, True, False)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_template_holds_every_column_and_can_be_uploaded_as_it_is(browser, officer, kind):
    response = browser.get(reverse("transfers:template", args=[kind]))
    table = tables.read(response.content, knows=known)
    assert table.headings == tuple(column.heading for column in STAFF_COLUMNS)
    assert response["Content-Disposition"] == f'attachment; filename="staff-template.{kind}"'
    assert batch_of(officer, response.content).errors == 0


# Preview, confirm, discard ----------------------------------------------------------------------------


def test_preview_shows_what_each_row_would_do(browser, officer):
    batch = batch_of(officer, csv_of(*people(2), row(Pay_Band="99", Last_Name="O'Neill")))
    shown = text(page(browser, "batch", batch.pk))
    assert "2 people are added." in shown
    assert "Import 2 rows" in shown
    assert "Pay Band: “99” is not a pay band or grade we know." in shown
    assert "O&#39;Neill" in shown
    assert "Person 1" not in shown  # errors first
    assert "Person 1" in text(page(browser, "batch", batch.pk, show="all"))


def test_preview_escapes_what_a_file_says(browser, officer):
    batch = batch_of(officer, csv_of(row(Last_Name="<script>alert(1)</script>")))
    assert "<script>alert" not in text(page(browser, "batch", batch.pk))


def test_confirm_then_look_it_up_later(browser, officer, here):
    batch = batch_of(officer, csv_of(*people(2)))
    assert browser.post(reverse(URL["confirm"], args=[batch.pk])).status_code == 302
    assert "Importing 2 rows:" in text(page(browser, "batch", batch.pk))
    processing.write_batch(batch.pk)
    shown = text(page(browser, "batch", batch.pk))
    assert "Imported" in shown
    assert batch.sha256 in shown
    assert Clinician.objects.filter(organisation=here).count() == 2


def test_confirm_of_what_somebody_else_confirmed_is_a_conflict(browser, officer):
    batch = batch_of(officer, csv_of(GOOD), write=True)
    response = browser.post(reverse(URL["confirm"], args=[batch.pk]))
    assert response.status_code == 409
    assert "This import has already been confirmed by Ann Officer." in text(response)


def test_discard_removes_what_the_file_said(browser, officer):
    batch = batch_of(officer, csv_of(GOOD))
    browser.post(reverse(URL["discard"], args=[batch.pk]))
    shown = text(page(browser, "batch", batch.pk))
    assert "What the file said was removed on" in shown
    assert "Neill" not in shown


@pytest.mark.parametrize("name", ["confirm", "discard"])
def test_confirm_and_discard_only_answer_a_post(browser, officer, name):
    assert page(browser, name, batch_of(officer, csv_of(GOOD)).pk).status_code == 405


# Progress ---------------------------------------------------------------------------------------------


def test_progress_survives_a_reload_and_ends_in_one(browser, officer):
    batch = batch_of(officer, csv_of(*people(4)), check=False)
    progress.tell(batch.pk, 1, 4)
    for name in ("batch", "progress"):
        shown = text(page(browser, name, batch.pk))
        assert 'value="25"' in shown
        assert f'hx-get="{reverse(URL["progress"], args=[batch.pk])}"' in shown
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in text(page(browser, "batch", batch.pk))
    processing.check_batch(batch.pk)
    assert page(browser, "progress", batch.pk)["HX-Refresh"] == "true"


# What goes out ----------------------------------------------------------------------------------------


def test_rows_to_mend_come_back_neutral_and_can_be_uploaded_again(browser, officer):
    data = csv_of(*people(1), row(First_Name="=1+1", Last_Name="@x", Pay_Band="99"))
    batch = batch_of(officer, data)
    response = page(browser, "errors", batch.pk)
    (mend,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (mend["Row in the file"], mend["First Name"], mend["Last Name"]) == ("3", "'=1+1", "'@x")
    assert mend["What to mend"].startswith("First Name: Enter the first name. Pay Band: “99” is not a pay band")
    again = batch_of(officer, response.content)
    assert again.rows.get().payload["cells"]["given_name"] == "=1+1"
    assert again.unknown_headings == ["Row in the file", "What to mend"]


def test_rows_to_mend_are_gone_once_forgotten(browser, officer):
    batch = batch_of(officer, csv_of(row(Pay_Band="99")))
    actions.discard_import(batch=batch, by=officer)
    assert page(browser, "errors", batch.pk).status_code == 404


def test_reading_a_preview_and_taking_its_rows_away_is_recorded(browser, officer):
    batch = batch_of(officer, csv_of(GOOD))
    page(browser, "batch", batch.pk)
    page(browser, "errors", batch.pk)
    assert list(ReadEvent.objects.order_by("pk").values_list("purpose", "subject_id", "actor_id")) == [
        ("staff import", batch.pk, officer.pk),
        ("staff import errors", batch.pk, officer.pk),
    ]


# Who reaches what -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["batch", "progress", "errors"])
def test_an_import_of_another_trust_is_not_there(browser, theirs, name):
    assert page(browser, name, theirs.pk).status_code == 404
    assert page(browser, name, 10**15).status_code == 404


@pytest.mark.parametrize("name", ["confirm", "discard"])
def test_an_import_of_another_trust_can_be_neither_confirmed_nor_discarded(browser, theirs, name):
    assert browser.post(reverse(URL[name], args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "ready"


@pytest.mark.parametrize("role", [Role.APPRAISER, Role.MENTOR, Role.AUDITOR, Role.PROGRAMME_LEAD])
def test_imports_are_not_there_for_those_who_import_nothing(sign_in, here, role):
    browser = sign_in(user_with(role, here))
    assert [page(browser, name).status_code for name in ("batches", "upload")] == [404, 404]
    assert browser.get(reverse("transfers:template", args=["csv"])).status_code == 404


def test_imports_are_not_there_for_clinicians(sign_in, here):
    assert page(sign_in(clinician_user(here).user), "batches").status_code == 404


def test_imports_ask_a_stranger_to_sign_in(client):
    assert page(client, "batches").status_code == 302


def test_list_shows_ones_own_imports_only(browser, officer, theirs):
    batch_of(officer, csv_of(GOOD))
    shown = text(page(browser, "batches"))
    assert ("Here Trust" in shown, "Other Trust" in shown) == (True, False)


def test_list_costs_the_same_for_one_import_and_three(browser, officer):
    def queries():
        with CaptureQueriesContext(connection) as found:
            page(browser, "batches")
        return len(found)

    batch_of(officer, csv_of(GOOD))
    queries()
    one = queries()
    batch_of(officer, csv_of(GOOD))
    batch_of(officer, csv_of(GOOD), write=True)
    assert queries() == one
    assert one <= 12


def test_preview_costs_the_same_for_one_row_and_three(browser, officer):
    def queries(count):
        batch = batch_of(officer, csv_of(*people(count)))
        with CaptureQueriesContext(connection) as found:
            page(browser, "batch", batch.pk)
        return len(found)

    queries(1)
    assert queries(1) == queries(3)
    assert queries(3) <= 12


def test_needs_now_counts_imports_that_wait(officer, theirs):
    assert needs_now(officer) == []
    first = batch_of(officer, csv_of(GOOD))
    (need,) = needs_now(officer)
    assert (need.count, need.href) == (1, reverse(URL["batch"], args=[first.pk]))
    batch_of(officer, csv_of(GOOD))
    (need,) = needs_now(officer)
    assert (need.count, need.href) == (2, reverse(URL["batches"]))


def test_needs_now_of_a_clinician_is_nothing(here):
    assert needs_now(clinician_user(here).user) == []
