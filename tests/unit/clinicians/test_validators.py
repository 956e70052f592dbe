"""One check per rule about people."""

import datetime

import pytest

from registry.clinicians import validators
from registry.clinicians.fields import Register
from registry.kernel.errors import Invalid

ACCEPTED = [
    (Register.GMC, "0123456"),
    (Register.GMC, "L123456"),
    (Register.GMC_ASSOCIATE, "A1234567"),
    (Register.NMC, "12A3456E"),
    (Register.HCPC, "ODP123456"),
    (Register.GPHC, "5012345"),
    (Register.GDC, "1234"),
    (Register.GOC, "01-12345"),
    (Register.GOC, "D-1234"),
    (Register.SWE, "SW1"),
]


@pytest.mark.parametrize(("register", "number"), ACCEPTED)
def test_registration_number_of_its_own_register_is_accepted(register, number):
    assert validators.clean_registration_number(register, f" {number.lower()} ") == number


@pytest.mark.parametrize(
    ("register", "number"),
    [
        (Register.GMC, "123456"),
        (Register.GMC, "１２３４５６７"),
        (Register.GMC, "0123456\n1"),
        (Register.NMC, "0123456"),
        (Register.HCPC, "XX123"),
        (Register.GPHC, "3012345"),
        (Register.SWE, "SW"),
    ],
)
def test_registration_number_of_another_form_is_refused(register, number):
    with pytest.raises(Invalid) as refused:
        validators.clean_registration_number(register, number)
    assert refused.value.field == "registration_number"


@pytest.mark.parametrize("name", ["O'Neill", "d’Arcy-Jones", "李", "Žižek", "ʻOkina", "Nguyễn"])
def test_person_name_of_any_alphabet_is_kept(name):
    assert validators.clean_person_name(name) == name


@pytest.mark.parametrize("name", ["", "  ", "-", "123", "a\0b", "x\u202a" * 60, "\ue000x"])
def test_person_name_without_a_letter_or_with_what_is_no_text_is_refused(name):
    with pytest.raises(Invalid):
        validators.clean_person_name(name)


@pytest.mark.parametrize("text", ["2024-03-15", "15/03/2024", "15-MAR-2024", " 15-Mar-2024 "])
def test_read_day_takes_three_ways_to_write_a_day(text):
    assert validators.read_day(text) == datetime.date(2024, 3, 15)


@pytest.mark.parametrize(
    "text", ["2024-02-30", "03/15/2024", "15/3/24", "yesterday", "45366", "²024-03-15", "1" * 5000]
)
def test_read_day_refuses_the_rest(text):
    with pytest.raises(Invalid):
        validators.read_day(text)


def test_work_email_longer_than_254_characters_is_refused():
    with pytest.raises(Invalid):
        validators.clean_work_email(f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.example")
