"""A domain's level in twelfths: whole numbers for one to four elements, so that totals are exact everywhere."""

from collections.abc import Iterable


def twelfths(levels: Iterable[int | None], not_observed: int | None = None) -> int | None:
    """12 × sum ÷ count over the elements observed, from 0 to 60; None where none was.

    0 ("not yet") counts. Left out are elements without a level and those at the scale's `not_observed` value.
    More than four elements need not divide evenly; halves go up then.
    """
    counted = [level for level in levels if level is not None and level != not_observed]
    if not counted:
        return None
    return (24 * sum(counted) + len(counted)) // (2 * len(counted))


def in_levels(value: int | None) -> str:
    """Twelfths as the level a person reads, to two places at most: 32 is "2.67", 36 is "3"; nothing for None."""
    if value is None:
        return ""
    hundredths = (200 * value + 12) // 24
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
