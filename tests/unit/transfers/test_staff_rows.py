"""One row of a staff file, checked cell by cell."""

import datetime

import pytest

from registry.clinicians.fields import CareerStage, PayBand, Profession, Register, RegistrationStatus, Sector
from registry.clinicians.intake.rows import PostFacts, StaffRow
from registry.transfers.columns import payload_of
from registry.transfers.staff_columns import known, understand
from registry.transfers.staff_rows import find_repeats, read_row
from registry.transfers.tables import read
from tests.factories.staff_files import csv_of, row, xlsx_of

TODAY = datetime.date(2026, 11, 23)
EXPECTED = StaffRow(
    number=2,
    staff_number="00012345",
    given_name="Zoë",
    family_name="O'Neill",
    email="zoe.oneill@trust.example",
    profession=Profession.NURSE,
    sector=None,
    career_stage=CareerStage.EXPERIENCED,
    assumed=frozenset({"profession", "career_stage"}),
    register=Register.NMC,
    registration_number="12A3456E",
    registration_status=None,
    post=PostFacts("Matron", PayBand.BAND_8A, datetime.date(2024, 3, 15)),
    line_manager="",
    appraiser="",
    may_be_left_out=False,
    numbers=frozenset(),
)


def readings(data):
    table = read(data, knows=known)
    headings = understand(table.headings)
    found = [read_row(item.number, payload_of(item, headings), TODAY) for item in table.rows]
    find_repeats(found)
    return found


def reading(**cells):
    return readings(csv_of(row(**cells)))[0]


def test_read_row_understands_an_esr_row():
    found = reading()
    assert (found.row, found.problems, found.notes) == (EXPECTED, [], [])


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"First_Name": "  Anne  Marie "}, "given_name", "Anne Marie"),
        ({"First_Name": "Zoe\u0308"}, "given_name", "Zoë"),
        ({"Last_Name": "李"}, "family_name", "李"),
        ({"Pay_Band": "Band 8A"}, "post", PostFacts("Matron", PayBand.BAND_8A, datetime.date(2024, 3, 15))),
        (
            {"Pay_Band": "NHS|XR08|Review Body Band 8 - Range B"},
            "post",
            PostFacts("Matron", PayBand.BAND_8B, datetime.date(2024, 3, 15)),
        ),
        ({"Date_Started": "15/03/2024"}, "post", EXPECTED.post),
        ({"Date_Started": "15-MAR-2024"}, "post", EXPECTED.post),
        ({"Position_Title": "", "Job_Role": "Matron"}, "post", EXPECTED.post),
        ({"Registration_Body": "nursing & midwifery council"}, "register", Register.NMC),
        ({"Registration_Number": " 12a 3456e "}, "registration_number", "12A3456E"),
        ({"Registration_Body": "", "Profession": "nurse"}, "register", Register.NMC),
        ({"Position_Title": "Consultant Midwife"}, "profession", Profession.MIDWIFE),
        ({"Position_Title": "Nursing Associate"}, "profession", Profession.NURSING_ASSOCIATE),
        ({"Profession": "registered nurse"}, "profession", Profession.NURSE),
        (
            {"Staff_Group": "", "Registration_Body": "GMC", "Registration_Number": "0123456"},
            "profession",
            Profession.DOCTOR,
        ),
        (
            {"Staff_Group": "", "Registration_Body": "HCPC", "Registration_Number": "PA123"},
            "profession",
            Profession.PARAMEDIC,
        ),
        (
            {"Staff_Group": "", "Registration_Body": "HCPC", "Registration_Number": "PYL12"},
            "profession",
            Profession.PSYCHOLOGIST,
        ),
        (
            {"Staff_Group": "", "Registration_Body": "GPhC", "Registration_Number": "2012345"},
            "profession",
            Profession.PHARMACIST,
        ),
        (
            {"Staff_Group": "", "Registration_Body": "GPhC", "Registration_Number": "5012345"},
            "profession",
            Profession.PHARMACY_TECHNICIAN,
        ),
        (
            {"Staff_Group": "", "Registration_Body": "SWE", "Registration_Number": "SW12345"},
            "profession",
            Profession.SOCIAL_WORKER,
        ),
        ({"Registration_Status": "Suspended"}, "registration_status", RegistrationStatus.SUSPENDED),
        ({"Sector": "mental health"}, "sector", Sector.MENTAL_HEALTH),
        ({"Department": " Emergency  department "}, "department", "Emergency department"),
        ({"Career_Stage": "student"}, "career_stage", CareerStage.STUDENT),
        ({"Pay_Band": "Foundation Year 1"}, "career_stage", CareerStage.PRACTITIONER),
        ({"Pay_Band": "Consultant"}, "career_stage", CareerStage.EXPERIENCED),
    ],
)
def test_read_row_understands(cells, field, value):
    found = reading(**cells)
    assert found.problems == []
    assert getattr(found.row, field) == value


NUMBER = "Enter an employee number of at most 20 letters and digits, like 00012345."


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({"Employee_Number": ""}, [("staff_number", "Enter the employee number.")]),
        ({"Employee_Number": "1" * 21}, [("staff_number", NUMBER)]),
        ({"Employee_Number": "12;DROP"}, [("staff_number", NUMBER)]),
        ({"Employee_Number": "１２３"}, [("staff_number", NUMBER)]),
        (
            {"First_Name": "", "Last_Name": " "},
            [("given_name", "Enter the first name."), ("family_name", "Enter the last name.")],
        ),
        ({"Last_Name": "--"}, [("family_name", "Enter the last name.")]),
        ({"Last_Name": "x" * 101}, [("family_name", "The last name must be 100 characters or fewer.")]),
        ({"Work_Email": "zoe"}, [("email", "Enter an e-mail address, like name@trust.example.")]),
        ({"Pay_Band": ""}, [("band", "Enter the pay band or grade of the post.")]),
        ({"Date_Started": ""}, [("started_on", "Enter the start date of the post.")]),
        (
            {"Date_Started": "31/02/2024"},
            [("started_on", "“31/02/2024” is not a date. Write it like 2024-03-15 or 15/03/2024.")],
        ),
        (
            {"Date_Started": "15/03/24"},
            [("started_on", "“15/03/24” is not a date. Write it like 2024-03-15 or 15/03/2024.")],
        ),
        ({"Date_Started": "1949-12-31"}, [("started_on", "Enter a start date between 1950 and a year from now.")]),
        ({"Date_Started": "2028-01-01"}, [("started_on", "Enter a start date between 1950 and a year from now.")]),
        (
            {"Registration_Number": "1234567"},
            [("registration_number", "Enter a number of the NMC register, like 12A3456E.")],
        ),
        ({"Registration_Body": ""}, [("register", "Enter the registration body, like GMC or NMC.")]),
        ({"Profession": "doctor"}, [("register", "A doctor is on the GMC register, not NMC.")]),
        (
            {"Registration_Body": "GMC", "Registration_Number": "1234567"},
            [("register", "This staff group goes with NMC, not GMC.")],
        ),
        (
            {"Profession": "physiotherapist", "Registration_Body": "HCPC", "Registration_Number": "OT1"},
            [("registration_number", "The HCPC number of a physiotherapist begins with PH.")],
        ),
        (
            {"Sector": "retail"},
            [
                (
                    "sector",
                    "“retail” is not a sector we know. Use one of: Acute, Mental health, Community, Ambulance, Primary care, Commissioning.",
                )
            ],
        ),
    ],
)
def test_read_row_finds_every_problem_with_its_column(cells, problems):
    found = reading(**cells)
    assert (found.row, found.problems) == (None, problems)


def test_read_row_leaves_out_the_post_and_says_so_where_only_its_title_is_given():
    found = reading(Pay_Band="", Date_Started="", Career_Stage="experienced")
    assert found.row.post is None
    assert found.notes == [("position", "No post is recorded: a post needs a pay band and a start date.")]


def test_read_row_of_a_group_without_register_may_be_left_out():
    assert reading(Staff_Group="administrative and clerical").row.may_be_left_out is True


def test_read_row_restores_zeros_a_spreadsheet_lost_only_where_there_is_one_way():
    def of(body, number):
        cells = row(Staff_Group="Medical and Dental", Registration_Body=body, Registration_Number=number)
        (found,) = readings(xlsx_of(cells))
        return found.row.registration_number, found.notes

    assert of("GMC", 123456) == (
        "0123456",
        [("registration_number", "Read as 0123456: the spreadsheet had lost leading zeros.")],
    )
    assert of("GMC", 1234567) == ("1234567", [])
    assert of("GDC", 12345) == (
        "12345",
        [("registration_number", "The spreadsheet holds a number: leading zeros, if any, are lost.")],
    )


def test_read_row_keeps_a_short_gmc_number_written_as_text_wrong():
    found = reading(Staff_Group="Medical and Dental", Registration_Body="GMC", Registration_Number="123456")
    assert found.problems == [("registration_number", "Enter a number of the GMC register, like 0123456.")]


def test_read_row_remembers_which_cells_were_numbers():
    (found,) = readings(xlsx_of(row(Employee_Number=123)))
    assert (found.row.staff_number, found.row.numbers) == ("123", frozenset({"staff_number"}))


def test_find_repeats_refuses_the_later_row():
    first, second, third = readings(
        csv_of(
            row(),
            row(Registration_Number="13A3456E", Work_Email="ZOE.ONEILL@trust.example"),
            row(Employee_Number="2", Registration_Number="12a3456e", Work_Email=""),
        )
    )
    assert first.row == EXPECTED
    assert (second.row, second.problems) == (
        None,
        [("staff_number", "Row 2 has the same employee number."), ("email", "Row 2 has the same e-mail address.")],
    )
    assert (third.row, third.problems) == (
        None,
        [("registration_number", "Row 2 has the same registration number.")],
    )


def test_find_repeats_counts_rows_that_are_wrong_otherwise():
    _, second = readings(csv_of(row(Pay_Band="none"), row(Work_Email="", Registration_Number="13A3456E")))
    assert second.problems == [("staff_number", "Row 2 has the same employee number.")]


def test_payload_keeps_nothing_of_columns_we_do_not_know():
    table = read(csv_of(row() | {"Ethnic Origin": "secret"}), knows=known)
    payload = payload_of(table.rows[0], understand(table.headings))
    assert "secret" not in str(payload)
