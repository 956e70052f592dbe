"""The reader of tables people send: CSV or XLSX bytes in, headings and rows of plain text out."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from registry.kernel.cells import FORMULA_STARTS
from registry.kernel.errors import Invalid
from registry.transfers import workbooks

MOST_ROWS = 50_000
MOST_COLUMNS = 100
LONGEST_CELL = 1_000
DELIMITERS = ",;\t|"
# Control characters but tab and line ends; what Unicode says is not a character.
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was sent. `number` counts as a spreadsheet does (the heading is row 1).

    `numbers` are the positions of cells that the spreadsheet holds as numbers and not as text, so that
    leading zeros may be lost. `problems` are (position or None for the whole row, message).
    """

    number: int
    cells: tuple[str, ...]
    numbers: frozenset[int] = frozenset()
    problems: tuple[tuple[int | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A heading row and what stands under it; rows with nothing in them are left out."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def check_size(data: bytes, most: int) -> None:
    """Raise Invalid for a file of more bytes than this."""
    if len(data) > most:
        megabytes = most // 1024**2
        raise Invalid(f"The file is larger than {megabytes} MB. Split it into smaller files.", field="file")


def read(data: bytes, *, knows: Callable[[list[str]], int]) -> Table:
    """Parse a file, whatever its name says: XLSX by its first bytes, otherwise CSV in UTF-8.

    `knows` counts how many of some headings are known; it decides which separator a CSV file uses.
    Nothing is evaluated. Raises Invalid for a file that cannot be read as a table at all, or is over
    the limits; what is wrong with one row is in that row's `problems`.
    """
    if data.startswith(b"PK\x03\x04"):
        rows = iter(_numbered(workbooks.read(data), _from_sheet))
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Invalid("The file is protected by a password, or an old .xls file. Save it as .xlsx without a password.")
    else:
        rows = iter(_numbered(_records(_text(data), knows), _from_text))
    heading = next(rows, None)
    if heading is None:
        raise Invalid("The file is empty.")
    if heading.problems:
        raise Invalid(f"The heading row cannot be used: {heading.problems[0][1]}")
    headings = tuple(_trimmed(heading.cells))
    if len(headings) > MOST_COLUMNS:
        raise Invalid(f"The file has {len(headings)} columns; at most {MOST_COLUMNS} can be imported.")
    found: list[Row] = []
    for row in rows:
        if len(found) == MOST_ROWS:
            raise Invalid(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller files.")
        found.append(_squared(row, len(headings)))
    if not found:
        raise Invalid("The file has a heading row and nothing under it.")
    return Table(headings, tuple(found))


def _numbered(records: Iterable[Any], understand: Callable[[int, Any], Row]) -> Iterator[Row]:
    for number, record in enumerate(records, start=1):
        row = understand(number, record)
        if any(row.cells) or row.problems:
            yield row


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Invalid(
            "The file is in UTF-16 (“Unicode text”). In Excel choose Save as, and then “CSV UTF-8 (Comma delimited)”."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(
            f"The file is not in UTF-8: line {line} holds a letter in another encoding, probably Windows-1252, "
            "which Excel uses when you choose “CSV”. In Excel choose Save as, and then “CSV UTF-8 (Comma delimited)”."
        ) from error


def _records(text: str, knows: Callable[[list[str]], int]) -> Iterator[list[str]]:
    start = text.lstrip("\r\n")[:20_000]
    delimiter = max(DELIMITERS, key=lambda candidate: knows(next(_split(start, candidate, strict=False), [])))
    number = 0
    records = _split(text, delimiter, strict=True)
    while True:
        try:
            number += 1
            yield next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise Invalid(f"The file cannot be read from row {number} on: check the quotation marks there.") from error


def _split(text: str, delimiter: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _from_text(number: int, record: list[str]) -> Row:
    return _clean(number, record, frozenset(), [])


def _from_sheet(number: int, record: workbooks.Cells) -> Row:
    problems: list[tuple[int | None, str]] = [
        (at, "The cell contains a formula. Replace it by its value (copy, then paste values).")
        for at in record.formulas
    ]
    if record.merged:
        problems.append((None, "The row has merged cells. Unmerge them."))
    return _clean(number, record.values, record.numbers, problems)


def _clean(number: int, values: list[str], numbers: frozenset[int], problems: list[tuple[int | None, str]]) -> Row:
    cells = []
    for at, value in enumerate(values):
        cell, problem = _clean_cell(value)
        cells.append(cell)
        if problem:
            problems.append((at, problem))
    return Row(number, tuple(cells), numbers, tuple(problems))


def _clean_cell(value: str) -> tuple[str, str | None]:
    text = value.strip()
    # Our own exports put an apostrophe before what a spreadsheet would take for a formula.
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        text = text[1:]
    if len(text) > LONGEST_CELL:
        return text[:LONGEST_CELL], f"The cell holds more than {LONGEST_CELL:,} characters."
    if NOT_TEXT.search(text):
        return NOT_TEXT.sub(
            "\N{REPLACEMENT CHARACTER}", text
        ), "The cell holds a character that is not text, such as NUL."
    return text, None


def _squared(row: Row, width: int) -> Row:
    cells = _trimmed(row.cells, keep=width)
    if len(cells) == width:
        return Row(row.number, tuple(cells), row.numbers, row.problems)
    problem = (None, f"The row has {len(cells)} cells; the heading row has {width}.")
    cells = (cells + [""] * width)[:width]
    return Row(row.number, tuple(cells), row.numbers, (problem, *row.problems))


def _trimmed(cells: Iterable[str], keep: int = 0) -> list[str]:
    kept = list(cells)
    while len(kept) > keep and not kept[-1]:
        kept.pop()
    return kept
