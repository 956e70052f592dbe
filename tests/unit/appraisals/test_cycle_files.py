"""Cycle files: what is read, and what is refused with its line."""

import pytest

from registry.appraisals.cycle_dates import BirthMonth, Fixed, FixedDate
from registry.appraisals.cycle_files import SHIPPED, CycleFileError, read
from registry.clinicians.fields import HCPC_LETTERS, Profession, Register

TEXT = """\
code: appraisal
name: Appraisal
kind: appraisal
register: GMC
rules:
  - effective_from: 2020-01-01
    shape: {kind: birth_month, window_days: 84}
    lead_days: [28, 7]
    source: A test.
"""


def given(text):
    return read(text, registers=frozenset(Register.values), professions=frozenset(Profession.values))


def refusal(old, new):
    with pytest.raises(CycleFileError) as refused:
        given(TEXT.replace(old, new))
    return [(problem.line, problem.reason) for problem in refused.value.problems]


def test_every_shipped_cycle_is_read_and_reminds_first_within_its_window_or_before():
    files = [given(path.read_bytes()) for path in sorted(SHIPPED.glob("*.yaml"))]
    assert len({file.code for file in files}) == len(files) == 14
    for file in files:
        for rule in file.rules:
            assert rule.shape.shape.window_days >= max(rule.lead_days) - 23, file.code


def test_hcpc_has_a_day_for_each_of_its_professions():
    shape = given((SHIPPED / "hcpc-renewal.yaml").read_bytes()).rules[0].shape.shape
    assert {date.profession for date in shape.dates} == {profession.value for profession in HCPC_LETTERS}


def test_shape_is_what_the_row_says():
    assert given(TEXT).rules[0].shape.shape == BirthMonth(window_days=84)
    text = TEXT.replace(
        "kind: birth_month, window_days: 84", "kind: fixed, window_days: 9, dates: [{month: 2, day: 29}]"
    )
    assert given(text).rules[0].shape.shape == Fixed(window_days=9, dates=(FixedDate(2, 29),))


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("register: GMC", "register: ABC", 4, "must be one of GDC, GMC, GMC-A, GOC, GPhC, HCPC, NMC, SWE"),
        ("[28, 7]", "[7, 28]", 8, "must go down, each number once"),
        ("birth_month", "every", 7, "every needs months"),
        ("window_days: 84", "window_days: 84, months: 3", 7, "says nothing where the kind is birth_month"),
        (
            "window_days: 84",
            "window_days: 84, least_months: 15",
            7,
            "must leave at least two months after least_months",
        ),
        (
            "birth_month, window_days: 84",
            "fixed, window_days: 1, dates: [{month: 6, day: 31}]",
            7,
            "is not a day of this month",
        ),
        (
            "birth_month, window_days: 84",
            "fixed, window_days: 1, dates: [{month: 6, day: 30, profession: baker}]",
            7,
            "unknown profession 'baker'",
        ),
        ("kind: appraisal", "kind: party", 3, "must be one of appraisal, review, revalidation, renewal"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(old, new, line, reason):
    assert (line, reason) in refusal(old, new)


def test_two_rules_from_one_day_are_refused():
    twice = TEXT + TEXT[TEXT.index("  - effective") :]
    with pytest.raises(CycleFileError, match="days of their own"):
        given(twice)
