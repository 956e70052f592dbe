"""One check per rule about people, called by forms, imports and the API alike."""

import datetime
import re

from registry.clinicians.fields import (
    HCPC_LETTERS,
    NUMBER_FORMS,
    REGISTER_OF,
    Profession,
    Register,
)
from registry.kernel.errors import Invalid


def clean_registration_number(register: Register, raw: str) -> str:
    """The number in its one written form: capitals, no spaces.

    Raises Invalid where it does not look like a number of this register (domain formats; no check
    digits, because no regulator publishes one).
    """
    number = re.sub(r"\s", "", raw).upper()
    form = NUMBER_FORMS[register]
    if not re.fullmatch(form.pattern, number, re.ASCII):
        raise Invalid(f"Enter a {register.value} number like {form.example}.", field="registration_number")
    return number


def check_register_of_profession(profession: Profession, register: Register, number: str) -> None:
    """A profession's main registration must be on its own register, with its own letters at HCPC."""
    expected = REGISTER_OF[profession]
    if register != expected:
        raise Invalid(
            f"A {profession.label.lower()} is on the {expected.value} register, not {register.value}.",
            field="register",
        )
    letters = HCPC_LETTERS.get(profession)
    if letters and not re.fullmatch(letters + r"\d+", number):
        raise Invalid(
            f"The HCPC number of a {profession.label.lower()} begins with {letters}.",
            field="registration_number",
        )


def check_period(started_on: datetime.date | None, ended_on: datetime.date | None) -> None:
    """An end, where there is one, is on or after the start."""
    if started_on and ended_on and ended_on < started_on:
        raise Invalid("The end date must be the same as or after the start date.", field="ended_on")
