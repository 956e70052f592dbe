"""Files to download, and tables as CSV: nothing in one runs when a spreadsheet opens it."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from registry.kernel.cells import neutral

CSV_TYPE = "text/csv; charset=utf-8"


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads the letters right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (headings, *rows):
        writer.writerow([neutral(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def csv_download(headings: Sequence[str], rows: Iterable[Sequence[str]], *, name: str) -> HttpResponse:
    """A table as a CSV file of this name."""
    return download(as_csv(headings, rows), content_type=CSV_TYPE, name=name)


def download(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    """A file of this name, which no cache keeps."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
