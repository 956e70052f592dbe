"""Tables on their way out: nothing in them runs, and what we wrote we can read again."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.kernel.cells import neutral
from registry.nhsuk.downloads import as_csv
from registry.transfers import exports, tables
from registry.transfers.staff_columns import known

HEADINGS = ["Employee Number", "First Name"]
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=20).map(str.strip)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_neutral_puts_an_apostrophe_before_what_would_run(start):
    assert neutral(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("text", ["", "O'Neill", "'t Hooft", "1-2", "a=b", "李"])
def test_neutral_leaves_other_text_alone(text):
    assert neutral(text) == text


@given(st.lists(st.tuples(TEXT, TEXT).filter(any), min_size=1, max_size=5))
def test_what_we_write_as_csv_we_read_again(rows):
    found = tables.read(as_csv(HEADINGS, rows), knows=known)
    assert [row.cells for row in found.rows] == rows


def test_what_we_write_as_xlsx_we_read_again():
    rows = [("00012", "=1+1"), ("-5", "李")]
    found = tables.read(exports.as_xlsx("Staff", HEADINGS, rows, empty_rows=3), knows=known)
    assert [(row.cells, row.numbers) for row in found.rows] == [(row, frozenset()) for row in rows]


def test_csv_begins_with_a_byte_order_mark_so_that_excel_reads_letters_right():
    assert as_csv(["Zoë"], []) == b"\xef\xbb\xbf" + "Zoë\r\n".encode()


def test_xlsx_holds_no_formula():
    data = exports.as_xlsx("Staff", ["=1+1"], [("=2+2",), ("@x",)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
