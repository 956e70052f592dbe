"""The geometry of the share done in time, month by month: a line chart to stand beside the figures; pure."""

from collections.abc import Sequence

from registry.competency.radar import Chart, Shape, Words

LEFT, RIGHT, TOP, BOTTOM = 48, 16, 12, 28
MARKS = (0, 25, 50, 75, 100)


def months_chart(points: Sequence[tuple[str, int | None]], *, wide: bool) -> Chart:
    """A dot for each month with a share in hundredths, neighbours joined; a month without one leaves a gap.

    `points` are the month's short name and its share. The narrow chart names every third month.
    """
    width, height = (680, 260) if wide else (320, 200)
    step = (width - LEFT - RIGHT) / max(len(points) - 1, 1)

    def x(at: int) -> float:
        return round(LEFT + step * at, 1)

    def y(share: int) -> float:
        return round(TOP + (height - TOP - BOTTOM) * (100 - share) / 100, 1)

    dots = [None if share is None else (x(at), y(share)) for at, (_, share) in enumerate(points)]
    path, pen_down = [], False
    for dot in dots:
        if dot is not None:
            path.append(f"{'L' if pen_down else 'M'}{dot[0]:g} {dot[1]:g}")
        pen_down = dot is not None
    return Chart(
        width,
        height,
        grid=tuple(f"M{LEFT} {y(mark):g} L{width - RIGHT} {y(mark):g}" for mark in MARKS),
        ticks=(
            *(Words(LEFT - 12.0, y(mark) + 4, "end", (f"{mark}%",)) for mark in MARKS),
            *(
                Words(x(at), height - 6.0, "middle", (name,))
                for at, (name, _) in enumerate(points)
                if wide or at % 3 == 2
            ),
        ),
        labels=(),
        shapes=(Shape("agreed", " ".join(path), closed=False, dots=tuple(dot for dot in dots if dot is not None)),),
    )
