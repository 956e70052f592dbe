"""A report on its way into the database and back: figures as exact fractions, comments beside them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from registry.competency.aggregation import Cell, Line, Report, ShownGroup

LINES = ("elements", "domains", "importance", "tags")


def figures(report: Report) -> dict[str, Any]:
    """Everything but the comments, as text, whole numbers and lists; a figure is written like `7/2`."""
    return {
        "minimum": report.minimum,
        "groups": [[group.code, group.replies] for group in report.groups],
        "together": list(report.together),
        **{name: [_line(line) for line in getattr(report, name)] for name in LINES},
    }


def comments(report: Report) -> dict[str, dict[str, list[str]]]:
    """The comments, by group and prompt."""
    return {group: {prompt: list(said) for prompt, said in some.items()} for group, some in report.comments.items()}


def stored(figures: Mapping[str, Any], comments: Mapping[str, Any]) -> Report:
    """The report these were made of."""
    return Report(
        minimum=figures["minimum"],
        groups=tuple(ShownGroup(code, replies) for code, replies in figures["groups"]),
        together=tuple(figures["together"]),
        **{name: tuple(_read(line) for line in figures[name]) for name in LINES},
        comments={g: {prompt: tuple(said) for prompt, said in some.items()} for g, some in comments.items()},
    )


def _line(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "own": _written(line.own),
        "cells": {group: [_written(figure) for figure in _figures(cell)] for group, cell in line.cells.items()},
        "everybody": _written(line.everybody),
        "gap": _written(line.gap),
    }


def _figures(cell: Cell) -> tuple[Fraction | None, ...]:
    return cell.mean, cell.low, cell.high


def _read(plain: Mapping[str, Any]) -> Line:
    cells = {
        group: Cell(Fraction(mean), _fraction(low), _fraction(high))
        for group, (mean, low, high) in plain["cells"].items()
    }
    own, everybody, gap = (_fraction(plain[name]) for name in ("own", "everybody", "gap"))
    return Line(plain["code"], own, cells, everybody, gap)


def _written(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
