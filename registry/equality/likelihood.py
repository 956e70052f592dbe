"""How likely groups are to succeed, one against another: rates, relative likelihood, intervals, an exact test; pure.

Intervals are of 95 %. Nothing here proves or rules out unfairness: a ratio outside the screen, or a small p, is a
reason to look, and in small groups neither says much.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
# The four-fifths screen: of American origin, a signal and not a legal test in the United Kingdom.
SCREEN = (0.80, 1.25)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of a group succeeded; raises ValueError for numbers that cannot be."""

    succeeded: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.succeeded <= self.of:
            raise ValueError(f"{self.succeeded} of {self.of} is no rate")

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1; None for nobody."""
        return self.succeeded / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval of the share (E. B. Wilson, 1927), without continuity correction."""
        if not self.of:
            return None
        share, n = self.succeeded / self.of, self.of
        middle = share + Z**2 / (2 * n)
        reach = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
        low, high = ((middle + sign * reach) / (1 + Z**2 / n) for sign in (-1, 1))
        # At the ends it is exactly 0 or 1, which floating point may miss by a hair.
        return (0.0 if not self.succeeded else low), (1.0 if self.succeeded == n else high)


@dataclass(frozen=True, slots=True)
class RelativeLikelihood:
    """One rate over another and its interval; `corrected` where a half was added because one of the numbers is zero."""

    ratio: float
    low: float
    high: float
    corrected: bool = False

    @property
    def within_screen(self) -> bool:
        """Whether the ratio is from 0.80 to 1.25."""
        return SCREEN[0] <= self.ratio <= SCREEN[1]


def relative_likelihood(first: Rate, second: Rate) -> RelativeLikelihood | None:
    """How many times as likely `first` is to succeed as `second`; None where either is of nobody.

    The interval is that of the logarithm of the ratio (Katz and others, 1978). It needs four numbers above zero: those
    who succeeded, and those who did not, in each group. Where one is zero, a half is added to each of the four for the
    width of the interval. The ratio is of what was counted; only where nobody succeeded in one of the groups has it no
    value, and is of the same four numbers. Of equal rates it is exactly 1, as where nobody failed in either group.
    """
    if not first.of or not second.of:
        return None
    corrected = 0 in (first.succeeded, first.of - first.succeeded, second.succeeded, second.of - second.succeeded)
    half, one = (0.5, 1) if corrected else (0, 0)
    a, n = first.succeeded + half, first.of + one
    b, m = second.succeeded + half, second.of + one
    if first.value and second.value:
        ratio = first.value / second.value
    else:
        ratio = 1.0 if first.value == second.value else (a / n) / (b / m)
    reach = Z * math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return RelativeLikelihood(ratio, ratio / math.exp(reach), ratio * math.exp(reach), corrected)


def fisher_exact(first: Rate, second: Rate) -> float:
    """Fisher's exact test, two-sided: how probable a difference at least this improbable is, were both groups alike.

    Exact: the tables with the same sums are weighed in whole numbers, and those count that weigh no more than ours.
    The time grows with the number who succeeded; a few thousand take no time.
    """
    n, m, succeeded = first.of, second.of, first.succeeded + second.succeeded
    x, last = max(0, succeeded - m), min(n, succeeded)
    weight = math.comb(n, x) * math.comb(m, succeeded - x)
    weights = {x: weight}
    while x < last:
        weight = weight * (n - x) * (succeeded - x) // ((x + 1) * (m - succeeded + x + 1))
        x += 1
        weights[x] = weight
    ours = weights[first.succeeded]
    return float(Fraction(sum(one for one in weights.values() if one <= ours), math.comb(n + m, succeeded)))
