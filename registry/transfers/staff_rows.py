"""One row of a staff file, checked cell by cell: text in, a `StaffRow` or problems with their columns out."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from registry.clinicians import validators
from registry.clinicians.fields import (
    REGISTER_OF,
    CareerStage,
    PayBand,
    Profession,
    Register,
    RegistrationStatus,
    Sector,
)
from registry.clinicians.intake.rows import PostFacts, Remark, StaffRow
from registry.kernel.errors import Invalid
from registry.transfers import staff_meanings as meanings

Value = TypeVar("Value")


@dataclass(slots=True)
class Reading:
    """A row that has been read: `row` is None where `problems` says why."""

    number: int
    row: StaffRow | None = None
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    # What must be unique within a file, by column; filled as far as the cells could be read.
    keys: dict[str, str] = field(default_factory=dict)


def read_row(number: int, payload: Mapping[str, Any], today: datetime.date) -> Reading:
    """Check one row; every problem in it is found, not only the first."""
    reading = Reading(number, problems=[(key, message) for key, message in payload["problems"]])
    cells = _Cells(payload["cells"], frozenset(payload["numbers"]), reading)
    staff_number = cells.needed("staff_number", validators.clean_staff_number, "Enter the employee number.")
    given_name = cells.needed("given_name", _name("first name"), "Enter the first name.")
    family_name = cells.needed("family_name", _name("last name"), "Enter the last name.")
    email = cells.given("email", validators.clean_work_email) or ""
    post = _post(cells, today)
    profession = cells.choice("profession", Profession, "profession", meanings.ALSO_PROFESSIONS)
    register, registration_number = _registration(cells, profession)
    status = cells.choice("registration_status", RegistrationStatus, "status", meanings.ALSO_STATUSES)
    stage = cells.choice("career_stage", CareerStage, "career stage", meanings.ALSO_STAGES)
    assumed = set()
    if profession is None and register:
        expected = meanings.registers_of(cells.text("staff_group"))
        if expected and register not in expected:
            cells.refuse("register", f"This staff group goes with {' or '.join(expected)}, not {register.value}.")
        job = " ".join(cells.text(key) for key in ("staff_group", "job_role", "position"))
        profession = meanings.profession_of(register, registration_number, job)
        assumed.add("profession")
    if stage is None and post:
        stage = meanings.stage_of(post.band)
        assumed.add("career_stage")
    sector = cells.choice("sector", Sector, "sector", meanings.ALSO_SECTORS)
    department = cells.given("department", _department) or ""
    line_manager = cells.given("line_manager", validators.clean_staff_number) or ""
    appraiser = cells.given("appraiser", validators.clean_work_email) or ""
    reading.keys = {
        "staff_number": staff_number or "",
        "registration_number": f"{register} {registration_number}" if register and registration_number else "",
        "email": email.lower(),
    }
    if not reading.problems and staff_number and given_name and family_name:
        reading.row = StaffRow(
            number=number,
            staff_number=staff_number,
            given_name=given_name,
            family_name=family_name,
            email=email,
            profession=profession,
            sector=sector,
            career_stage=stage,
            assumed=frozenset(assumed),
            register=register,
            registration_number=registration_number,
            registration_status=status,
            post=post,
            line_manager=line_manager,
            appraiser=appraiser,
            may_be_left_out=cells.text("staff_group").casefold() in meanings.WITHOUT_REGISTER,
            numbers=cells.numbers,
            department=department,
        )
    return reading


def find_repeats(readings: Iterable[Reading]) -> None:
    """Turn rows that repeat an earlier row's employee number, registration or e-mail address into problems."""
    repeated = {
        "staff_number": "Row {} has the same employee number.",
        "registration_number": "Row {} has the same registration number.",
        "email": "Row {} has the same e-mail address.",
    }
    seen: dict[tuple[str, str], int] = {}
    for reading in readings:
        for key, value in reading.keys.items():
            if value and (first := seen.setdefault((key, value), reading.number)) != reading.number:
                reading.problems.append((key, repeated[key].format(first)))
                reading.row = None


class _Cells:
    """The cells of one row; what cannot be read is added to the reading's problems."""

    def __init__(self, cells: Mapping[str, str], numbers: frozenset[str], reading: Reading) -> None:
        self.cells, self.numbers, self.reading = cells, numbers, reading

    def text(self, key: str) -> str:
        return self.cells.get(key, "")

    def given(self, key: str, clean: Callable[[str], Value]) -> Value | None:
        """The cell's meaning; None where it is empty or has been refused."""
        if not self.text(key):
            return None
        try:
            return clean(self.text(key))
        except Invalid as error:
            self.refuse(key, error.message)
            return None

    def needed(self, key: str, clean: Callable[[str], Value], missing: str) -> Value | None:
        if not self.text(key):
            self.refuse(key, missing)
        return self.given(key, clean)

    def choice(self, key: str, choices: type[Any], what: str, also: dict[str, Any]) -> Any:
        return self.given(key, lambda raw: validators.read_choice(choices, raw, what=what, also=also))

    def refuse(self, key: str, message: str) -> None:
        if (key, message) not in self.reading.problems:
            self.reading.problems.append((key, message))

    def remark(self, key: str, message: str) -> None:
        self.reading.notes.append((key, message))


def _name(what: str) -> Callable[[str], str]:
    return lambda raw: validators.clean_person_name(raw, what=what)


def _department(raw: str) -> str:
    return validators.clean_text(raw, what="department or service", longest=100)


def _post(cells: _Cells, today: datetime.date) -> PostFacts | None:
    """The current post; nothing where neither title nor role is given, a problem where it is half given."""
    key = "position" if cells.text("position") else "job_role"
    title = cells.given(key, lambda raw: validators.clean_text(raw, what="job title", longest=120))
    band = cells.given(
        "band",
        lambda raw: validators.read_choice(
            PayBand, meanings.plain_band(raw), what="pay band or grade", also=meanings.ALSO_BANDS
        ),
    )
    started_on = cells.given("started_on", validators.read_day)
    if started_on:
        try:
            validators.check_start(started_on, today)
        except Invalid as error:
            cells.refuse("started_on", error.message)
    if title and band and started_on:
        return PostFacts(title, band, started_on)
    if title and not cells.text("band") and not cells.text("started_on"):
        cells.remark(key, "No post is recorded: a post needs a pay band and a start date.")
    elif title and not cells.text("band"):
        cells.refuse("band", "Enter the pay band or grade of the post.")
    elif title and not cells.text("started_on"):
        cells.refuse("started_on", "Enter the start date of the post.")
    return None


def _registration(cells: _Cells, profession: Profession | None) -> tuple[Register | None, str]:
    """Register and number; the profession stands in for a missing register."""
    raw = cells.text("registration_number")
    register = cells.choice("register", Register, "registration body", meanings.ALSO_REGISTERS)
    if not raw:
        if register:
            cells.remark("registration_number", "No registration is recorded: the number is missing.")
        return None, ""
    if register is None:
        if cells.text("register"):
            return None, ""
        if profession is None:
            cells.refuse("register", "Enter the registration body, like GMC or NMC.")
            return None, ""
        register = REGISTER_OF[profession]
    if "registration_number" in cells.numbers and register == Register.GMC and len(raw) < 7:
        # Excel dropped the zeros of a number that always has seven digits.
        raw = raw.zfill(7)
        cells.remark("registration_number", f"Read as {raw}: the spreadsheet had lost leading zeros.")
    elif "registration_number" in cells.numbers and register == Register.GDC:
        cells.remark("registration_number", "The spreadsheet holds a number: leading zeros, if any, are lost.")
    try:
        number = validators.clean_registration_number(register, raw)
        if profession is not None:
            validators.check_register_of_profession(profession, register, number)
    except Invalid as error:
        cells.refuse(error.field or "registration_number", error.message)
        return register, ""
    return register, number
