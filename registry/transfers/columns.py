"""The columns a file may have: found by heading, whatever their case, spaces, order and other names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registry.kernel.errors import Invalid
from registry.transfers.tables import Row


@dataclass(frozen=True, slots=True)
class Column:
    """One column: our `key`, the `heading` of the template, other headings it goes by, and what to write in it."""

    key: str
    heading: str
    holds: str
    example: str = ""
    also: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Headings:
    """Where each of our columns stands in a file, and the headings we do not know."""

    positions: dict[str, int]
    unknown: tuple[str, ...]

    def key_at(self, position: int | None) -> str | None:
        """The key of our column that stands there, or None."""
        return next((key for key, at in self.positions.items() if at == position), None)

    def ours(self, problems: Iterable[tuple[int | None, str]]) -> list[tuple[str, str]]:
        """What is wrong with our columns, or with a whole row (under ""), by key instead of position."""
        return [
            (self.key_at(at) or "", sentence) for at, sentence in problems if at is None or self.key_at(at) is not None
        ]


class Columns:
    """What one kind of file may hold; `like` names a few headings for whoever sent a file without any."""

    def __init__(self, columns: Sequence[Column], *, like: str) -> None:
        self.columns, self.like = columns, like
        self.by_key = {column.key: column for column in columns}
        self._keys = {_plain(name): column.key for column in columns for name in (column.heading, *column.also)}

    def known(self, headings: list[str]) -> int:
        """How many of these headings are columns of ours."""
        return sum(_plain(heading) in self._keys for heading in headings)

    def understand(self, headings: tuple[str, ...]) -> Headings:
        """Find our columns among a file's headings.

        Raises Invalid where a needed column is missing or two headings mean the same column.
        """
        positions: dict[str, int] = {}
        unknown = []
        for position, heading in enumerate(headings):
            key = self._keys.get(_plain(heading))
            if key is None:
                unknown.append(heading or f"(column {position + 1}, without a heading)")
            elif key in positions:
                name = self.by_key[key].heading
                raise Invalid(f"Two columns mean “{name}”: “{headings[positions[key]]}” and “{heading}”. Remove one.")
            else:
                positions[key] = position
        if not positions:
            raise Invalid(f"The first row must hold the headings, like {self.like}.")
        missing = [column.heading for column in self.columns if column.required and column.key not in positions]
        if missing:
            raise Invalid(f"Columns are missing: {_listed(missing)}. Download the template to see every column.")
        return Headings(positions, tuple(unknown))


def payload_of(row: Row, headings: Headings) -> dict[str, Any]:
    """What is kept of a row until the batch is confirmed, as JSON: cells by column key, nothing of unknown columns."""
    return {
        "cells": {key: row.cells[at] for key, at in headings.positions.items() if row.cells[at]},
        "numbers": sorted(key for key, at in headings.positions.items() if at in row.numbers),
        "problems": [list(problem) for problem in headings.ours(row.problems)],
    }


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def _listed(names: list[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
