"""How far agreed levels are from the levels wanted, by domain and element; knows neither Django nor Celery.

Everything is in twelfths of a level (12 is one level), so that a domain's mean is exact. A level of one scale is
no measure of another, so domains of one scale stay together, the scale that comes first in the framework first. Within
it, order: the largest gap first; of equal ones that to which the target gives more weight; then as in the framework.
What was not observed has no size: it is neither a gap of nothing nor the largest, so it comes last and says what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.competency.twelfths import TWELFTHS, twelfths


@dataclass(frozen=True, slots=True)
class DomainLevels:
    """A domain as it was agreed: the level of each element by its code (None where there is none).

    `wanted` is the level asked for (None: nothing is asked); `not_observed` is the scale's value for "no chance to
    show it", None where the scale has none; `scale` is the scale's code.
    """

    code: str
    elements: tuple[tuple[str, int | None], ...]
    wanted: int | None
    weight: int = 0
    not_observed: int | None = None
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """The level held and the level wanted, in twelfths, of an element, or of a whole domain (`element` is empty)."""

    framework: str
    domain: str
    element: str
    held: int | None
    wanted: int
    weight: int

    @property
    def missing(self) -> int | None:
        """Twelfths still missing, 0 where the wanted level is met; None where nothing was observed."""
        return None if self.held is None else max(0, self.wanted - self.held)


@dataclass(frozen=True, slots=True)
class DomainGap:
    """A domain that falls short, or some of whose elements do (`elements`, those that meet the level left out)."""

    gap: Gap
    elements: tuple[Gap, ...]


def find(framework: str, domains: Sequence[DomainLevels]) -> tuple[DomainGap, ...]:
    """The gaps of an assessment in this framework, in the order said above.

    Domains come in the framework's order. An element is measured against what is wanted of its domain. A domain is
    left out where nothing is wanted of it, or it and all its elements meet what is.
    """
    scales = list(dict.fromkeys(domain.scale for domain in domains))
    found: list[tuple[int, DomainGap]] = []
    for domain in domains:
        if domain.wanted is None:
            continue
        wanted = domain.wanted * TWELFTHS

        def gap(element: str, held: int | None, wanted: int = wanted, domain: DomainLevels = domain) -> Gap:
            return Gap(framework, domain.code, element, held, wanted, domain.weight)

        elements = [
            gap(code, None if level is None or level == domain.not_observed else level * TWELFTHS)
            for code, level in domain.elements
        ]
        whole = gap("", twelfths((level for _, level in domain.elements), domain.not_observed))
        short = tuple(sorted((one for one in elements if one.missing != 0), key=_order))
        if whole.missing != 0 or short:
            found.append((scales.index(domain.scale), DomainGap(whole, short)))
    found.sort(key=lambda one: (one[0], _order(one[1].gap)))
    return tuple(gap for _, gap in found)


def _order(gap: Gap) -> tuple[bool, int, int]:
    # Sorting is stable: what is equal so far stays in the framework's order.
    return gap.missing is None, -(gap.missing or 0), -gap.weight
