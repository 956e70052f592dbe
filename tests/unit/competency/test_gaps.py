"""Gaps between the levels agreed and the levels wanted: exact, in the stated order, and honest about what nobody saw."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.competency.development.gaps import DomainLevels, find

LEVEL = st.none() | st.integers(0, 5)


@st.composite
def domains(draw):
    found = []
    for number in range(draw(st.integers(1, 5))):
        elements = tuple(
            (f"{number}.{place}", level)
            for place, level in enumerate(draw(st.lists(LEVEL, min_size=1, max_size=4)), start=1)
        )
        wanted, weight = draw(st.none() | st.integers(0, 5)), draw(st.integers(0, 10))
        not_observed, scale = draw(st.sampled_from([None, 0])), draw(st.sampled_from(["reach", "strength"]))
        found.append(DomainLevels(str(number), elements, wanted, weight, not_observed, scale))
    return found


def domain(code, *levels, wanted=3, weight=0, not_observed=None):
    return DomainLevels(
        code, tuple((f"{code}.{n}", level) for n, level in enumerate(levels, 1)), wanted, weight, not_observed
    )


def shown(*found):
    """(domain, twelfths missing, [(element, twelfths missing)]) of each gap."""
    return [
        (one.gap.domain, one.gap.missing, [(gap.element, gap.missing) for gap in one.elements])
        for one in find("LF", found)
    ]


def test_worked_example():
    assert shown(
        domain("1", 3, 3, 3, 3),  # met: left out
        domain("2", 1, 2, 3, 3),  # mean 2.25
        domain("3", 0, 4, 4, 4),  # mean 3, met, but one element is three levels short
        domain("4", 1, 1),
        domain("5", 0, 0, not_observed=0),  # nobody had the chance to see it
        domain("6", 0, 3, not_observed=0),  # what was seen meets it
        domain("7", 0, wanted=None),  # nothing is asked
    ) == [
        ("4", 24, [("4.1", 24), ("4.2", 24)]),
        ("2", 9, [("2.1", 24), ("2.2", 12)]),
        ("3", 0, [("3.1", 36)]),
        ("6", 0, [("6.1", None)]),
        ("5", None, [("5.1", None), ("5.2", None)]),
    ]


def test_not_yet_is_a_gap_and_not_observed_is_none_of_a_size():
    assert shown(domain("1", 0)) == [("1", 36, [("1.1", 36)])]
    assert shown(domain("1", 0, not_observed=0)) == [("1", None, [("1.1", None)])]


def test_of_equal_gaps_the_heavier_comes_first_and_then_the_frameworks_order():
    order = [code for code, *_ in shown(domain("1", 2), domain("2", 2, weight=5), domain("3", 2), domain("4", 1))]
    assert order == ["4", "2", "1", "3"]


@given(domains())
def test_gap_is_what_is_missing_exactly_or_not_known(given_domains):
    by_code = {one.code: one for one in given_domains}
    for found in find("LF", given_domains):
        levels = by_code[found.gap.domain]
        seen = [level for _, level in levels.elements if level is not None and level != levels.not_observed]
        if not seen:
            assert found.gap.missing is None
        else:
            assert found.gap.missing == max(0, 12 * (levels.wanted - Fraction(sum(seen), len(seen))))
        held = dict(levels.elements)
        for gap in found.elements:
            level = held[gap.element]
            unseen = level is None or level == levels.not_observed
            assert gap.missing == (None if unseen else 12 * (levels.wanted - level))
            assert gap.missing is None or gap.missing > 0


@given(domains())
def test_nothing_that_falls_short_is_left_out_and_nothing_else_is_shown(given_domains):
    found = {one.gap.domain: one for one in find("LF", given_domains)}
    for levels in given_domains:
        short = {
            code
            for code, level in levels.elements
            if levels.wanted is not None and (level is None or level == levels.not_observed or level < levels.wanted)
        }
        shown_elements = {gap.element for gap in found[levels.code].elements} if levels.code in found else set()
        assert shown_elements == short


@given(domains())
def test_order_is_by_scale_then_largest_first_then_weight_then_the_frameworks(given_domains):
    scales = [one.scale for one in given_domains]
    scale = {one.code: scales.index(one.scale) for one in given_domains}
    place = {one.code: number for number, one in enumerate(given_domains)}
    gaps = [one.gap for one in find("LF", given_domains)]
    keys = [
        (scale[gap.domain], gap.missing is None, -(gap.missing or 0), -gap.weight, place[gap.domain]) for gap in gaps
    ]
    assert keys == sorted(keys)


@given(domains(), st.data())
def test_raising_a_level_never_widens_a_gap(given_domains, data):
    number = data.draw(st.integers(0, len(given_domains) - 1))
    before = given_domains[number]
    (code, level), *rest = before.elements
    if level is None or level == before.not_observed or level == 5:
        return
    after = DomainLevels(before.code, ((code, level + 1), *rest), before.wanted, before.weight, before.not_observed)

    def missing(one):
        return next((found.gap.missing for found in find("LF", [one])), 0)

    assert missing(after) <= missing(before)


@pytest.mark.parametrize("wanted", [None, 0])
def test_where_no_level_is_wanted_nothing_falls_short(wanted):
    assert shown(domain("1", 0, 1, wanted=wanted)) == []
