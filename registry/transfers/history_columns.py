"""The columns of a file of old results, and its rows as the competency room checks them."""

from registry.competency.history.rows import Row
from registry.kernel.errors import Invalid
from registry.transfers import tables
from registry.transfers.columns import Column, Columns, payload_of

PERSON = (
    Column(
        "staff_number",
        "Employee Number",
        "One of these three says who it is. Keep leading zeros: format the column as text.",
        "00012345",
        ("Employee No", "Staff Number", "Payroll Number"),
    ),
    Column(
        "registration_number",
        "Registration Number",
        "Like 12A3456E, with its leading zeros and letters.",
        "",
        ("Professional Registration Number", "Registration No", "PIN"),
    ),
    Column("email", "Work Email", "The address in the person’s profile.", "", ("Email", "Email Address", "E-mail")),
)
RESULT = (
    Column(
        "date",
        "Date",
        "The day of the result: 2010-05-31, 31/05/2010 or 31-MAY-2010.",
        "2010-05-31",
        ("Result Date", "Date Of Result", "Date Completed"),
        required=True,
    ),
    Column(
        "quality",
        "Quality",
        "One row for each: the code or the name, like Q2 or Self awareness.",
        "Self awareness",
        ("Element", "Domain", "Dimension", "Competency"),
        required=True,
    ),
    Column("level", "Level", "A whole number on the quality’s own scale.", "3", ("Score", "Rating"), required=True),
)
SOURCE = (
    Column(
        "framework",
        "Framework",
        "The code or the name, like HLM or Healthcare Leadership Model.",
        "LQF",
        required=True,
    ),
    Column(
        "instrument",
        "Instrument",
        "The questionnaire or assessment centre, as the report calls it.",
        "Leadership 360",
        ("Tool", "Questionnaire"),
        required=True,
    ),
    Column("provider", "Provider", "Who ran it, if known.", "Right Management", ("Supplier",)),
)
LIKE = "Employee Number, Date, Quality and Level"
# By the value of `competency.HistoryKind`.
COLUMNS = {
    "lqf-360": Columns(PERSON + RESULT, like=LIKE),
    "external": Columns(PERSON + SOURCE + RESULT, like=LIKE),
}


def read(data: bytes, columns: Columns) -> list[Row]:
    """The rows of a file by column key, with what the reader found wrong.

    Raises Invalid for a file that cannot be read at all, or that has no column that says who a person is.
    """
    table = tables.read(data, knows=columns.known)
    headings = columns.understand(table.headings)
    if not headings.positions.keys() & {column.key for column in PERSON}:
        names = ", ".join(f"“{column.heading}”" for column in PERSON)
        raise Invalid(f"The file needs a column that says who each row is about: one of {names}.")
    return [Row(row.number, **payload_of(row, headings)) for row in table.rows]
