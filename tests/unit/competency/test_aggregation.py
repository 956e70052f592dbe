"""What a feedback report may show, and its figures: a hand-worked example, and nobody unmasked in any round."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.competency.aggregation import Cell, Item, Reply, ShownGroup, merged, report, two_places

F = Fraction
ITEMS = (
    Item("1.1", "1", "reach", ("1.1",), ("self_awareness",)),
    Item("1.2", "1", "reach", ("1.2",), ("self_management",)),
    Item("2.1", "2", "reach", ("2.1.1", "2.1.2"), ("self_awareness",)),
)


def said(group, *levels, importance=None, **comments):
    """A reply with levels for the questions in order; None for one left out."""
    keys = [key for item in ITEMS for key in item.questions]
    return Reply(
        group,
        {key: level for key, level in zip(keys, levels, strict=False) if level is not None},
        {"1": importance} if importance is not None else {},
        comments,
    )


def put_together(replies, *, own=None, minimum=3, invited=("manager", "peers", "reports", "others"), items=ITEMS):
    return report(items=items, replies=replies, own=own, invited=invited, minimum=minimum, shuffle=list.sort)


# --- a round worked out by hand ------------------------------------------------------------------------------------
#
#              1.1   1.2   2.1 (two statements: the mean of each person's two)
# self          4     2    3 and 4 = 7/2
# manager       2     3    2 and 3 = 5/2
# peers         1     3    4 and 4 = 4
#               2     –    3 and –  = 3
#               4     3    1 and 2 = 3/2
# reports       3     1    –
#               2     1    –            two replies only: together with others
# others        4     1    2 and 2 = 2  one reply: with the reports three, so shown

BY_HAND = [
    said("manager", 2, 3, 2, 3, well="Decides."),
    said("peers", 1, 3, 4, 4, importance=4, well="b"),
    said("peers", 2, None, 3, None, importance=3, well="a"),
    said("peers", 4, 3, 1, 2, importance=3),
    said("reports", 3, 1, well="From a report."),
    said("reports", 2, 1),
    said("others", 4, 1, 2, 2),
]
MYSELF = said("self", 4, 2, 3, 4, importance=2)


@pytest.fixture
def by_hand():
    return put_together(BY_HAND, own=MYSELF)


def lines(some):
    return {line.code: line for line in some}


def test_groups_shown_are_manager_then_large_groups_then_the_small_ones_together(by_hand):
    assert by_hand.groups == (ShownGroup("manager", 1), ShownGroup("peers", 3), ShownGroup("others", 3))
    assert by_hand.together == ("reports", "others")


def test_element_figures_are_right_to_the_digit(by_hand):
    one = lines(by_hand.elements)["1.1"]
    assert one.own == 4
    assert one.cells == {
        "manager": Cell(F(2)),
        "peers": Cell(F(7, 3)),
        "others": Cell(F(3)),
    }
    assert one.everybody == F(2 + 1 + 2 + 4 + 3 + 2 + 4, 7) == F(18, 7)
    assert one.gap == F(18, 7) - 4 == F(-10, 7)
    assert one.verdict == "blind_spot"
    assert two_places(one.everybody) == "2.57"
    assert two_places(one.gap) == "−1.43"


def test_a_figure_of_a_shown_group_again_needs_three_answers(by_hand):
    assert lines(by_hand.elements)["1.2"].cells == {
        "manager": Cell(F(3)),
        "others": Cell(F(1)),
    }  # two of the peers answered


def test_everybody_is_made_of_shown_figures_alone(by_hand):
    assert lines(by_hand.elements)["1.2"].everybody == F(3 + 1 + 1 + 1, 4)
    assert lines(by_hand.elements)["1.2"].gap == F(-1, 2)


def test_an_element_with_statements_counts_each_persons_mean(by_hand):
    line = lines(by_hand.elements)["2.1"]
    assert line.own == F(7, 2)
    assert line.cells == {
        "manager": Cell(F(5, 2)),
        "peers": Cell(F(4 + 3 + F(3, 2), 3)),
    }
    assert line.everybody == F(5, 2) / 4 + (4 + 3 + F(3, 2)) / 4 == F(11, 4)


def test_a_domain_is_the_mean_of_its_shown_elements(by_hand):
    first = lines(by_hand.domains)["1"]
    assert first.own == 3
    assert first.cells["manager"].mean == F(5, 2)
    assert first.cells["peers"].mean == F(7, 3)
    assert first.cells["others"].mean == 2
    assert first.everybody == (F(18, 7) + F(3, 2)) / 2
    assert first.gap == (F(-10, 7) + F(-1, 2)) / 2


def test_importance_follows_the_same_rule(by_hand):
    (line,) = by_hand.importance
    assert (line.own, line.cells, line.everybody) == (2, {"peers": Cell(F(10, 3))}, F(10, 3))


def test_tags_gather_elements_answered_on_one_scale(by_hand):
    awareness = lines(by_hand.tags)["self_awareness|reach"]
    assert awareness.own == F(4 + F(7, 2), 2)
    assert awareness.everybody == (F(18, 7) + F(11, 4)) / 2


def test_comments_are_shuffled_by_group_and_prompt_and_small_groups_are_not_named(by_hand):
    assert by_hand.comments == {
        "manager": {"well": ("Decides.",)},
        "peers": {"well": ("a", "b")},
        "others": {"well": ("From a report.",)},
    }


def test_the_spread_is_told_from_five_answers():
    """Of fewer, the mean, the lowest and the highest would give every single answer."""
    found = put_together([said("peers", level, 2) for level in (0, 1, 4, 4, 4)])
    assert lines(found.elements)["1.1"].cells == {"peers": Cell(F(13, 5), F(0), F(4))}
    assert lines(found.domains)["1"].cells == {"peers": Cell(F(23, 10))}
    found = put_together([said("peers", level, 2) for level in (0, 1, 4, 4)])
    assert lines(found.elements)["1.1"].cells == {"peers": Cell(F(9, 4))}


@pytest.mark.parametrize(("levels", "verdict"), [([2] * 201 + [1] * 199, "blind_spot"), ([2] * 3 + [1], "")])
def test_a_gap_is_judged_as_it_is_read(levels, verdict):
    """199 of 400 make a gap of −0.4975, which reads as −0.50."""
    found = put_together([said("peers", level) for level in levels], own=said("self", 2))
    assert lines(found.elements)["1.1"].verdict == verdict


def test_importance_that_too_few_gave_leaves_no_line():
    found = put_together([said("peers", 1, importance=4), said("peers", 1), said("peers", 1)])
    assert found.importance == ()


def test_a_gap_up_is_a_hidden_strength():
    found = put_together([said("peers", 4, 4, 4, 4)] * 3, own=said("self", 1, 4, 4, 4))
    assert [line.verdict for line in found.elements] == ["hidden_strength", "", ""]


def test_without_own_answers_there_is_no_gap():
    found = put_together([said("peers", 4, 4, 4, 4)] * 3)
    assert {line.gap for line in (*found.elements, *found.domains)} == {None}


def test_two_replies_in_all_are_shown_to_nobody():
    found = put_together([said("peers", 1, 1, 1, 1, well="x"), said("others", 2, 2, 2, 2, well="y")], own=MYSELF)
    assert found.groups == ()
    assert found.comments == {}
    assert all(line.everybody is None for line in (*found.elements, *found.domains, *found.importance))


def test_a_minimum_below_three_is_refused():
    with pytest.raises(ValueError, match="fewer than 3"):
        put_together([], minimum=2)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (F(0), "0.00"),
        (F(1, 8), "0.13"),
        (F(-1, 8), "−0.13"),
        (F(-1, 1000), "0.00"),
        (F(8, 3), "2.67"),
        (F(5), "5.00"),
    ],
)
def test_figures_are_read_to_two_places_halves_up(value, text):
    assert two_places(value) == text


# --- nobody is unmasked ---------------------------------------------------------------------------------------------

# As in a round: the last is asked of some groups only.
ITEMS_ASKED = (*ITEMS, Item("joint", "joint", "often", ("joint",)))
ASKED_JOINTLY = ("manager", "managers", "self")
GROUPS = ("manager", "peers", "reports", "patients", "clinical", "managers", "others")
KEYS = tuple(key for item in ITEMS_ASKED for key in item.questions)
levels = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 4))
everything = st.builds(
    Reply,
    group=st.sampled_from(GROUPS),
    levels=levels,
    importance=st.dictionaries(st.sampled_from(("1", "2")), st.integers(1, 4)),
    comments=st.dictionaries(st.sampled_from(("well", "more")), st.text(min_size=1, max_size=8)),
)


def as_asked(reply):
    """The reply, without answers to what its group is not asked."""
    levels = {key: level for key, level in reply.levels.items() if key != "joint" or reply.group in ASKED_JOINTLY}
    return Reply(reply.group, levels, reply.importance, reply.comments)


replies = everything.map(as_asked)
rounds = st.lists(replies, max_size=14)
minimums = st.integers(3, 6)


def hidden(some, minimum):
    """The places, in the round, of the replies that may not be shown."""
    kept = [id(one) for group in merged(some, minimum).values() for one in group]
    return [place for place, one in enumerate(some) if id(one) not in kept]


@settings(max_examples=1000)
@given(some=rounds, minimum=minimums, own=st.none() | replies, changed=replies, data=st.data())
def test_two_worlds_that_differ_in_a_hidden_reply_give_the_same_report(some, minimum, own, changed, data):
    places = hidden(some, minimum)
    if not places:
        some = [*some, Reply("patients", {"1.1": 3}, {}, {"well": "only me"})]
        some = [one for one in some if one.group in ("manager", "patients")][-2:]
        places = hidden(some, minimum)
    place = data.draw(st.sampled_from(places))
    other = list(some)
    other[place] = as_asked(Reply(some[place].group, changed.levels, changed.importance, changed.comments))
    assert put_together(some, own=own, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED) == put_together(
        other, own=own, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED
    )


@settings(max_examples=1000)
@given(some=rounds, minimum=minimums, own=st.none() | replies)
def test_a_report_is_the_same_without_the_replies_it_may_not_show(some, minimum, own):
    """Neither what was said nor whether it was said at all can be read from a report."""
    places = hidden(some, minimum)
    rest = [one for place, one in enumerate(some) if place not in places]
    assert put_together(rest, own=own, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED) == put_together(
        some, own=own, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED
    )


@settings(max_examples=1000)
@given(some=rounds, minimum=minimums, level=st.integers(0, 4), data=st.data())
def test_two_worlds_that_differ_in_a_figure_too_few_answered_give_the_same_report(some, minimum, level, data):
    """Inside a group that is shown: an element that fewer than the minimum answered hides what they answered."""
    found = put_together(some, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED)
    lonely = [
        (place, key)
        for place, one in enumerate(some)
        for group, together in merged(some, minimum).items()
        if group != "manager" and any(one is other for other in together)
        for item in ITEMS_ASKED
        if group not in lines(found.elements)[item.code].cells
        for key in item.questions
        if key in one.levels
    ]
    if not lonely:
        return
    place, key = data.draw(st.sampled_from(lonely))
    other = list(some)
    other[place] = Reply(
        some[place].group, {**some[place].levels, key: level}, some[place].importance, some[place].comments
    )
    assert put_together(other, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED) == found


@settings(max_examples=300)
@given(some=rounds, minimum=minimums)
def test_every_figure_but_the_managers_rests_on_enough_people(some, minimum):
    found = put_together(some, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED)
    together = merged(some, minimum)
    for item, line in zip(ITEMS_ASKED, found.elements, strict=True):
        for group, cell in line.cells.items():
            answered = [one for one in together[group] if any(key in one.levels for key in item.questions)]
            assert len(answered) >= (1 if group == "manager" else minimum)
            assert cell.low is None or len(answered) >= 5
    for group in found.comments:
        assert group == "manager" or len(together[group]) >= minimum


@settings(max_examples=300)
@given(some=rounds, minimum=minimums, data=st.data())
def test_the_order_in_which_replies_arrived_does_not_show(some, minimum, data):
    shuffled = data.draw(st.permutations(some))
    assert put_together(some, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED) == put_together(
        shuffled, minimum=minimum, invited=GROUPS, items=ITEMS_ASKED
    )
