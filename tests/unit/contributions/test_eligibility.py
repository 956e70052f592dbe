"""Who can apply, and why, in words; and where a day lies in a window."""

import datetime
from itertools import product

import pytest

from registry.contributions.eligibility import Applicant, Asks, Named, Window, in_words, judge, window

NURSES = {"nurse": "Nurse"}
DAY = datetime.date(2026, 11, 3)


def somebody(profession="nurse", stage="practitioner", *, cleared=False):
    return Applicant(Named(profession, profession.capitalize()), Named(stage, stage.capitalize()), cleared)


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [(0, 0, Window.OPEN), (-5, 0, Window.OPEN), (1, 9, Window.SOON), (-9, -1, Window.CLOSED), (0, 3, Window.OPEN)],
)
def test_both_days_of_a_window_belong_to_it(opens, closes, expected):
    day = datetime.timedelta(days=1)
    assert window(DAY + opens * day, DAY + closes * day, DAY) == expected


def test_nothing_asked_is_open_to_everybody():
    answer = judge(Asks(), somebody())
    assert (answer.eligible, answer.words) == (True, "You can apply because it is open to every clinician.")


def test_whoever_meets_all_hears_each_reason():
    asks = Asks(NURSES, {"practitioner": "Practitioner"}, cleared_venture=True)
    assert judge(asks, somebody(cleared=True)).words == (
        "You can apply because your profession is Nurse, your career stage is Practitioner "
        "and you have a venture that your employer has cleared."
    )


def test_whoever_misses_something_hears_only_what_is_missing():
    asks = Asks({"doctor": "Doctor", "dentist": "Dentist"}, {"practitioner": "Practitioner"}, cleared_venture=True)
    assert judge(asks, somebody()).words == (
        "You cannot apply because it asks for the profession Doctor or Dentist, and yours is Nurse; "
        "and you need a venture that your employer has cleared."
    )


def test_who_can_apply_is_said_without_knowing_anybody():
    assert in_words(Asks()) == "Every clinical profession"
    asked = Asks(NURSES | {"doctor": "Doctor"}, {"student": "Student"}, cleared_venture=True)
    assert in_words(asked) == ("Nurse or Doctor, at the stage Student, with a venture that their employer has cleared")


def test_eligible_exactly_where_every_criterion_is_met():
    some = [{}, {"a": "A"}, {"b": "B"}, {"a": "A", "b": "B"}]
    for professions, stages, needs, profession, stage, cleared in product(
        some, some, (False, True), "ab", "ab", (False, True)
    ):
        answer = judge(Asks(professions, stages, needs), somebody(profession, stage, cleared=cleared))
        asked = [bool(professions), bool(stages), needs]
        met = [not professions or profession in professions, not stages or stage in stages, not needs or cleared]
        assert answer.eligible == all(met)
        assert len(answer.reasons) == (max(1, asked.count(True)) if answer.eligible else met.count(False))
