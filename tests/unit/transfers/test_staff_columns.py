"""Finding our columns among a file's headings."""

import pytest

from registry.kernel.errors import Invalid
from registry.transfers.columns import Headings
from registry.transfers.staff_columns import STAFF_COLUMNS, understand


def test_understand_finds_columns_whatever_their_case_spaces_and_order():
    assert understand(("  LAST name", "Employee_Number", "firstname", "Shoe size", "")) == Headings(
        {"family_name": 0, "staff_number": 1, "given_name": 2}, ("Shoe size", "(column 5, without a heading)")
    )


def test_understand_knows_other_names_of_a_column():
    assert understand(("Staff Number", "Forename", "Surname", "Grade")).positions == {
        "staff_number": 0,
        "given_name": 1,
        "family_name": 2,
        "band": 3,
    }


def test_every_heading_means_one_column():
    names = [name.casefold() for column in STAFF_COLUMNS for name in (column.heading, *column.also)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (
            ("Employee Number", "First Name", "Last Name", "Surname"),
            "Two columns mean “Last Name”: “Last Name” and “Surname”. Remove one.",
        ),
        (
            ("Employee Number", "First Name", "Last Name", "last name"),
            "Two columns mean “Last Name”: “Last Name” and “last name”. Remove one.",
        ),
        (
            ("First Name",),
            "Columns are missing: “Employee Number” and “Last Name”. Download the template to see every column.",
        ),
        (
            ("1", "2"),
            "The first row must hold the headings, like Employee Number, First Name and Last Name.",
        ),
    ],
)
def test_understand_refuses_missing_and_repeated_headings(headings, message):
    with pytest.raises(Invalid) as refused:
        understand(headings)
    assert refused.value.message == message
