"""Reading tables people send: CSV and XLSX, honest and hostile."""

import datetime
import io
import zipfile

import pytest

from registry.kernel.errors import Invalid
from registry.transfers import tables, workbooks
from registry.transfers.staff_columns import known
from tests.factories.staff_files import GOOD, csv_of, row, with_sheet, xlsx_of, zip_of

HEADINGS = tuple(GOOD)
CELLS = tuple(GOOD.values())


def read(data):
    return tables.read(data, knows=known)


def refused(data):
    with pytest.raises(Invalid) as error:
        read(data)
    return error.value.message


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(csv_of(GOOD), id="comma"),
        pytest.param(csv_of(GOOD, delimiter=";"), id="semicolon"),
        pytest.param(csv_of(GOOD, delimiter="\t"), id="tab"),
        pytest.param(csv_of(GOOD, encoding="utf-8-sig"), id="byte order mark"),
        pytest.param(csv_of(GOOD).replace(b"\r\n", b"\n"), id="unix line ends"),
        pytest.param(csv_of(GOOD).replace(b"\r\n", b"\r"), id="old mac line ends"),
        pytest.param(csv_of(GOOD).replace(b"\r\n", b",,\r\n"), id="empty columns trailing"),
        pytest.param(xlsx_of(GOOD), id="xlsx"),
    ],
)
def test_read_finds_headings_and_cells(data):
    assert read(data) == tables.Table(HEADINGS, (tables.Row(2, CELLS),))


def test_read_counts_rows_as_a_spreadsheet_does_and_skips_blank_ones():
    data = csv_of(row(Last_Name="Two\nlines"), GOOD).replace(b"00012345", b"\r\n,,\r\n00012345", 1)
    assert [found.number for found in read(data).rows] == [4, 5]


def test_read_keeps_leading_zeros_and_letters_of_any_alphabet():
    cells = row(Employee_Number="000007", First_Name="Łukasz", Last_Name="李")
    for data in (csv_of(cells), xlsx_of(cells)):
        assert read(data).rows[0].cells == tuple(cells.values())


@pytest.mark.parametrize("text", ["=1+1", "+441234", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_read_takes_formulas_in_csv_as_plain_text(text):
    assert read(csv_of(row(Last_Name=text))).rows[0].cells[2] == text


def test_read_takes_off_the_apostrophe_our_exports_put_on_and_no_other():
    cells = [read(csv_of(row(Last_Name=text))).rows[0].cells[2] for text in ("'=1+1", "'t Hooft", "O'Neill")]
    assert cells == ["=1+1", "'t Hooft", "O'Neill"]


def test_read_reports_a_row_with_too_many_or_too_few_cells():
    data = csv_of(GOOD) + b"1,2,3\r\n" + csv_of(GOOD).splitlines()[1] + b",more\r\n"
    assert [found.problems for found in read(data).rows] == [
        (),
        ((None, "The row has 3 cells; the heading row has 11."),),
        ((None, "The row has 12 cells; the heading row has 11."),),
    ]


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1f", "\ufffe"])
def test_read_reports_a_character_that_is_not_text_and_makes_it_harmless(character):
    (found,) = read(csv_of(row(Last_Name=f"O{character}Neill"))).rows
    assert found.cells[2] == "O\N{REPLACEMENT CHARACTER}Neill"
    assert found.problems == ((2, "The cell holds a character that is not text, such as NUL."),)


def test_read_reports_a_cell_of_more_than_1000_characters():
    (found,) = read(csv_of(row(Last_Name="x" * 1001))).rows
    assert (len(found.cells[2]), found.problems) == (1000, ((2, "The cell holds more than 1,000 characters."),))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"\r\n ,,\r\n", "The file is empty."),
        (csv_of(GOOD).splitlines()[0], "The file has a heading row and nothing under it."),
        (
            csv_of(row(First_Name="Zoë"), encoding="cp1252"),
            "The file is not in UTF-8: line 2 holds a letter in another encoding, probably Windows-1252, which Excel uses when you choose “CSV”. In Excel choose Save as, and then “CSV UTF-8 (Comma delimited)”.",
        ),
        (
            csv_of(GOOD, encoding="utf-16"),
            "The file is in UTF-16 (“Unicode text”). In Excel choose Save as, and then “CSV UTF-8 (Comma delimited)”.",
        ),
        (
            csv_of(GOOD) + b'"never closed,2,3\r\nx,y\r\n',
            "The file cannot be read from row 3 on: check the quotation marks there.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1",
            "The file is protected by a password, or an old .xls file. Save it as .xlsx without a password.",
        ),
        (b",".join([b"a"] * 101) + b"\r\nb\r\n", "The file has 101 columns; at most 100 can be imported."),
        (
            b"a\0,b\r\n1,2\r\n",
            "The heading row cannot be used: The cell holds a character that is not text, such as NUL.",
        ),
    ],
)
def test_read_refuses_a_file_that_is_no_table(data, message):
    assert refused(data) == message


def test_read_takes_50000_rows_and_refuses_one_more():
    heading = b"Employee Number,First Name,Last Name\r\n"
    assert len(read(heading + b"1,A,B\r\n" * 50_000).rows) == 50_000
    assert (
        refused(heading + b"1,A,B\r\n" * 50_001) == "The file has more than 50,000 rows. Split it into smaller files."
    )


# XLSX -------------------------------------------------------------------------------------------------


def test_read_of_xlsx_tells_numbers_from_text():
    (found,) = read(xlsx_of(row(Employee_Number=12345))).rows
    assert (found.cells[0], found.numbers) == ("12345", frozenset({0}))


def test_read_of_xlsx_writes_dates_numbers_and_booleans_as_text():
    def more(sheet, book):
        sheet.write_datetime(1, 8, datetime.date(2024, 3, 15), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_number(1, 7, 7)
        sheet.write_number(1, 6, 1.5)
        sheet.write_boolean(1, 5, True)

    (found,) = read(xlsx_of(GOOD, change=more)).rows
    assert found.cells[5:9] == ("TRUE", "1.5", "7", "2024-03-15")


def test_read_of_xlsx_refuses_the_cell_of_a_formula_whatever_its_stored_result():
    data = xlsx_of(GOOD, GOOD, change=lambda sheet, book: sheet.write_formula(2, 2, "=A1", None, "Smith"))
    assert [found.problems for found in read(data).rows] == [
        (),
        ((2, "The cell contains a formula. Replace it by its value (copy, then paste values)."),),
    ]


def test_read_of_xlsx_reports_merged_cells():
    data = xlsx_of(GOOD, GOOD, change=lambda sheet, book: sheet.merge_range(2, 0, 2, 1, "merged"))
    assert [found.problems for found in read(data).rows] == [(), ((None, "The row has merged cells. Unmerge them."),)]


def test_read_of_xlsx_refuses_merged_headings():
    data = xlsx_of(GOOD, change=lambda sheet, book: sheet.merge_range(0, 0, 0, 1, "merged"))
    assert refused(data) == "The heading row cannot be used: The row has merged cells. Unmerge them."


def test_read_of_xlsx_reads_the_first_sheet_that_is_not_hidden():
    def more(sheet, book):
        book.add_worksheet("Staff").write_row(0, 0, ["Employee Number", "First Name"])
        book.get_worksheet_by_name("Staff").write_row(1, 0, ["1", "Ada"])
        book.get_worksheet_by_name("Staff").activate()
        sheet.hide()

    assert read(xlsx_of(GOOD, change=more)) == tables.Table(
        ("Employee Number", "First Name"), (tables.Row(2, ("1", "Ada")),)
    )


DAMAGED = "The spreadsheet is damaged or not an .xlsx file. Open it in Excel and save it again."


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"PK\x03\x04 and then nothing", id="only the beginning of a zip"),
        pytest.param(xlsx_of(GOOD)[:-200], id="cut short"),
        pytest.param(zip_of({"hello.txt": "hello"}), id="another kind of zip"),
        pytest.param(with_sheet(b"<worksheet><sheetData><row"), id="broken XML"),
        pytest.param(
            with_sheet(b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row r="1"/></sheetData></worksheet>'),
            id="entities",
        ),
        pytest.param(
            with_sheet(b'<worksheet><sheetData><row r="one"><c r="A1"/></row></sheetData></worksheet>'), id="no number"
        ),
    ],
)
def test_read_refuses_a_damaged_spreadsheet(data):
    assert refused(data) == DAMAGED


def test_read_refuses_a_zip_bomb_before_unpacking_it(monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *args: pytest.fail("unpacked"))
    bomb = zip_of({"xl/worksheets/sheet1.xml": b"0" * (workbooks.MOST_UNPACKED + 1)})
    assert len(bomb) < 1024 * 1024
    assert refused(bomb) == "The spreadsheet unpacks to far more than a staff list needs. Save the staff list alone."


def test_read_refuses_a_zip_bomb_that_lies_about_its_size():
    honest = zip_of({"xl/worksheets/sheet1.xml": b"0" * 5_000_000})
    size = (5_000_000).to_bytes(4, "little")
    assert refused(honest.replace(size, (100).to_bytes(4, "little"))) == DAMAGED


def test_read_refuses_a_sheet_with_a_cell_in_its_far_corner():
    corner = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert refused(with_sheet(corner)) == (
        "The sheet reaches to row 1,048,576 and column 16,384. Delete the empty rows and columns around the staff list."
    )


def test_read_of_a_workbook_is_what_calamine_reads_again():
    # What is handed to calamine is packed anew, without compression.
    parts = workbooks._unpack(xlsx_of(GOOD))
    with zipfile.ZipFile(io.BytesIO(workbooks._repack(parts))) as archive:
        assert {part.compress_type for part in archive.infolist()} == {zipfile.ZIP_STORED}
