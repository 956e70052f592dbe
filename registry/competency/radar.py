"""The geometry of charts of levels: a radar (bars where there are few domains), and pairs with the gap between."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from registry.competency.twelfths import TWELFTHS

LINE_HEIGHT = 17


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the chart; `kind` names its look, `values` are twelfths, None where there is no level."""

    kind: str
    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of text from (x, y) downwards; `anchor` is start, middle or end, as in SVG."""

    x: float
    y: float
    anchor: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A series drawn: `path` in SVG's path language, whether it encloses an area, and a dot for each level."""

    kind: str
    path: str
    closed: bool
    dots: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template needs to draw: sizes and coordinates in SVG user units, y downwards."""

    width: int
    height: int
    grid: tuple[str, ...]
    ticks: tuple[Words, ...]
    labels: tuple[Words, ...]
    shapes: tuple[Shape, ...]


def chart(labels: Sequence[str], series: Sequence[Series], top: int, *, wide: bool) -> Chart:
    """A radar of three domains or more, else bars; `top` is the scale's highest level.

    `wide` leaves room around the radar for labels of several words; without it they are best short codes.
    """
    if len(labels) < 3:
        return bars(labels, series, top)
    return radar(labels, series, top, wide=wide)


def radar(labels: Sequence[str], series: Sequence[Series], top: int, *, wide: bool) -> Chart:
    """One spoke for each label, the first upwards, then clockwise; level 0 is the centre and `top` the rim.

    A series with a level on every spoke is a closed polygon; otherwise neighbours with levels are joined, and a level
    without a neighbour is a dot.
    """
    width, height, radius, chars = (680, 470, 150, 20) if wide else (320, 290, 115, 8)
    x0, y0 = width / 2, height / 2
    count = len(labels)

    def at(spoke: int, share: float) -> tuple[float, float]:
        angle = 2 * math.pi * spoke / count
        return round(x0 + radius * share * math.sin(angle), 1), round(y0 - radius * share * math.cos(angle), 1)

    rings = tuple(_polyline([at(i, level / top) for i in range(count)], closed=True) for level in range(1, top + 1))
    spokes = tuple(_polyline([(x0, y0), at(i, 1)], closed=False) for i in range(count))
    ticks = tuple(
        Words(round(x0 - 6, 1), round(at(0, level / top)[1] + 5, 1), "end", (str(level),))
        for level in range(1, top + 1)
    )
    words = tuple(_around(at(i, 1 + 16 / radius), x0, y0, label, chars) for i, label in enumerate(labels))
    shapes = []
    for one in series:
        points = [None if value is None else at(i, value / TWELFTHS / top) for i, value in enumerate(one.values)]
        dots = tuple(point for point in points if point is not None)
        closed = len(dots) == count
        path = _polyline(list(dots), closed=True) if closed else _joined(points)
        shapes.append(Shape(one.kind, path, closed, dots))
    return Chart(width, height, rings + spokes, ticks, words, tuple(shapes))


def bars(labels: Sequence[str], series: Sequence[Series], top: int) -> Chart:
    """For each label one horizontal bar a series, from level 0 on the left to `top` on the right."""
    width, left, thick, gap = 320, 12, 16, 34
    across = width - 2 * left
    group = gap + thick * len(series)
    height = group * len(labels) + 24
    lines = tuple(
        _polyline([(_to(level, top, left, across), 8.0), (_to(level, top, left, across), height - 20.0)], closed=False)
        for level in range(top + 1)
    )
    ticks = tuple(
        Words(_to(level, top, left, across), height - 4.0, "middle", (str(level),)) for level in range(top + 1)
    )
    words = tuple(Words(float(left), group * i + 24.0, "start", (label,)) for i, label in enumerate(labels))
    shapes = []
    for row, one in enumerate(series):
        boxes = []
        for i, value in enumerate(one.values):
            if value is not None:
                y, x = group * i + 30.0 + thick * row, _to(value / TWELFTHS, top, left, across)
                boxes.append(
                    _polyline([(float(left), y), (x, y), (x, y + thick - 3), (left, y + thick - 3)], closed=True)
                )
        shapes.append(Shape(one.kind, " ".join(boxes), closed=True))
    return Chart(width, height, lines, ticks, words, tuple(shapes))


def pairs(
    labels: Sequence[str],
    first: tuple[str, Sequence[int | None]],
    second: tuple[str, Sequence[int | None]],
    top: int,
    *,
    wide: bool,
) -> Chart:
    """One row for each label: a dot for the level of each of two series (kind, twelfths), joined by a line, the gap.

    `wide` leaves room on the left for labels of several words; without it they are best short codes.
    """
    width, left, chars = (680, 310, 38) if wide else (320, 56, 8)
    across = width - left - 16
    y, rows, words = 12.0, [], []
    for label in labels:
        lines = tuple(textwrap.wrap(label, chars)) or ("",)
        height = max(30, LINE_HEIGHT * len(lines) + 10)
        rows.append(y + height / 2)
        words.append(Words(left - 14.0, y + height / 2 - (len(lines) - 1) * LINE_HEIGHT / 2 + 5, "end", lines))
        y += height

    def at(row: float, value: int) -> tuple[float, float]:
        return _to(value / TWELFTHS, top, left, across), row

    joined = [
        _polyline([at(row, a), at(row, b)], closed=False)
        for row, a, b in zip(rows, first[1], second[1], strict=True)
        if a is not None and b is not None
    ]
    dots = [
        Shape(
            kind, "", closed=False, dots=tuple(at(row, v) for row, v in zip(rows, values, strict=True) if v is not None)
        )
        for kind, values in (first, second)
    ]
    marks = range(top + 1)
    grid = tuple(
        _polyline([(_to(mark, top, left, across), 8.0), (_to(mark, top, left, across), y + 4)], closed=False)
        for mark in marks
    )
    ticks = tuple(Words(_to(mark, top, left, across), y + 20, "middle", (str(mark),)) for mark in marks)
    return Chart(width, int(y) + 28, grid, ticks, tuple(words), (Shape("gap", " ".join(joined), closed=False), *dots))


def _to(level: float, top: int, left: int, across: int) -> float:
    return round(left + across * level / top, 1)


def _around(point: tuple[float, float], x0: float, y0: float, label: str, chars: int) -> Words:
    """A label outside the rim: to the right of points on the right, above those at the top, and so on."""
    x, y = point
    lines = tuple(textwrap.wrap(label, chars)) or ("",)
    anchor = "middle" if abs(x - x0) < 1 else "start" if x > x0 else "end"
    above = (len(lines) - 1) * LINE_HEIGHT
    # At the top the last line is next to the rim, at the bottom the first, at the sides the middle one.
    share = 0.5 if anchor != "middle" else 1.0 if y < y0 else 0.0
    return Words(x, round(y - above * share + 5, 1), anchor, lines)


def _polyline(points: list[tuple[float, float]], *, closed: bool) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points) + (" Z" if closed else "")


def _joined(points: list[tuple[float, float] | None]) -> str:
    around = [*points, points[0]]
    return " ".join(_polyline([a, b], closed=False) for a, b in pairwise(around) if a is not None and b is not None)
