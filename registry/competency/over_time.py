"""The geometry of numbers over months or quarters: a line chart to stand beside the figures; pure."""

from collections.abc import Sequence
from itertools import count

from registry.competency.radar import Chart, Series, Shape, Words

LEFT, RIGHT, TOP, BOTTOM = 48, 22, 12, 28
HUNDREDTHS = (0, 25, 50, 75, 100)


def over_time(
    names: Sequence[str], series: Sequence[Series], *, marks: Sequence[int] = HUNDREDTHS, unit: str = "%", wide: bool
) -> Chart:
    """A dot for each value at each time, neighbours joined; a time without one (None) leaves a gap.

    `names` are the times' short names; `marks` label the height, from nothing at all to the most that is drawn. The
    narrow chart names every third time.
    """
    width, height = (680, 260) if wide else (320, 200)
    step = (width - LEFT - RIGHT) / max(len(names) - 1, 1)

    def x(at: int) -> float:
        return round(LEFT + step * at, 1)

    def y(value: int) -> float:
        return round(TOP + (height - TOP - BOTTOM) * (marks[-1] - value) / marks[-1], 1)

    def drawn(one: Series) -> Shape:
        dots = [None if value is None else (x(at), y(value)) for at, value in enumerate(one.values)]
        path, pen_down = [], False
        for dot in dots:
            if dot is not None:
                path.append(f"{'L' if pen_down else 'M'}{dot[0]:g} {dot[1]:g}")
            pen_down = dot is not None
        return Shape(one.kind, " ".join(path), closed=False, dots=tuple(dot for dot in dots if dot is not None))

    return Chart(
        width,
        height,
        grid=tuple(f"M{LEFT} {y(mark):g} L{width - RIGHT} {y(mark):g}" for mark in marks),
        ticks=(
            *(Words(LEFT - 12.0, y(mark) + 4, "end", (f"{mark}{unit}",)) for mark in marks),
            *(Words(x(at), height - 6.0, "middle", (name,)) for at, name in enumerate(names) if wide or at % 3 == 2),
        ),
        labels=(),
        shapes=tuple(drawn(one) for one in series),
    )


def marks_to(most: int) -> tuple[int, ...]:
    """Marks of a height that holds `most`: four steps of 1, 2 or 5 times a power of ten."""
    steps = (one * 10**power for power in count() for one in (1, 2, 5))
    step = next(step for step in steps if 4 * step >= most)
    return tuple(step * number for number in range(5))
