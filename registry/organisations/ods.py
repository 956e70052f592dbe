"""The reader of the ODS trust file (`etr.csv`): bytes in, frozen rows and problems with their lines out."""

import csv
import datetime
import re
from contextlib import suppress
from dataclasses import dataclass

from registry.kernel.errors import Invalid
from registry.organisations.regions import COMMISSIONING_2013, NHS_ENGLAND

COLUMNS = 27
# The last column without which a row says nothing: the closing date. Some years stop before the 27th.
NEEDED_COLUMNS = 12
LONGEST = {"name": 200, "address": 400, "postcode": 10, "phone": 30}

_CODE = re.compile(r"[A-Z0-9]{3,6}")
# Until 2022 the column of boards held the area teams of NHS England (Q70 to Q99): offices, not boards.
_AREA_TEAM = re.compile(r"Q[0-9]{2}")
_STAYS_CAPITAL = {"NHS", "HQ", "FT", "PO", "II", "UK", "BMI"}
_STAYS_SMALL = {"and", "at", "by", "for", "in", "of", "on", "the", "under", "upon", "with"}


@dataclass(frozen=True, slots=True)
class TrustRow:
    """One trust as the file describes it; `region` and `board` are ODS codes, None where it has none."""

    line: int
    code: str
    name: str
    welsh: bool
    region: str | None
    board: str | None
    address: str
    postcode: str
    phone: str
    opened_on: datetime.date
    closed_on: datetime.date | None

    @property
    def foundation_trust(self) -> bool:
        """Whether its name says so; the file has no column for it."""
        return "Foundation Trust" in self.name


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one line was not taken."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class TrustFile:
    """What a file held: the rows that can be loaded, and the lines that cannot."""

    rows: tuple[TrustRow, ...]
    problems: tuple[Problem, ...]


def read(data: bytes) -> TrustFile:
    """Parse a whole file.

    The file has no header, one trust a line, quoted or not, in UTF-8 with or without a byte order mark;
    a line may stop after the closing date or trail empty columns (both differ by year). Source of the
    columns: domain brief 4.1. Raises Invalid where the file as a whole is not one: wrong encoding,
    nothing in it, or not one line that can be read.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = data.count(b"\n", 0, error.start) + 1
        raise Invalid(
            f"The file is not in UTF-8 (line {where}). Open it and save it again as “CSV UTF-8”, "
            "or download it again from ODS."
        ) from error
    rows: dict[str, TrustRow] = {}
    problems: list[Problem] = []
    # A field of this file never holds a line break, so one stray quote spoils one line and not the rest.
    lines = re.split(r"\r\n|\n|\r", text)
    for number, line in enumerate(lines, start=1):
        if not line.strip(' ,"'):
            continue
        try:
            row = _row(number, line)
        except Invalid as error:
            problems.append(Problem(number, error.message))
            continue
        first = rows.setdefault(row.code, row)
        if first is not row:
            problems.append(Problem(number, f"{row.code} is already on line {first.line}."))
    if not rows:
        why = f"The first problem is on {problems[0]}" if problems else "It is empty."
        raise Invalid(f"This is not an ODS trust file: no line in it could be read. {why}")
    return TrustFile(tuple(rows.values()), tuple(problems))


def readable_name(capitals: str) -> str:
    """`GUY'S AND ST THOMAS' NHS FOUNDATION TRUST` → `Guy's and St Thomas' NHS Foundation Trust`."""
    if not capitals.isupper():
        return capitals
    words = re.split(r"([^\w']+)", capitals.lower())
    return "".join(_word(word, first=position == 0) for position, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if word.upper() in _STAYS_CAPITAL:
        return word.upper()
    return word if word in _STAYS_SMALL and not first else word[:1].upper() + word[1:]


def _row(number: int, line: str) -> TrustRow:
    cells = _cells(line)
    code, name = cells[0], readable_name(cells[1])
    if not _CODE.fullmatch(code):
        raise Invalid(f"“{code[:20]}” is not an ODS code (3 to 6 capital letters and digits).")
    if not name:
        raise Invalid(f"{code} has no name (column 2).")
    welsh = cells[23] == "W" and cells[2] in {"", "W00"}
    opened_on = _date(cells[10], 11)
    if opened_on is None:
        raise Invalid(f"{code} has no opening date (column 11).")
    closed_on = _date(cells[11], 12)
    if closed_on is not None and closed_on < opened_on:
        raise Invalid(f"{code} closes (column 12) before it opens (column 11).")
    row = TrustRow(
        line=number,
        code=code,
        name=name,
        welsh=welsh,
        region=None if welsh else _region(code, cells[2]),
        board=None if welsh else _board(code, cells[3]),
        address=", ".join(readable_name(part) for part in cells[4:9] if part),
        postcode=cells[9],
        phone=cells[17],
        opened_on=opened_on,
        closed_on=closed_on,
    )
    for field, longest in LONGEST.items():
        if len(getattr(row, field)) > longest:
            raise Invalid(f"The {field} of {code} is longer than {longest} characters.")
    return row


def _cells(line: str) -> list[str]:
    if any(ord(character) < 32 and character != "\t" for character in line):
        raise Invalid("The line holds a character that is not text, such as NUL.")
    try:
        (cells,) = csv.reader([line], strict=True)
    except csv.Error as error:
        raise Invalid("The line cannot be split into columns: check its quotation marks.") from error
    if len(cells) < NEEDED_COLUMNS or any(cells[COLUMNS:]):
        raise Invalid(f"The line has {len(cells)} columns; a line of the ODS trust file has {COLUMNS}.")
    return [cell.strip() for cell in cells[:COLUMNS]] + [""] * (COLUMNS - len(cells))


def _region(code: str, region: str) -> str:
    if region not in NHS_ENGLAND and region not in COMMISSIONING_2013:
        known = ", ".join(NHS_ENGLAND)
        raise Invalid(f"{code} has the region “{region[:20]}” (column 3); the regions are {known}.")
    return region


def _board(code: str, board: str) -> str | None:
    if not board or _AREA_TEAM.fullmatch(board):
        return None
    if not _CODE.fullmatch(board):
        raise Invalid(f"{code} has the board “{board[:20]}” (column 4), which is not an ODS code.")
    return board


def _date(text: str, column: int) -> datetime.date | None:
    if not text:
        return None
    # strptime alone would also take spaces and single digits.
    if re.fullmatch(r"[0-9]{8}", text):
        with suppress(ValueError):
            return datetime.datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 (a day has no zone)
    raise Invalid(f"“{text[:20]}” (column {column}) is not a date written YYYYMMDD.")
