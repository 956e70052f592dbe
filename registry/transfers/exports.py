"""Workbooks on their way out: text cells only, nothing a spreadsheet would take for a formula."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from registry.kernel.cells import neutral

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_xlsx(sheet: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty_rows: int = 0) -> bytes:
    """One sheet whose columns are text, so that leading zeros stay; `empty_rows` more are kept ready as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
        page = book.add_worksheet(sheet)
        page.set_column(0, len(headings) - 1, 24, text)
        page.freeze_panes(1, 0)
        written = 0
        for number, row in enumerate((headings, *rows)):
            for column, cell in enumerate(row):
                page.write_string(number, column, neutral(cell), bold if number == 0 else text)
            written = number
        for number in range(written + 1, written + 1 + empty_rows):
            page.set_row(number, None, text)
    return out.getvalue()
