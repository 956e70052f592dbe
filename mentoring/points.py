"""What rules a pair out, what it earns points for, and how equally good answers are told apart.

Pure, and light enough for pages: counting is done in `fit` and `matching`.
"""

from dataclasses import dataclass
from enum import StrEnum

TIE_RULE = (
    "The most matches count first, then the greatest total. Where several answers are equally good, numbers that "
    "nobody can choose decide: each pair has one, worked out from the two with a key that this service keeps to "
    "itself, and the answer with the smallest sum is taken. Should two answers share it, each pair’s next number is "
    "worked out, until one answer is left. A pair for which both wished, unseen by anybody, has a number in the lower "
    "half. The numbers are the same in every round, so matching again changes nothing."
)


class Rule(StrEnum):
    """What rules a pair out, in the order in which it is looked at."""

    KIND = "kind"  # the mentor does not offer this kind
    BARRED = "barred"  # management, appraisal, a panel, a conflict, an exclusion, or an earlier match that failed
    GRADE = "grade"  # the mentor is the junior of the two (in reverse mentoring the senior)
    TRAVEL = "travel"  # one can meet only in person and the other not, or not in the same region
    QUALITY = "quality"  # fewer points than the round asks for


class Part(StrEnum):
    """What a pair earns points for."""

    NEED = "need"  # the mentor is good at what the mentee wants to work on
    MIX = "mix"  # profession, as the mentee prefers
    SECTOR = "sector"  # sector, as the mentee prefers
    LANGUAGE = "language"  # the language the mentee asked for
    WISH = "wish"  # profession or sector, as the mentor prefers
    NEAR = "near"  # the same region
    OUTSIDE = "outside"  # another organisation: one talks more freely


@dataclass(frozen=True, slots=True)
class Weights:
    """Points for each part, 0 to 100; for `need` those of one domain, times the weight of the need (1 to 3)."""

    need: int = 20
    mix: int = 15
    sector: int = 10
    language: int = 15
    wish: int = 5
    near: int = 5
    outside: int = 5

    def __post_init__(self) -> None:
        if not all(0 <= getattr(self, part.value) <= 100 for part in Part):
            raise ValueError("a weight lies between 0 and 100")
