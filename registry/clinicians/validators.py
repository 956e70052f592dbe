"""One check per rule about people, called by forms, imports and the API alike."""

import datetime
import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from registry.clinicians.fields import (
    HCPC_LETTERS,
    NUMBER_FORMS,
    REGISTER_OF,
    Profession,
    Register,
)
from registry.kernel.clock import today
from registry.kernel.errors import Invalid
from registry.nhsuk.dates import long_date


def clean_registration_number(register: Register, raw: str) -> str:
    """The number in its one written form: capitals, no spaces.

    Raises Invalid where it does not look like a number of this register (domain formats; no check
    digits, because no regulator publishes one).
    """
    number = re.sub(r"\s", "", raw).upper()
    form = NUMBER_FORMS[register]
    if not re.fullmatch(form.pattern, number, re.ASCII):
        raise Invalid(
            f"Enter a number of the {register.value} register, like {form.example}.", field="registration_number"
        )
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


def check_role_mix(practitioner: int, partner: int, leader: int) -> None:
    """Three parts of a post, in hundredths: none below 0, together exactly 100."""
    parts = (practitioner, partner, leader)
    if min(parts) < 0 or sum(parts) != 100:
        raise Invalid(f"The three numbers must add up to 100; these add up to {sum(parts)}.", field="practitioner")


def check_mix_start(from_date: datetime.date, started_on: datetime.date, ended_on: datetime.date | None) -> None:
    """A post divides like this from a day on which it was held, and not from a day to come."""
    if from_date < started_on:
        raise Invalid(f"The date must be {long_date(started_on)}, when the post began, or later.", field="from_date")
    if ended_on is not None and from_date > ended_on:
        raise Invalid(f"The date must be {long_date(ended_on)}, when the post ended, or earlier.", field="from_date")
    if from_date > today():
        raise Invalid("The date must be today or earlier.", field="from_date")


def check_mixes_within(
    days: Collection[datetime.date], started_on: datetime.date, ended_on: datetime.date | None
) -> None:
    """A post keeps the days from which it has a role mix."""
    if days and min(days) < started_on:
        first = long_date(min(days))
        raise Invalid(
            f"This post has a role mix since {first}. Remove it first, or enter an earlier date.", field="started_on"
        )
    if days and ended_on is not None and max(days) > ended_on:
        last = long_date(max(days))
        raise Invalid(
            f"This post has a role mix since {last}. Remove it first, or enter a later date.", field="ended_on"
        )


Choice = TypeVar("Choice", bound=models.TextChoices)

LONGEST_NAME = 100
# The first day anybody's current post can have begun.
EARLIEST_START = datetime.date(1950, 1, 1)


def clean_text(raw: str, *, what: str, longest: int, field: str | None = None) -> str:
    """One line of text, spaces tidied, letters in their composed form; Invalid where it is too long or no text."""
    text = unicodedata.normalize("NFC", " ".join(raw.split()))
    if len(text) > longest:
        raise Invalid(f"The {what} must be {longest} characters or fewer.", field=field)
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn", "Co"} for character in text):
        raise Invalid(f"The {what} holds a character that is not text.", field=field)
    return text


def clean_person_name(raw: str, *, what: str = "name", field: str | None = None) -> str:
    """A name in any alphabet, with apostrophes and hyphens as the person writes it; it needs one letter."""
    name = clean_text(raw, what=what, longest=LONGEST_NAME, field=field)
    if not any(character.isalpha() for character in name):
        raise Invalid(f"Enter the {what}.", field=field)
    return name


def clean_staff_number(raw: str, *, field: str | None = "staff_number") -> str:
    """An employee number as written, leading zeros kept: letters, digits, hyphens and slashes, 20 at most."""
    number = re.sub(r"\s", "", raw)
    if not re.fullmatch(r"[A-Za-z0-9/-]{1,20}", number, re.ASCII):
        raise Invalid("Enter an employee number of at most 20 letters and digits, like 00012345.", field=field)
    return number


def clean_work_email(raw: str, *, field: str | None = "email") -> str:
    """An e-mail address, as written; addresses are compared without regard to case."""
    address = raw.strip()
    refusal = Invalid("Enter an e-mail address, like name@trust.example.", field=field)
    if len(address) > 254:
        raise refusal
    try:
        validate_email(address)
    except ValidationError as error:
        raise refusal from error
    return address


def read_day(raw: str, *, field: str | None = None) -> datetime.date:
    """A day written 2024-03-15, 15/03/2024 or, as ESR does, 15-MAR-2024; the year in full."""
    text = raw.strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y"):
        try:
            return datetime.datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise Invalid(f"“{text[:20]}” is not a date. Write it like 2024-03-15 or 15/03/2024.", field=field)


def check_start(started_on: datetime.date, latest: datetime.date, *, field: str | None = "started_on") -> None:
    """A post began in living memory, and is at most a year away."""
    if not EARLIEST_START <= started_on <= latest + datetime.timedelta(days=366):
        raise Invalid("Enter a start date between 1950 and a year from now.", field=field)


def read_choice(
    choices: type[Choice], raw: str, *, what: str, also: dict[str, Choice] | None = None, field: str | None = None
) -> Choice:
    """The choice somebody means by its value, its label, or another name in `also`; case and spaces do not matter.

    Raises Invalid, naming the choices where they are few.
    """
    wanted = _plain(raw)
    for name, choice in (also or {}).items():
        if _plain(name) == wanted:
            return choice
    for choice in choices:
        if wanted in {_plain(choice.value), _plain(choice.label)}:
            return choice
    examples = ", ".join(choice.label for choice in list(choices)[:10])
    more = " and others" if len(choices) > 10 else ""
    raise Invalid(f"“{raw[:40]}” is not a {what} we know. Use one of: {examples}{more}.", field=field)


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
