"""Workbooks on their way out: text cells only, nothing a spreadsheet would take for a formula."""

import io
from collections.abc import Iterable, Sequence
from itertools import chain

import xlsxwriter

from registry.kernel.cells import neutral
from registry.kernel.errors import Invalid

MOST_ROWS = 1_048_576
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_xlsx(sheet: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty_rows: int = 0) -> bytes:
    """One sheet whose columns are text, so that leading zeros stay; `empty_rows` more are kept ready as text.

    Rows are written out as they come, so that a long table does not fill the memory. Raises Invalid for more rows than
    a sheet can hold.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        page = book.add_worksheet(sheet)
        page.set_column(0, len(headings) - 1, 24, text)
        page.freeze_panes(1, 0)
        written = 0
        for number, row in enumerate(chain([headings], rows)):
            if number == MOST_ROWS:
                raise Invalid(f"An Excel sheet holds {MOST_ROWS:,} rows, and this table has more. Choose a CSV file.")
            for column, cell in enumerate(row):
                page.write_string(number, column, neutral(cell), bold if number == 0 else text)
            written = number
        for number in range(written + 1, written + 1 + empty_rows):
            page.set_row(number, None, text)
    return out.getvalue()
