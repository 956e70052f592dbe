"""How a level stands against what a career stage expects: ahead, as expected, or not yet."""

from enum import StrEnum

from registry.competency.twelfths import TWELFTHS


class Against(StrEnum):
    """A domain's level against the expectation; the last two are no judgement."""

    AHEAD = "ahead"
    AS_EXPECTED = "as_expected"
    NOT_YET = "not_yet"
    NOTHING_EXPECTED = "nothing_expected"
    NOT_OBSERVED = "not_observed"

    @property
    def label(self) -> str:
        """In words: "As expected"."""
        return self.value.replace("_", " ").capitalize()


def standing_against(level_twelfths: int | None, minimum_level: int, expectation: str) -> Against:
    """Ahead from one whole level above the expected minimum, not yet below it, as expected in between.

    `level_twelfths` is a domain's level as in `twelfths`, None where nothing was observed; `expectation` is the grade
    of the matrix' cell, of which "none" expects nothing, whatever the level.
    """
    if expectation == "none":
        return Against.NOTHING_EXPECTED
    if level_twelfths is None:
        return Against.NOT_OBSERVED
    if level_twelfths < TWELFTHS * minimum_level:
        return Against.NOT_YET
    return Against.AHEAD if level_twelfths >= TWELFTHS * (minimum_level + 1) else Against.AS_EXPECTED
