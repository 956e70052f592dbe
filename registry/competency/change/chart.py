"""The geometry of changes with their intervals, participants above the others, to stand beside the figures; pure."""

import math
import textwrap
from collections.abc import Sequence

from registry.competency.change.comparison import Interval
from registry.competency.radar import LINE_HEIGHT, Chart, Shape, Words

# How a row names its two lines in the looks of `competency/_chart.jinja`.
PARTICIPANTS, OTHERS = "agreed", "self"


def intervals(rows: Sequence[tuple[str, Interval, Interval | None]], *, wide: bool) -> Chart:
    """For each label a dot with a line from low to high for the participants, and below it for the others.

    Levels go from left to right; the middle of the scale is no change. `wide` leaves room for labels of several words;
    without it they are best short codes.
    """
    width, left, chars = (680, 300, 36) if wide else (320, 56, 8)
    across = width - left - 20
    reach = max((abs(end) for _, *pair in rows for one in pair if one for end in (one.low, one.high)), default=1.0)
    top = max(1, math.ceil(reach))

    def x(level: float) -> float:
        return round(left + across * (level + top) / (2 * top), 1)

    y, words = 14.0, []
    lines: dict[str, list[str]] = {PARTICIPANTS: [], OTHERS: []}
    dots: dict[str, list[tuple[float, float]]] = {PARTICIPANTS: [], OTHERS: []}
    for label, change, others in rows:
        name = tuple(textwrap.wrap(label, chars)) or ("",)
        height = max(40, LINE_HEIGHT * len(name) + 14)
        middle = y + height / 2
        words.append(Words(left - 14.0, middle - (len(name) - 1) * LINE_HEIGHT / 2 + 5, "end", name))
        for kind, one, row in ((PARTICIPANTS, change, middle - 7), (OTHERS, others, middle + 7)):
            if one is not None:
                lines[kind].append(f"M{x(one.low):g} {row:g} L{x(one.high):g} {row:g}")
                dots[kind].append((x(one.mean), row))
        y += height
    marks = range(-top, top + 1) if top <= 3 else (-top, 0, top)
    grid = tuple(f"M{x(mark):g} 8 L{x(mark):g} {y + 4:g}" for mark in marks)
    ticks = tuple(Words(x(mark), y + 22, "middle", (f"{mark:+d}" if mark else "0",)) for mark in marks)
    shapes = tuple(Shape(kind, " ".join(lines[kind]), closed=False, dots=tuple(dots[kind])) for kind in lines)
    return Chart(width, int(y) + 30, grid, ticks, tuple(words), shapes)
