"""What else a piece of evidence speaks to, in other frameworks; levels are never carried over."""

from collections.abc import Collection
from dataclasses import dataclass

from registry.competency.models import CrosswalkRow, Element


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The elements of another framework that the same evidence is relevant to, closest match first.

    Frameworks with the same elements are named together.
    """

    frameworks: str
    elements: tuple[str, ...]


Crosswalk = dict[tuple[str, str], list[Elsewhere]]


def also_relevant(frameworks: Collection[str]) -> Crosswalk:
    """By framework code and element code of these frameworks, where else evidence is relevant; two queries."""
    rows = list(CrosswalkRow.rows().filter(source_framework__in=frameworks))
    targets = {row.target_framework for row in rows}
    framework_names: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    elements = Element.rows().filter(domain__version__code__in=targets).select_related("domain__version")
    for element in elements.order_by("domain__version__effective_from", "domain__position", "position"):
        code = element.domain.version.code
        framework_names[code] = element.domain.version.name
        names.setdefault((code, element.domain.code), element.domain.name)
        names[code, element.code] = element.name
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in rows:
        name = names.get((row.target_framework, row.target_code))
        if name is not None:
            groups = found.setdefault((row.source_framework, row.source_code), {})
            text = f"{row.target_code} {name} ({row.get_strength_display()})"
            groups.setdefault(framework_names[row.target_framework], []).append(text)
    return {key: _grouped(groups) for key, groups in found.items()}


def _grouped(groups: dict[str, list[str]]) -> list[Elsewhere]:
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, texts in sorted(groups.items()):
        alike.setdefault(tuple(texts), []).append(name)
    return [Elsewhere(", ".join(names), texts) for texts, names in alike.items()]
