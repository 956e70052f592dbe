"""The geometry of one domain's levels over time: a small line chart, to stand beside the figures; pure."""

import datetime
from collections.abc import Sequence
from fractions import Fraction

from registry.competency.radar import Chart, Shape, Words
from registry.competency.twelfths import TWELFTHS

WIDTH, HEIGHT, LEFT, EDGE = 220, 76, 22, 10


def trend(points: Sequence[tuple[datetime.date, Fraction | int | None]], top: int) -> Chart:
    """A dot for each day with a level in twelfths, joined in the order of time; `top` is the scale's highest level.

    The distance between dots is the time between the days; a single day stands in the middle.
    """
    days = [day.toordinal() for day, _ in points]
    first, span = min(days, default=0), max(days, default=0) - min(days, default=0)

    def at(day: datetime.date, level: Fraction | int) -> tuple[float, float]:
        share = (day.toordinal() - first) / span if span else 0.5
        across, down = WIDTH - LEFT - EDGE, HEIGHT - 2 * EDGE
        return round(LEFT + across * share, 1), round(HEIGHT - EDGE - down * float(level) / (TWELFTHS * top), 1)

    dots = tuple(at(day, level) for day, level in sorted(points, key=lambda point: point[0]) if level is not None)
    heights = [(level, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * level / top) for level in range(top + 1)]
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in dots) if len(dots) > 1 else ""
    return Chart(
        WIDTH,
        HEIGHT,
        grid=tuple(f"M{LEFT} {y:g} L{WIDTH - EDGE} {y:g}" for _, y in heights),
        ticks=tuple(Words(LEFT - 8.0, y + 4, "end", (str(level),)) for level, y in (heights[0], heights[-1])),
        labels=(),
        shapes=(Shape("agreed", path, closed=False, dots=dots),),
    )
