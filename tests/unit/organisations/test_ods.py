"""The reader of the ODS trust file: real files of three vintages, and everything that can be wrong with one."""

import datetime

import pytest

from registry.kernel.errors import Invalid
from registry.organisations import ods
from tests.paths import shared

GOOD = (
    '"RJ1","GUY\'S AND ST THOMAS\' NHS FOUNDATION TRUST","Y56","QKK","ST THOMAS\' HOSPITAL","WESTMINSTER BRIDGE ROAD",'
    '"","LONDON","","SE1 7EH","19930401","","","","","","","020 7188 7188","","","","1","","H","","",""'
)
ROW = ods.TrustRow(
    line=1,
    code="RJ1",
    name="Guy's and St Thomas' NHS Foundation Trust",
    welsh=False,
    region="Y56",
    board="QKK",
    address="St Thomas' Hospital, Westminster Bridge Road, London",
    postcode="SE1 7EH",
    phone="020 7188 7188",
    opened_on=datetime.date(1993, 4, 1),
    closed_on=None,
)
# As files of about 2015 are: no quotes, no columns after the 24th, the regions of 2013, area teams for boards.
OF_2015 = "RXR,EAST LANCASHIRE HOSPITALS NHS TRUST,Y54,Q84,,,,BLACKBURN,,BB2 3HH,20030401,,,,,,,,,,,1,,B"
WELSH_OF_2015 = "RYT,PUBLIC HEALTH WALES NHS TRUST,W00,Q99,,,,CARDIFF,,CF11 9LJ,20091001,,,,,,,,,,,0,,W"


def changed(**columns):
    """GOOD with some columns (`c1` is the first) replaced."""
    cells = [cell.strip('"') for cell in GOOD.split(",")]
    for name, value in columns.items():
        cells[int(name[1:]) - 1] = value
    return ",".join(f'"{cell}"' for cell in cells)


def test_read_understands_a_quoted_line():
    assert ods.read(GOOD.encode()) == ods.TrustFile((ROW,), ())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="byte order mark"),
        pytest.param(GOOD.encode() + b"\r\n\r\n", id="windows line ends and a blank line"),
        pytest.param(GOOD.replace('"', "").encode(), id="no quotes"),
        pytest.param(GOOD.removesuffix(',"","",""').encode(), id="fewer trailing columns"),
        pytest.param(GOOD.encode() + b',"",""', id="more trailing columns"),
    ],
)
def test_read_of_a_file_of_another_year_gives_the_same_row(data):
    assert ods.read(data) == ods.TrustFile((ROW,), ())


def test_read_understands_a_file_of_2015():
    (row,) = ods.read(OF_2015.encode()).rows
    assert (row.region, row.board, row.phone, row.foundation_trust) == ("Y54", None, "", False)


@pytest.mark.parametrize("line", [WELSH_OF_2015, changed(c1="RYT", c3="", c4="", c24="W")])
def test_read_keeps_welsh_rows_apart(line):
    (row,) = ods.read(line.encode()).rows
    assert (row.welsh, row.region, row.board) == (True, None, None)


def test_read_of_the_real_file_finds_every_trust():
    found = ods.read(shared("data", "ods", "etr.csv").read_bytes())
    open_now = [row for row in found.rows if row.closed_on is None and not row.welsh]
    counts = {code: sum(row.region == code for row in open_now) for code in sorted({row.region for row in open_now})}
    assert found.problems == ()
    assert len(found.rows) == 274
    assert len(open_now) == 199
    assert counts == {"Y56": 31, "Y58": 18, "Y59": 29, "Y60": 39, "Y61": 21, "Y62": 30, "Y63": 31}
    assert sum(row.foundation_trust for row in open_now) == 138
    assert sum(row.welsh for row in found.rows) == 3


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (changed(c1="rj1"), "“rj1” is not an ODS code (3 to 6 capital letters and digits)."),
        (changed(c1="RJ1/../"), "“RJ1/../” is not an ODS code (3 to 6 capital letters and digits)."),
        (changed(c2=""), "RJ1 has no name (column 2)."),
        (changed(c2="X" * 201), "The name of RJ1 is longer than 200 characters."),
        (
            changed(c3="Y99"),
            "RJ1 has the region “Y99” (column 3); the regions are Y56, Y58, Y59, Y60, Y61, Y62, Y63.",
        ),
        (changed(c3=""), "RJ1 has the region “” (column 3); the regions are Y56, Y58, Y59, Y60, Y61, Y62, Y63."),
        (changed(c4="NO BOARD"), "RJ1 has the board “NO BOARD” (column 4), which is not an ODS code."),
        (changed(c11=""), "RJ1 has no opening date (column 11)."),
        (changed(c11="20260231"), "“20260231” (column 11) is not a date written YYYYMMDD."),
        (changed(c11="1 April 1993"), "“1 April 1993” (column 11) is not a date written YYYYMMDD."),
        (changed(c12="19900101"), "RJ1 closes (column 12) before it opens (column 11)."),
        ("RJ1,A TRUST", "The line has 2 columns; a line of the ODS trust file has 27."),
        (GOOD + ',"extra"', "The line has 28 columns; a line of the ODS trust file has 27."),
        (GOOD.replace("LONDON", "LON\0DON"), "The line holds a character that is not text, such as NUL."),
        (GOOD.replace('"RJ1"', '"RJ1'), "The line cannot be split into columns: check its quotation marks."),
    ],
)
def test_read_reports_a_bad_line_and_keeps_the_good_ones(bad, reason):
    other = changed(c1="RJ2", c2="ANOTHER NHS TRUST")
    found = ods.read(f"{other}\n{bad}\n{OF_2015}\n".encode())
    assert [row.code for row in found.rows] == ["RJ2", "RXR"]
    assert found.problems == (ods.Problem(2, reason),)


def test_read_takes_the_first_of_two_lines_about_one_trust():
    found = ods.read(f"{GOOD}\n{changed(c2='ANOTHER NHS TRUST')}".encode())
    assert (found.rows, found.problems) == ((ROW,), (ods.Problem(2, "RJ1 is already on line 1."),))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "This is not an ODS trust file: no line in it could be read. It is empty."),
        (b"\xef\xbb\xbf\r\n,,,\r\n", "This is not an ODS trust file: no line in it could be read. It is empty."),
        (
            b"<!doctype html>\n<title>Sign in</title>",
            "This is not an ODS trust file: no line in it could be read. The first problem is on line 1: The line has 1 columns; a line of the ODS trust file has 27.",
        ),
        (
            f"{GOOD}\nRZZ,CAF\u00c9 NHS TRUST".encode("latin-1"),
            "The file is not in UTF-8 (line 2). Open it and save it again as “CSV UTF-8”, or download it again from ODS.",
        ),
        (
            GOOD.encode("utf-16"),
            "The file is not in UTF-8 (line 1). Open it and save it again as “CSV UTF-8”, or download it again from ODS.",
        ),
    ],
)
def test_read_refuses_what_is_not_a_trust_file(data, message):
    with pytest.raises(Invalid) as refused:
        ods.read(data)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("capitals", "readable"),
    [
        (
            "THE QUEEN ELIZABETH HOSPITAL, KING'S LYNN, NHS FOUNDATION TRUST",
            "The Queen Elizabeth Hospital, King's Lynn, NHS Foundation Trust",
        ),
        (
            "MERSEY AND WEST LANCASHIRE TEACHING HOSPITALS NHS TRUST",
            "Mersey and West Lancashire Teaching Hospitals NHS Trust",
        ),
        ("STOKE-ON-TRENT", "Stoke-on-Trent"),
        ("133-155 WATERLOO ROAD", "133-155 Waterloo Road"),
        ("Kept as Written NHS trust", "Kept as Written NHS trust"),
    ],
)
def test_readable_name_keeps_small_words_small(capitals, readable):
    assert ods.readable_name(capitals) == readable
