"""Rows of old results against what the registry knows: every row counted once, every problem found."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.competency.history.rows import Key, Knowledge, KnownElement, KnownVersion, Row, check

TODAY = datetime.date(2026, 11, 23)
LQF = KnownVersion(
    "LQF",
    "NHS Leadership Qualities Framework",
    datetime.date(2006, 1, 1),
    (
        KnownElement(1, "Q1", "Self belief", frozenset(range(5))),
        KnownElement(2, "Q2", "Self awareness", frozenset(range(4))),
    ),
)
OLD = KnownVersion(
    "HLM", "Healthcare Model", datetime.date(2013, 11, 1), (KnownElement(3, "H1", "Purpose", frozenset({1, 2})),)
)
NEW = KnownVersion(
    "HLM", "Healthcare Model", datetime.date(2020, 1, 1), (KnownElement(4, "H1", "Purpose", frozenset({1, 2})),)
)


def day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def known(stored=()):
    return Knowledge(
        people={
            "staff_number": {
                "007": frozenset({7}),
                "008": frozenset({8}),
                "same": frozenset({7, 8}),
                "05": frozenset({7}),
                "005": frozenset({8}),
            },
            "registration_number": {"12a3456e": frozenset({7})},
            "email": {"zoe@trust.example": frozenset({8}), "ward@trust.example": frozenset({7, 8})},
        },
        frameworks={"LQF": [LQF], "HLM": [OLD, NEW]},
        used_since={"LQF": datetime.date(2002, 1, 1)},
        stored=dict(stored),
        today=TODAY,
        read_day=day,
        written=lambda way, said: said.strip(),
    )


GOOD = {"staff_number": "007", "date": "2010-05-31", "quality": "Self awareness", "level": "3"}
EXTERNAL = {
    "staff_number": "007",
    "framework": "hlm",
    "instrument": "HLM 360",
    "date": "2014-01-01",
    "quality": "H1",
    "level": "2",
}
KEY = Key(7, 2, datetime.date(2010, 5, 31), "LQF 360", "")


def numbered(rows):
    return [Row(number, row) for number, row in enumerate(rows, start=2)]


def lqf(*rows, stored=()):
    return check(numbered(rows), known(stored), framework="LQF", instrument="LQF 360")


def external(*rows, stored=()):
    return check(numbered(rows), known(stored))


def only(found):
    assert found.to_add == {}
    return [(problem.column, problem.sentence) for problem in found.problems]


def test_good_row_is_a_level_to_add():
    assert lqf(GOOD).to_add == {KEY: 3}
    assert lqf(GOOD).problems == []


@pytest.mark.parametrize("said", ["Self awareness", "SELF-AWARENESS", " self  awareness ", "Q2", "q2"])
def test_quality_is_found_by_code_or_name_whatever_its_case_and_dashes(said):
    assert lqf(GOOD | {"quality": said}).to_add == {KEY: 3}


@pytest.mark.parametrize(
    "who",
    [
        {"registration_number": "12A3456E"},
        {"staff_number": "007", "registration_number": "12a3456e"},
        {"staff_number": "same", "registration_number": "12a3456e"},
        {"staff_number": "007", "email": "Ward@trust.example"},
    ],
)
def test_person_is_found_by_any_of_the_three(who):
    assert lqf({**{k: v for k, v in GOOD.items() if k != "staff_number"}, **who}).to_add == {KEY: 3}


@pytest.mark.parametrize(
    ("change", "column", "sentence"),
    [
        ({"staff_number": "7"}, "staff_number", "Nobody at the organisation has this employee number."),
        ({"staff_number": ""}, "", "Name the person by employee number, registration number or work e-mail address."),
        ({"staff_number": "same"}, "staff_number", "Several people match. Add the employee number."),
        (
            {"email": "zoe@trust.example"},
            "",
            "The employee number and the work e-mail address are of different people.",
        ),
        ({"email": "x"}, "email", "Nobody at the organisation has this work e-mail address."),
        ({"date": ""}, "date", "Enter the date of the result."),
        ({"date": "2010-02-30"}, "date", "Enter a date like 2010-05-31 or 31/05/2010."),
        ({"date": "2026-11-24"}, "date", "The date is in the future."),
        ({"date": "2001-12-31"}, "date", "The NHS Leadership Qualities Framework did not exist before 2002."),
        ({"quality": ""}, "quality", "Enter the quality or element, by its code or name."),
        (
            {"quality": "Charm"},
            "quality",
            "The NHS Leadership Qualities Framework has no quality or element of this code or name.",
        ),
        ({"level": ""}, "level", "Enter the level."),
        ({"level": "4"}, "level", "Self awareness has the levels 0 to 3."),
        ({"level": "2.5"}, "level", "Enter the level as a whole number."),
        ({"level": "٣"}, "level", "Enter the level as a whole number."),
        ({"level": "-1"}, "level", "Enter the level as a whole number."),
        ({"level": "=1+1"}, "level", "Enter the level as a whole number."),
    ],
)
def test_problem_is_said_with_its_column(change, column, sentence):
    assert only(lqf(GOOD | change)) == [(column, sentence)]


def test_all_the_problems_of_a_row_are_found():
    assert {column for column, _ in only(lqf({"level": "9x"}))} == {"", "date", "quality", "level"}


def test_top_of_the_element_counts_and_not_the_scales():
    assert lqf(GOOD | {"quality": "Self belief", "level": "4"}).errors == 0
    assert lqf(GOOD | {"level": "4"}).errors == 1


def test_level_written_as_a_spreadsheet_writes_it_is_whole():
    assert lqf(GOOD | {"level": "3.0"}).to_add == {KEY: 3}


def as_numbers(said):
    row = Row(2, GOOD | {"staff_number": said}, numbers=["staff_number"])
    return check([row], known(), framework="LQF", instrument="LQF 360")


def test_employee_number_that_lost_its_zeros_in_a_spreadsheet_is_found_and_noted():
    found = as_numbers("7")
    assert found.to_add == {KEY: 3}
    assert found.notes == {2: "Read as 007: the spreadsheet had lost leading zeros."}
    # One that is text is meant as it stands.
    assert as_numbers("007").notes == {}
    assert lqf(GOOD | {"staff_number": "7"}).errors == 1


@pytest.mark.parametrize(("said", "why"), [("9", "Nobody at the organisation has"), ("5", "only in leading zeros")])
def test_number_that_could_be_nobodys_or_several_peoples_is_refused(said, why):
    (problem,) = as_numbers(said).problems
    assert problem.column == "staff_number"
    assert why in problem.sentence


def test_instrument_and_provider_are_the_same_whatever_their_case_and_spaces():
    first, again = (
        EXTERNAL | {"provider": "Elmtree  Ltd"},
        EXTERNAL | {"provider": "ELMTREE Ltd", "instrument": "hlm 360"},
    )
    assert [key[3:] for key in external(first).to_add] == [("HLM 360", "Elmtree Ltd")]
    assert only_problem(external(first, again)) == "Row 2 has the same person, date, quality and source."
    (key,) = external(first).to_add
    assert external(again, stored={key: 2}).same == 1
    # Another level from the same source is kept under the name it has already.
    later = again | {"date": "2015-01-01"}
    assert [key[3:] for key in external(later, stored={key: 2}).to_add] == [("HLM 360", "Elmtree Ltd")]


def test_row_the_reader_refused_is_not_looked_at():
    found = check([Row(2, GOOD, problems=[("level", "A formula.")])], known(), framework="LQF", instrument="LQF 360")
    assert (found.to_add, found.problems) == ({}, [(2, "level", "A formula.")])


def only_problem(found):
    (problem,) = found.problems
    return problem.sentence


def test_external_row_takes_the_version_in_force_on_its_day():
    assert [key.element_id for key in external(EXTERNAL).to_add] == [3]
    assert [key.element_id for key in external(EXTERNAL | {"date": "2021-01-01"}).to_add] == [4]
    # The year of the first version is early enough; the year before is not.
    assert [key.element_id for key in external(EXTERNAL | {"date": "2013-02-01"}).to_add] == [3]
    assert only(external(EXTERNAL | {"date": "2012-12-31"})) == [
        ("date", "The Healthcare Model did not exist before 2013.")
    ]


def test_external_row_needs_framework_and_instrument():
    assert only(external(EXTERNAL | {"framework": "", "instrument": " "})) == [
        ("instrument", "Enter the name of the instrument or questionnaire."),
        ("framework", "Enter the framework, like LF or Healthcare Leadership Model."),
    ]
    assert only(external(EXTERNAL | {"framework": "Myers"})) == [
        ("framework", "The registry has no framework of this code or name.")
    ]
    assert only(external(EXTERNAL | {"instrument": "x" * 121})) == [("instrument", "Use at most 120 characters.")]


def test_same_person_day_and_quality_from_two_sources_are_two_results():
    found = external(EXTERNAL, EXTERNAL | {"instrument": "Centre"}, EXTERNAL | {"provider": "Elmtree"})
    assert len(found.to_add) == 3


def test_repeated_row_is_reported_and_the_first_stands():
    found = lqf(GOOD, GOOD)
    assert found.to_add == {KEY: 3}
    assert found.problems == [(3, "", "Row 2 has the same person, date, quality and source.")]


def test_two_levels_for_the_same_are_both_refused():
    found = lqf(GOOD, GOOD | {"level": "1"})
    assert found.to_add == {}
    assert [problem.row for problem in found.problems] == [2, 3]


def test_what_is_stored_is_counted_where_it_is_the_same_and_refused_where_not():
    assert lqf(GOOD, stored={KEY: 3}.items()).same == 1
    assert only(lqf(GOOD, stored={KEY: 2}.items())) == [
        ("level", "Level 2 is here already for this person, date and source.")
    ]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "staff_number": st.sampled_from(["007", "008", "same", "9", ""]),
            "date": st.sampled_from(["2010-05-31", "2011-05-31", "2030-01-01", "x"]),
            "quality": st.sampled_from(["Q1", "Q2", "Self belief", "Charm"]),
            "level": st.sampled_from(["0", "3", "4", "5", ""]),
        }
    ),
    max_size=12,
)


@given(ROWS)
def test_every_row_is_added_here_already_or_wrong(rows):
    found = lqf(*rows)
    assert len(rows) == len(found.to_add) + found.same + found.errors


@given(ROWS)
def test_importing_the_same_file_again_adds_nothing_and_finds_the_same_wrong(rows):
    first = lqf(*rows)
    again = lqf(*rows, stored=first.to_add.items())
    assert again.to_add == {}
    assert again.same == len(first.to_add)
    assert again.problems == first.problems


@given(
    st.lists(
        st.dictionaries(st.sampled_from([*GOOD, "email", "framework", "instrument"]), st.text(max_size=12)), max_size=5
    )
)
def test_no_text_breaks_the_check(rows):
    assert len(rows) == external(*rows).errors + len(external(*rows).to_add)
