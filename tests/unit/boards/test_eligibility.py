"""Who meets what is essential, and exactly what is missing otherwise."""

import pytest
from hypothesis import given

from registry.boards.eligibility import Failure, assess
from registry.boards.specification import Named, Specification
from tests.unit.boards.given import (
    PROFESSIONS,
    REGIONS,
    REGISTRATIONS,
    SECTORS,
    domain,
    facts,
    somebody,
    specifications,
)


def failures(person, **asked):
    return [failure.criterion for failure in assess(person, Specification(**asked)).failures]


def test_person_who_meets_everything_is_eligible():
    asked = Specification(
        registration="registered",
        professions=(PROFESSIONS[1],),
        band=Named("8d", "Band 8d"),
        band_rank=11,
        leadership_years=10,
        sectors=(SECTORS[0],),
        regions=(REGIONS[1],),
        domains=(domain(1, minimum=3), domain(2, minimum=2)),
    )
    assessed = assess(facts(), asked)
    assert (assessed.eligible, assessed.first, assessed.failures) == (True, None, ())


def test_empty_specification_asks_for_nothing():
    assert failures(facts(registration=REGISTRATIONS[4], levels=(None,) * 9)) == []


@pytest.mark.parametrize(
    ("needed", "held", "eligible"),
    [
        ("registered", "registered", True),
        ("registered", "conditions", False),
        ("registered", "", False),
        ("conditions", "conditions", True),
        ("conditions", "suspended", False),
        ("conditions", "lapsed", False),
        ("none", "", True),
    ],
)
def test_registration_needed(needed, held, eligible):
    assert (failures(facts(registration=Named(held, held)), registration=needed) == []) is eligible


def test_level_just_below_the_minimum_fails_and_the_minimum_itself_passes():
    asked = {"domains": (domain(1, minimum=3),)}
    assert failures(facts(levels=(35,) + (None,) * 8), **asked) == ["domain-1"]
    assert failures(facts(levels=(36,) + (None,) * 8), **asked) == []


def test_missing_level_does_not_meet_a_minimum():
    (failure,) = assess(facts(levels=(None,) * 9), Specification(domains=(domain(2, minimum=1),))).failures
    assert failure == Failure("domain-2", "Domain 2", "At least level 1", "No agreed level")


@pytest.mark.parametrize(("days", "eligible"), [(1826, False), (1827, True)])
def test_years_are_counted_at_365_and_a_quarter_days(days, eligible):
    assert (failures(facts(leadership_days=days), leadership_years=5) == []) is eligible


def test_every_failure_is_named_in_the_order_of_the_specification_with_the_figures():
    person = facts(registration=REGISTRATIONS[2], band=Named("7", "Band 7"), band_rank=7, leadership_days=400)
    asked = Specification(
        registration="registered", professions=tuple(PROFESSIONS[::2]), band=Named("9", "Band 9"), band_rank=12,
        leadership_years=2,
    )  # fmt: skip
    assessed = assess(person, asked)
    assert [failure.words for failure in assessed.failures] == [
        "Registration. Needs: Registered, without conditions. Has: Suspended.",
        "Profession. Needs: Doctor or Midwife. Has: Nurse.",
        "Band or grade. Needs: Band 9 or above. Has: Band 7.",
        "Years in leadership. Needs: At least 2 years. Has: 1 year 1 month.",
    ]
    assert assessed.first == assessed.failures[0]


@given(somebody, specifications)
def test_each_criterion_fails_at_most_once_and_eligible_means_none(person, asked):
    assessed = assess(person, asked)
    codes = [failure.criterion for failure in assessed.failures]
    assert len(codes) == len(set(codes))
    assert assessed.eligible == (codes == [])


@given(somebody, specifications)
def test_asking_for_less_never_rules_anybody_out(person, asked):
    less = Specification(**{name: getattr(asked, name) for name in ("registration", "sectors")})
    assert {f.criterion for f in assess(person, less).failures} <= {f.criterion for f in assess(person, asked).failures}
