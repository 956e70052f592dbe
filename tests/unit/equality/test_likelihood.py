"""Rates and relative likelihoods equal published worked examples, and behave at their edges."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.equality.likelihood import Rate, fisher_exact, relative_likelihood

rates = st.integers(0, 60).flatmap(lambda of: st.builds(Rate, st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("succeeded", "of", "low", "high"),
    [
        # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_is_the_published_one(succeeded, of, low, high):
    assert Rate(succeeded, of).interval == pytest.approx((low, high), abs=5e-5)


def test_interval_of_all_ends_at_one_and_mirrors_that_of_none():
    low, high = Rate(20, 20).interval
    assert (low, high) == (pytest.approx(1 - 0.1611, abs=5e-5), 1.0)


def test_nobody_has_no_rate_and_no_interval():
    assert (Rate(0, 0).value, Rate(0, 0).interval) == (None, None)


@pytest.mark.parametrize(("succeeded", "of"), [(-1, 3), (4, 3), (1, 0)])
def test_rate_that_cannot_be_is_refused(succeeded, of):
    with pytest.raises(ValueError, match="no rate"):
        Rate(succeeded, of)


@given(rates.filter(lambda rate: rate.of))
def test_interval_holds_the_rate_and_lies_between_none_and_all(rate):
    low, high = rate.interval
    assert 0 <= low <= rate.value <= high <= 1


def test_relative_likelihood_is_that_of_the_physicians_health_study():
    """Heart attacks with aspirin, 104 of 11,037, and without, 189 of 11,034 (A. Agresti, Categorical Data Analysis): 0.55, 0.43 to 0.70."""
    found = relative_likelihood(Rate(104, 11_037), Rate(189, 11_034))
    assert (round(found.ratio, 2), round(found.low, 2), round(found.high, 2)) == (0.55, 0.43, 0.70)
    assert (found.corrected, found.within_screen) == (False, False)


def test_relative_likelihood_of_appointment_is_rate_over_rate():
    """As the Workforce Race Equality Standard does it: 30 of 150 shortlisted white candidates appointed, 10 of 80 others."""
    found = relative_likelihood(Rate(30, 150), Rate(10, 80))
    assert found.ratio == pytest.approx(1.6)
    assert (found.low, found.high) == pytest.approx((0.82511, 3.10262), abs=5e-5)


def test_zero_is_treated_with_a_half_in_each_of_the_four_cells():
    """0 of 20 against 5 of 20: (0.5 / 21) / (5.5 / 21), with the standard error of these numbers."""
    found = relative_likelihood(Rate(0, 20), Rate(5, 20))
    reach = 1.959964 * math.sqrt(1 / 0.5 - 1 / 21 + 1 / 5.5 - 1 / 21)
    assert found.ratio == pytest.approx(0.5 / 5.5)
    assert (found.low, found.high) == pytest.approx((found.ratio * math.exp(-reach), found.ratio * math.exp(reach)))
    assert found.corrected


@given(st.integers(1, 500), st.integers(1, 500))
def test_groups_in_which_nobody_failed_or_nobody_succeeded_are_exactly_as_likely(one, other):
    for succeed in (lambda of: of, lambda of: 0):
        found = relative_likelihood(Rate(succeed(one), one), Rate(succeed(other), other))
        assert found.low < found.ratio == 1.0 < found.high
        assert found.corrected


def test_ratio_is_what_was_counted_where_only_nobody_failed():
    found = relative_likelihood(Rate(12, 12), Rate(299, 300))
    assert found.ratio == 1 / (299 / 300)
    assert found.corrected


def test_everybody_in_both_groups_is_no_difference_but_not_without_doubt():
    found = relative_likelihood(Rate(20, 20), Rate(20, 20))
    assert found.low < found.ratio == 1 < found.high
    assert found.corrected


@pytest.mark.parametrize(("first", "second"), [(Rate(0, 0), Rate(3, 5)), (Rate(3, 5), Rate(0, 0))])
def test_nobody_has_no_relative_likelihood(first, second):
    assert relative_likelihood(first, second) is None


@given(rates.filter(lambda rate: rate.of), rates.filter(lambda rate: rate.of))
def test_turned_round_it_is_the_inverse_and_always_inside_its_interval(first, second):
    one, other = relative_likelihood(first, second), relative_likelihood(second, first)
    assert one.low < one.ratio < one.high
    assert (other.low, other.ratio, other.high) == pytest.approx((1 / one.high, 1 / one.ratio, 1 / one.low))
    assert one.corrected == other.corrected


@pytest.mark.parametrize(
    ("first", "second", "within"),
    [
        (Rate(40, 100), Rate(50, 100), True),
        (Rate(39, 100), Rate(50, 100), False),
        (Rate(50, 100), Rate(40, 100), True),
        (Rate(51, 100), Rate(40, 100), False),
    ],
)
def test_screen_is_from_four_fifths_to_five_quarters(first, second, within):
    assert relative_likelihood(first, second).within_screen == within


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        # R. A. Fisher, The Design of Experiments (1935): the lady tasting tea, three of four right; two-sided.
        (Rate(3, 4), Rate(1, 4), 34 / 70),
        # All four right: 2 of the 70 ways are as extreme.
        (Rate(4, 4), Rate(0, 4), 2 / 70),
        # Teenagers who study, 1 of 12 men and 9 of 12 women: the usual example of the two-sided test.
        (Rate(1, 12), Rate(9, 12), 0.002759456),
        # R. A. Fisher, "The logic of inductive inference" (1935): convictions of twins, 10 of 13 against 2 of 17.
        (Rate(10, 13), Rate(2, 17), 0.0005367),
    ],
)
def test_exact_test_gives_the_published_p(first, second, p):
    assert fisher_exact(first, second) == pytest.approx(p, rel=1e-4)


@given(rates, rates)
def test_exact_test_is_a_probability_and_the_same_turned_round(first, second):
    p = fisher_exact(first, second)
    assert 0 < p <= 1
    assert fisher_exact(second, first) == p
    failed = [Rate(rate.of - rate.succeeded, rate.of) for rate in (first, second)]
    assert fisher_exact(*failed) == p


@given(st.integers(0, 30), st.integers(0, 30))
def test_exact_test_of_groups_alike_finds_no_difference(succeeded, failed):
    assert fisher_exact(Rate(succeeded, succeeded + failed), Rate(succeeded, succeeded + failed)) == 1


def test_exact_test_of_thousands_is_exact_too():
    ways = [math.comb(2_000, x) * math.comb(3_000, 1_900 - x) for x in range(1_901)]
    assert fisher_exact(Rate(800, 2_000), Rate(1_100, 3_000)) == sum(way for way in ways if way <= ways[800]) / sum(
        ways
    )
