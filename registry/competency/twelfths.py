"""A domain's level in twelfths: whole numbers for one to four elements, so that totals are exact everywhere."""

from collections.abc import Iterable
from fractions import Fraction

# A level of 1.
TWELFTHS = 12


def twelfths(levels: Iterable[int | None], not_observed: int | None = None) -> int | None:
    """12 × sum ÷ count over the elements observed, from 0 to 60; None where none was.

    0 ("not yet") counts. Left out are elements without a level and those at the scale's `not_observed` value.
    More than four elements need not divide evenly; halves go up then.
    """
    exact = exact_twelfths(levels, not_observed)
    return None if exact is None else int(exact + Fraction(1, 2))


def exact_twelfths(levels: Iterable[int | None], not_observed: int | None = None) -> Fraction | None:
    """The same without rounding, for showing what more than four elements come to."""
    counted = [level for level in levels if level is not None and level != not_observed]
    return Fraction(TWELFTHS * sum(counted), len(counted)) if counted else None


def in_levels(value: Fraction | int | None) -> str:
    """Twelfths as the level a person reads, to two places at most: 32 is "2.67", 36 is "3"; nothing for None."""
    if value is None:
        return ""
    hundredths = (200 * value + 12) // 24
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
