"""Framework files: one version of a leadership framework as YAML, read into frozen dataclasses or refused whole.

The dataclasses below *are* the file format: every field is a key, a field with a default may be left out, and its
annotation says what the value must look like. `read` collects every problem of a file with its line, so that a person
mends it in one go; it never returns half a file.

Levels. An element's level is 0 to 5, and all of them count: 0 says "not yet", or a negative behaviour. Only the value a
scale names as `not_observed` ("no chance to demonstrate") is left out. The registry keeps a domain's level in twelfths,
12 × sum ÷ count over the elements that count (see `twelfths`): a whole number for 1 to 4 elements, and none where no
element counts. That is why an open framework has at most 4 elements in a domain; a closed one is only read.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from registry.competency import strict_yaml
from registry.competency.strict_yaml import Between, Many, Refusals, Text

SHIPPED = Path(__file__).with_name("frameworks")
MAX_COUNTED_ELEMENTS = 4


class FrameworkFileError(strict_yaml.Refused):
    """The file is refused whole; `problems` lists every reason with line, column and path, in the order of the file."""


# --- the file format ---------------------------------------------------------------------------------------------

Code = Annotated[str, Text(20, r"[A-Za-z0-9][A-Za-z0-9._-]*", "a code: letters, digits, dot, dash, underscore")]
Name = Annotated[str, Text(120)]
Prose = Annotated[str, Text(1000)]
Version = Annotated[str, Text(40)]
Level = Annotated[int, Between(0, 5)]
CountedLevel = Annotated[int, Between(1, 5)]
Profession = Literal["doctors", "all_clinicians", "all_staff", "board"]
CareerStage = Literal["student", "practitioner", "experienced"]
Expectation = Literal["none", "aware", "emerging", "expected", "leading"]
EmotionalIntelligence = Literal["self_awareness", "self_management", "social_awareness", "relationship_management"]


@dataclass(frozen=True, kw_only=True)
class ScaleValue:
    """One answer of a scale; it counts, unless the scale calls it `not_observed`."""

    value: Level
    label: Name
    meaning: Prose


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The answers an element may get, lowest first; `not_observed` is the value meaning "I could not see this"."""

    code: Code
    name: Name
    values: Annotated[tuple[ScaleValue, ...], Many(2, 6, "label")]
    not_observed: Level | None = None

    @property
    def levels(self) -> list[int]:
        """The values in the order of the file, 0 among them if the scale has it."""
        return [value.value for value in self.values]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of the framework itself: how far a person's leadership reaches."""

    number: CountedLevel
    name: Name
    meaning: Prose


@dataclass(frozen=True, kw_only=True)
class Element:
    """What is assessed. `max_level` is the element's own top, where it is lower than the scale's."""

    code: Code
    name: Name
    prompt: Prose
    max_level: CountedLevel | None = None
    emotional_intelligence: Annotated[tuple[EmotionalIntelligence, ...], Many(1, 4)] = ()


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A group of elements with one level; `staged` says that its levels are the framework's stages."""

    code: Code
    name: Name
    summary: Prose
    staged: bool
    scale: Code | None = None
    elements: Annotated[tuple[Element, ...], Many(1, 15)]


@dataclass(frozen=True, kw_only=True)
class ExpectationCell:
    """What one career stage expects of one domain, and the lowest level that meets it (0: nothing to show yet)."""

    domain: Code
    expectation: Expectation
    minimum_level: Level


@dataclass(frozen=True, kw_only=True)
class ExpectationRow:
    """All expectations of one career stage, under the framework's own name for it."""

    career_stage: CareerStage
    name: Name
    cells: Annotated[tuple[ExpectationCell, ...], Many(1, 9, "domain")]


@dataclass(frozen=True, kw_only=True)
class ExpectationMatrix:
    """One way of saying what each career stage expects; a trust chooses among a framework's matrices."""

    code: Literal["cumulative", "gated"]
    name: Name
    source: Prose
    rows: Annotated[tuple[ExpectationRow, ...], Many(3, 3, "career_stage")]


@dataclass(frozen=True, kw_only=True)
class FrameworkFile:
    """One framework version. `effective_to` is its last day in force; `default` marks the all-staff default."""

    code: Code
    version: Version
    name: Name
    publisher: Name
    audience: Name
    professions: Profession
    effective_from: date
    effective_to: date | None
    closed_to_new: bool
    default: bool = False
    source: Prose
    copyright: Prose
    default_scale: Code
    scales: Annotated[tuple[Scale, ...], Many(1, 9, "code")]
    stages: Annotated[tuple[Stage, ...], Many(1, 5)] = ()
    domains: Annotated[tuple[Domain, ...], Many(1, 9, "code")]
    expectations: Annotated[tuple[ExpectationMatrix, ...], Many(1, 2, "code")] = ()

    def scale_of(self, domain: Domain) -> Scale:
        """The domain's own scale, else the default one."""
        return {scale.code: scale for scale in self.scales}[domain.scale or self.default_scale]


# --- public functions --------------------------------------------------------------------------------------------


def read(content: bytes | str) -> FrameworkFile:
    """The framework version in `content`, or FrameworkFileError with every problem found in it."""
    try:
        return strict_yaml.read(content, FrameworkFile, _RULES)
    except strict_yaml.Refused as refused:
        raise FrameworkFileError(refused.problems) from refused


def digest(framework: FrameworkFile | bytes | str) -> str:
    """SHA-256 (hex) of what a file says, whatever its layout, comments, quoting, key order or spelt-out defaults."""
    return strict_yaml.digest(framework if isinstance(framework, FrameworkFile) else read(framework))


# --- rules that look at several fields; they pass over what was unreadable, which is refused already -----------------


def _status(file: FrameworkFile) -> Refusals:
    if file.effective_from and file.effective_to and file.effective_to < file.effective_from:
        yield file, "effective_to", "is before effective_from"
    if file.default and file.closed_to_new:
        yield file, "default", "a framework closed to new assessments cannot be the default"


def _scales(file: FrameworkFile) -> Refusals:
    for scale in file.scales:
        if None in scale.levels:
            continue
        if scale.levels not in [list(range(start, start + len(scale.levels))) for start in (0, 1)]:
            yield scale, "values", "must run 0, 1, 2 … or 1, 2, 3 … without a gap or a repetition"
        if scale.not_observed is not None and (scale.not_observed > 0 or scale.not_observed not in scale.levels):
            yield scale, "not_observed", "must be 0 and one of the scale's values: 1 to 5 always count"
    codes = [scale.code for scale in file.scales]
    for record, field in [(file, "default_scale"), *((domain, "scale") for domain in file.domains)]:
        name = getattr(record, field)
        if name is not None and codes and None not in codes and name not in codes:
            yield record, field, f"unknown scale {name!r}; the file has {', '.join(codes)}"


def _elements(file: FrameworkFile) -> Refusals:
    seen = set()
    for domain in file.domains:
        if file.closed_to_new is False and len(domain.elements) > MAX_COUNTED_ELEMENTS:
            many = f"more than {MAX_COUNTED_ELEMENTS} elements need closed_to_new: true (levels are kept in twelfths)"
            yield domain, "elements", many
        for element in domain.elements:
            if element.code is None or domain.code is None:
                continue
            if element.code in seen:
                yield element, "code", f"element {element.code!r} is in this file twice"
            seen.add(element.code)
            alone = len(domain.elements) == 1 and element.code == domain.code
            historic = file.closed_to_new and "." not in element.code  # numbered through, as the LQF's qualities are
            if not (element.code.startswith(f"{domain.code}.") or alone or historic):
                yield element, "code", f"must begin with {domain.code + '.'!r}, the code of its domain"


def _levels(file: FrameworkFile) -> Refusals:
    numbers = [stage.number for stage in file.stages]
    if None not in numbers and numbers != list(range(1, len(numbers) + 1)):
        yield file, "stages", "must be numbered 1, 2, 3 … in order"
    if numbers and not any(domain.staged for domain in file.domains):
        yield file, "stages", "no domain is staged"
    scales = {scale.code: scale for scale in file.scales}
    for domain in file.domains:
        scale = scales.get(domain.scale or file.default_scale)
        if scale is None or None in scale.levels:
            continue
        if domain.staged and numbers != [level for level in scale.levels if level]:
            yield domain, "staged", f"a staged domain needs one stage for each level of scale {scale.code!r}"
        for element in domain.elements:
            if element.max_level is not None and element.max_level not in scale.levels:
                yield element, "max_level", f"is not a level of scale {scale.code!r}"


def _expectations(file: FrameworkFile) -> Refusals:
    scales = {scale.code: scale for scale in file.scales}
    domains = {domain.code: scales.get(domain.scale or file.default_scale) for domain in file.domains}
    for row in (row for matrix in file.expectations for row in matrix.rows):
        named = {cell.domain for cell in row.cells}
        missing = domains.keys() - named - {None}
        if missing and named and None not in named:
            yield row, "cells", f"no cell for domain {', '.join(sorted(missing))}"
        for cell in row.cells:
            if cell.domain is not None and cell.domain not in domains and None not in domains:
                yield cell, "domain", f"unknown domain {cell.domain!r}"
            scale = domains.get(cell.domain)
            if scale and None not in scale.levels and cell.minimum_level and cell.minimum_level not in scale.levels:
                yield cell, "minimum_level", f"is not a level of scale {scale.code!r}"
            if cell.expectation == "none" and cell.minimum_level:
                yield cell, "minimum_level", "must be 0 where nothing is expected"


_RULES = (_status, _scales, _elements, _levels, _expectations)
