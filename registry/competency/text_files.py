"""Text files: a publisher's own wording of a framework's elements as YAML, read strictly or refused whole.

The registry's prompts are its own words. A trust that may use the official ones writes them here, with the sentence
that lets it, and they are shown in place of ours; the framework version itself stays as it is.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated

from registry.competency import strict_yaml
from registry.competency.framework_files import Code, Name, Prose, Version
from registry.competency.strict_yaml import Many, Refusals, Text

MOST_STATEMENTS = 12
OdsCode = Annotated[str, Text(12, r"[A-Z0-9]+", "an ODS code: capital letters and digits, like RJ1")]


@dataclass(frozen=True, kw_only=True)
class ElementText:
    """What the publisher says of one element: its prompt, its statements, or both."""

    code: Code
    prompt: Prose | None = None
    statements: Annotated[tuple[Prose, ...], Many(1, MOST_STATEMENTS)] = ()


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """Official wording of one framework version, for one organisation's people or, without it, for everybody."""

    framework: Code
    version: Version
    organisation: OdsCode | None = None
    publisher: Name
    copyright: Prose
    permission: Prose
    elements: Annotated[tuple[ElementText, ...], Many(1, 135, "code")]


def read(
    content: bytes | str,
    *,
    elements_of: Callable[[str, str], Collection[str]],
    is_organisation: Callable[[str], bool],
) -> TextFile:
    """The wording in `content`, or `strict_yaml.Refused` with every problem found in it.

    `elements_of` gives the element codes of a framework and version, none where that version is not loaded.
    """

    def of_a_loaded_framework(file: TextFile) -> Refusals:
        if file.framework is None or file.version is None:
            return
        known = elements_of(file.framework, file.version)
        if not known:
            yield file, "version", f"{file.framework} {file.version} is not loaded"
            return
        for element in file.elements:
            if element.code is not None and element.code not in known:
                yield element, "code", f"{file.framework} {file.version} has no element {element.code!r}"

    def for_a_known_organisation(file: TextFile) -> Refusals:
        if file.organisation is not None and not is_organisation(file.organisation):
            yield file, "organisation", f"no organisation has the ODS code {file.organisation}"

    return strict_yaml.read(content, TextFile, (of_a_loaded_framework, for_a_known_organisation, _says_something))


def _says_something(file: TextFile) -> Refusals:
    for element in file.elements:
        if element.prompt is None and not element.statements:
            yield element, "code", "has neither a prompt nor statements"
