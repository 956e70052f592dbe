"""The careful opening of XLSX files: sizes checked before anything is unpacked, nothing evaluated."""

import datetime
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from registry.kernel.errors import Invalid

# 50,000 staff rows unpack to about 60 MB; a bomb promises gigabytes.
MOST_UNPACKED = 150 * 1024 * 1024
MOST_PARTS = 500
# 50,000 rows of 100 columns; a sheet with one cell in its far corner would need room for 17,000 million.
MOST_CELLS = 5_000_000
DAMAGED = "The spreadsheet is damaged or not an .xlsx file. Open it in Excel and save it again."


@dataclass(frozen=True, slots=True)
class Cells:
    """One sheet row as text; which positions were numbers, which hold formulas, and whether it has merged cells."""

    values: list[str]
    numbers: frozenset[int]
    formulas: tuple[int, ...]
    merged: bool


def read(data: bytes) -> Iterator[Cells]:
    """The rows of the first visible sheet, from row 1 on.

    A formula's stored result is plain text like any other, but its place is told, so that it can be
    refused: the file may not have been calculated since. Raises Invalid where the file is damaged,
    unpacks to more than MOST_UNPACKED bytes or has no sheet.
    """
    parts = _unpack(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_repack(parts)))
        position = _first_visible(book)
        outline = _Outline(parts[_part_of_sheet(parts, position)])
        sheet = book.get_sheet_by_index(position)
    except (CalamineError, expat.ExpatError, KeyError, IndexError, StopIteration, ValueError) as error:
        raise Invalid(DAMAGED) from error
    return _rows(sheet, outline.formulas)


def _first_visible(book: CalamineWorkbook) -> int:
    for position, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return position
    raise Invalid("The spreadsheet has no visible sheet.")


def _unpack(data: bytes) -> dict[str, bytes]:
    """The parts by name, read up to the size each declares, so that no part can unpack to more."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Invalid("The spreadsheet unpacks to far more than a staff list needs. Save the staff list alone.")
        return {part.filename: archive.read(part) for part in parts}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        # RuntimeError and NotImplementedError: encrypted, or packed by a method Excel never uses.
        raise Invalid(DAMAGED) from error


def _repack(parts: dict[str, bytes]) -> bytes:
    """The same parts, not compressed: whoever opens this cannot unpack more than was counted."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _rows(sheet: CalamineSheet, formulas: dict[int, list[int]]) -> Iterator[Cells]:
    merged = {
        row
        for (top, _), (bottom, _) in sheet.merged_cell_ranges or []
        for row in range(top, min(bottom, sheet.total_height) + 1)
    }
    for number, record in enumerate(sheet.to_python(skip_empty_area=False)):
        numbers = frozenset(at for at, value in enumerate(record) if type(value) in {int, float})
        yield Cells([_text(value) for value in record], numbers, tuple(formulas.get(number, ())), number in merged)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class _Outline:
    """What a sheet's XML says of its cells' places: how far they reach, and which hold a formula.

    Calamine tells no formulas, and would make room for a cell in the last row of an empty sheet before
    anybody could ask how large the sheet is.
    """

    def __init__(self, xml: bytes) -> None:
        self.formulas: dict[int, list[int]] = defaultdict(list)
        self.rows = self.columns = 0
        self._row = self._column = 0
        _walk(xml, self._element)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "c":
            self._place(attributes.get("r"))
        elif name == "f":
            self.formulas[self._row - 1].append(self._column - 1)

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            self._row, self._column = int(reference[len(letters) :]), _column(letters)
        self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        if self.rows * self.columns > MOST_CELLS:
            raise Invalid(
                f"The sheet reaches to row {self.rows:,} and column {self.columns:,}. "
                "Delete the empty rows and columns around the staff list."
            )


def _part_of_sheet(parts: dict[str, bytes], position: int) -> str:
    sheets: list[str] = []
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            sheets.append(next(value for key, value in attributes.items() if key.endswith(":id")))

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    _walk(parts["xl/workbook.xml"], sheet)
    _walk(parts["xl/_rels/workbook.xml.rels"], relation)
    target = targets[sheets[position]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _walk(xml: bytes, visit: Callable[[str, dict[str, str]], None]) -> None:
    """Call `visit` with each element's name, without its prefix, and attributes."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: visit(name.rpartition(":")[2], attributes)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.Parse(xml, True)


def _refuse_doctype(*declaration: Any) -> None:
    # No spreadsheet has one; entities defined there could grow without end.
    raise Invalid(DAMAGED)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
