"""The project's own modules, for rules that read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.paths import ROOT

PACKAGES = ("registry", "programmes", "mentoring")


def modules() -> Iterator[Path]:
    """Every module we wrote, migrations left out."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def name(path: Path) -> str:
    """`registry/boards/views.py`."""
    return path.relative_to(ROOT).as_posix()
