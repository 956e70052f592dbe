"""Crosswalk files: which element's evidence also speaks to which of another framework, as YAML, read strictly."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from registry.competency import strict_yaml
from registry.competency.framework_files import Code, Name
from registry.competency.strict_yaml import Between, Many, Refusals, Text

SHIPPED = Path(__file__).with_name("crosswalks") / "crosswalk.yaml"
SAME = 3
TAKES_NOTHING = "is closed to new assessments, so nothing may lead to it"
Codes = Callable[[str], Collection[str]]
CODE = r"[A-Za-z0-9][A-Za-z0-9._-]*"
Place = Annotated[str, Text(41, f"{CODE} {CODE}", "a framework's code and an element's or domain's, like LF 1.1")]


@dataclass(frozen=True, kw_only=True)
class Row:
    """Evidence for `source` is also relevant to `target`; both "framework code"."""

    source: Place
    target: Place
    strength: Annotated[int, Between(1, 3)]


@dataclass(frozen=True, kw_only=True)
class SameAs:
    """The framework's elements are those of another, under the same codes."""

    framework: Code
    as_in: Code


@dataclass(frozen=True, kw_only=True)
class CrosswalkFile:
    """All rows, and who says so since when."""

    author: Name
    date: date
    same_as: Annotated[tuple[SameAs, ...], Many(1, 9, "framework")] = ()
    rows: Annotated[tuple[Row, ...], Many(1, 5000)]


def read(content: bytes | str, *, codes_of: Codes, closed: Collection[str]) -> CrosswalkFile:
    """The crosswalk in `content`, or `strict_yaml.Refused` with every problem found in it.

    `codes_of` gives a framework's element and domain codes, none where no version of it is loaded. `closed` are the
    frameworks that take no new evidence: nothing leads to them, as a row or by way of `same_as`.
    """

    def wrong(framework: str, code: str, *, leads_there: bool) -> str:
        known = codes_of(framework)
        if not known:
            return f"no framework {framework} is loaded"
        if code and code not in known:
            return f"{framework} has no element or domain {code!r}"
        return f"{framework} {TAKES_NOTHING}" if leads_there and framework in closed else ""

    def between_known_elements(file: CrosswalkFile) -> Refusals:
        for item, field, leads_there in _ends(file):
            place = getattr(item, field)
            framework, _, code = (place or "").partition(" ")
            if place is not None and (reason := wrong(framework, code, leads_there=leads_there)):
                yield item, field, reason

    return strict_yaml.read(content, CrosswalkFile, (_each_row_once, between_known_elements))


def _ends(file: CrosswalkFile) -> Iterator[tuple[Row | SameAs, str, bool]]:
    """Every field that names a place or a framework, and whether something leads there."""
    for row in file.rows:
        yield from ((row, "source", False), (row, "target", True))
    for same in file.same_as:
        yield from ((same, "framework", True), (same, "as_in", True))


def _each_row_once(file: CrosswalkFile) -> Refusals:
    seen = set()
    for row in file.rows:
        if row.source is None or row.target is None:
            continue
        if row.source.split()[0] == row.target.split()[0]:
            yield row, "target", "is of the same framework as the source"
        if (row.source, row.target) in seen:
            yield row, "target", f"there is a row from {row.source} to {row.target} already"
        seen.add((row.source, row.target))


def spelt_out(file: CrosswalkFile, *, elements_of: Codes) -> list[Row]:
    """The rows with those that `same_as` stands for; a row that is written out goes before one that is derived.

    `elements_of` gives a framework's element codes.
    """
    found = {(row.source, row.target): row for row in file.rows}
    families: dict[str, list[str]] = {}
    for same in file.same_as:
        families.setdefault(same.as_in, [same.as_in]).append(same.framework)
    for row in file.rows:
        for source in _likewise(row.source, families, elements_of):
            for target in _likewise(row.target, families, elements_of):
                if source.split()[0] != target.split()[0]:
                    found.setdefault((source, target), replace(row, source=source, target=target))
    for family in families.values():
        for one in family:
            for other in family:
                for code in sorted(set(elements_of(one)) & set(elements_of(other))) if one != other else ():
                    source, target = f"{one} {code}", f"{other} {code}"
                    found.setdefault((source, target), Row(source=source, target=target, strength=SAME))
    return list(found.values())


def _likewise(place: str, families: dict[str, list[str]], elements_of: Codes) -> Iterator[str]:
    framework, code = place.split()
    for other in families.get(framework, [framework]):
        if code in elements_of(other):
            yield f"{other} {code}"
