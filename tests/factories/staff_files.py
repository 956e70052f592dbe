"""Staff files, good and hostile."""

import csv
import io
import zipfile

import xlsxwriter

GOOD = {
    "Employee Number": "00012345",
    "First Name": "Zoë",
    "Last Name": "O'Neill",
    "Work Email": "zoe.oneill@trust.example",
    "Staff Group": "Nursing and Midwifery Registered",
    "Job Role": "Specialist Nurse Practitioner",
    "Position Title": "Matron",
    "Pay Band": "8a",
    "Date Started": "2024-03-15",
    "Registration Body": "NMC",
    "Registration Number": "12A3456E",
}


def row(**cells):
    """GOOD with other cells: `row(Last_Name="Li")`."""
    return GOOD | {name.replace("_", " "): value for name, value in cells.items()}


def people(count, start=1):
    """So many different people."""
    return [
        row(
            Employee_Number=f"{number:08}",
            Last_Name=f"Person {number}",
            Work_Email=f"staff{number}@trust.example",
            Registration_Number=f"{number % 100:02}A{number // 100:04}E",
        )
        for number in range(start, start + count)
    ]


def csv_of(*rows, delimiter=",", encoding="utf-8"):
    """A CSV file of these rows, with the headings of the first."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_of(*rows, change=None):
    """An XLSX file of these rows, numbers as numbers; `change(sheet, book)` may write more."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, heading in enumerate(rows[0]):
            sheet.write_string(0, column, heading)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells.values()):
                (sheet.write_string if isinstance(cell, str) else sheet.write)(number, column, cell)
        if change:
            change(sheet, book)
    return out.getvalue()


def zip_of(parts):
    """A zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_sheet(xml, data=None):
    """A workbook whose first sheet is this XML."""
    with zipfile.ZipFile(io.BytesIO(data or xlsx_of(GOOD))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zip_of(parts | {"xl/worksheets/sheet1.xml": xml})
