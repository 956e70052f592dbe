"""The table that programmes and boards show: rates, relative likelihood, and what is not shown, in words."""

import re

import pytest
from django.template import engines

from registry.equality.characteristics import CHARACTERISTICS
from registry.equality.presenters import Line, stages_view
from registry.equality.suppression import suppress

ETHNIC = ("asian", "black", "mixed", "white", "other", "")


def view_of(name, groups, **stages):
    return stages_view(
        suppress({key: dict(zip(groups, row, strict=True)) for key, row in stages.items()}, groups), name
    )


def rendered(view):
    text = (
        engines["jinja2"]
        .from_string('{% from "equality/_stages.jinja" import stages %}{{ stages(view) }}')
        .render({"view": view})
    )
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture
def view():
    return view_of("ethnicity", ETHNIC, Applied=(100, 60, 12, 200, 8, 24), Appointed=(40, 15, 5, 110, 5, 12))


def test_groups_are_compared_with_the_reference_and_the_others_also_together(view):
    (stage,) = view.stages
    assert (stage.name, stage.started, stage.reached) == ("Appointed", 404, 187)
    assert stage.lines == (
        Line(
            "Asian or Asian British",
            "100",
            "40",
            "40% (31 to 50)",
            "0.73 (0.55 to 0.95)",
            "Below 0.80; p 0.020",
            look=True,
        ),
        Line(
            "Black, Black British, Caribbean or African",
            "60",
            "15",
            "25% (16 to 37)",
            "0.45 (0.29 to 0.72)",
            "Below 0.80; p below 0.001",
            look=True,
        ),
        Line("Mixed or multiple ethnic groups", "Not shown", "Not shown", "Not shown", "Not shown", "Not shown"),
        Line("White", "200", "110", "55% (48 to 62)", "The comparison", "–"),
        Line("Other ethnic group", "Not shown", "Not shown", "Not shown", "Not shown", "Not shown"),
        Line("Not known, or prefers not to say", "24", "12", "50% (31 to 69)", "–", "–"),
        Line(
            "All other ethnic groups together",
            "180",
            "65",
            "36% (29 to 43)",
            "0.66 (0.52 to 0.83)",
            "Below 0.80; p below 0.001",
            look=True,
        ),
    )


def test_page_says_figures_what_is_not_shown_and_how_to_read_it(view):
    text = rendered(view)
    for words in (
        "Appointed: 187 of 404 (ethnic group)",
        "0.73 (0.55 to 0.95)",
        "Not shown: fewer than 10 people, or a number from which",
        "proves nothing by itself",
    ):
        assert words in text


def test_page_says_where_a_half_was_added_because_nobody_failed():
    view = view_of("disability", ("yes", "no", ""), Applied=(12, 300, 40), Appointed=(12, 300, 40))
    (line,) = [line for line in view.stages[0].lines if line.group == "Disabled: yes"]
    assert line.compared == "1.00 (0.90 to 1.11), ½ added"
    assert not line.look
    assert "a half was added to each of the four numbers" in rendered(view)


def test_without_a_reference_each_group_is_compared_with_everybody_else_who_answered():
    """30 of 100 Christians against 80 of the 170 others, the groups of nobody among them."""
    first, second = (100, 0, 100, 0, 0, 50, 0, 20, 30), (50, 0, 30, 0, 0, 20, 0, 10, 15)
    view = view_of("religion", CHARACTERISTICS["religion"].groups, Applied=first, Passed=second)
    assert view.compared_with == "everybody else whose answer is known"
    (line,) = [line for line in view.stages[0].lines if line.group == "Christian"]
    assert (line.rate, line.compared[:4]) == ("30% (22 to 40)", "0.64")


@pytest.mark.parametrize("stages", [{}, {"Applied": (30, 20, 12)}])
def test_without_a_later_stage_there_is_nothing_to_compare(stages):
    assert (
        rendered(view_of("sex", ("female", "male", ""), **stages))
        == "Nobody has gone on to another stage yet, so there is nothing to compare."
    )


def test_yes_and_no_are_said_with_what_they_answer():
    view = view_of("disability", ("yes", "no", ""), Applied=(30, 90, 40), Appointed=(15, 30, 20))
    assert [line.group for line in view.stages[0].lines] == [
        "Disabled: yes",
        "Disabled: no",
        "Not known, or prefers not to say",
    ]
