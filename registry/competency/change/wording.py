"""How levels changed beside matched others, in words and drawn, for pages that tell it."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.competency.change.chart import OTHERS, PARTICIPANTS, intervals
from registry.competency.change.comparison import Figures, Interval, told
from registry.competency.models import Domain
from registry.competency.radar import Chart, Series

NOT_SHOWN, NOT_COMPARED = "Not shown", "Not compared"
LEGEND = (Series(PARTICIPANTS, "Participants", ()), Series(OTHERS, "Others, matched", ()))


@dataclass(frozen=True, slots=True)
class DomainLine:
    """One domain at one point, in words; `shown` is False where nothing may be told."""

    domain: Domain
    shown: bool
    people: str = ""
    change: str = NOT_SHOWN
    others: str = ""
    others_change: str = ""
    difference: str = NOT_SHOWN
    left_out: int = 0


Told = tuple[DomainLine, Figures | None]


def line_of(domain: Domain, figures: Figures | None) -> Told:
    """One domain; figures of nobody, or that may not be told (None), are not shown."""
    if figures is None or figures.change is None:
        return DomainLine(domain, shown=False), None
    compared = figures.difference is not None
    people = figures.matched if compared else figures.people
    line = DomainLine(
        domain,
        shown=True,
        people=str(people),
        change=in_words(figures.change),
        others=f"{figures.others:,}" if compared else "None",
        others_change=in_words(figures.others_change) if figures.others_change else NOT_COMPARED,
        difference=in_words(figures.difference) if figures.difference else NOT_COMPARED,
        left_out=figures.people - people,
    )
    return line, figures


def charts(found: Sequence[Told]) -> tuple[Chart, Chart] | tuple[None, None]:
    """A wide chart and a narrow one of what is shown; none where nothing is."""
    marks = [
        (line.domain, told(figures.change), told(figures.others_change) if figures.others_change else None)
        for line, figures in found
        if figures and figures.change
    ]
    if not marks:
        return None, None
    wide = intervals([(domain.name, one, other) for domain, one, other in marks], wide=True)
    return wide, intervals([(domain.code, one, other) for domain, one, other in marks], wide=False)


def in_words(interval: Interval) -> str:
    """A change with its interval: "+0.4 (+0.1 to +0.7)"."""
    one = told(interval)
    return f"{_signed(one.mean)} ({_signed(one.low)} to {_signed(one.high)})"


def _signed(level: float) -> str:
    return "0.0" if round(level, 1) == 0 else f"{level:+.1f}".replace("-", "−")
