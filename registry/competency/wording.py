"""Which words an element is asked in: the official ones a trust has loaded, else the registry's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from registry.competency.models import Element, FrameworkVersion, OfficialText


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for one framework version; `attribution` says whose they are, and is empty where they are ours."""

    attribution: str = ""
    elements: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def prompt(self, element: Element) -> str:
        """What is asked of an element."""
        return str(self.elements.get(element.code, {}).get("prompt") or element.prompt)

    def statements(self, element: Element) -> tuple[str, ...]:
        """What the publisher says shows the element, in order; none in our own words."""
        return tuple(self.elements.get(element.code, {}).get("statements", ()))


OUR_OWN = Wording()


def wording_for(version: FrameworkVersion, organisation_id: int | None) -> Wording:
    """The organisation's own official text, else everybody's, else our own words; one query."""
    texts = OfficialText.objects.filter(Q(organisation=organisation_id) | Q(organisation=None), version=version)
    text = texts.order_by(F("organisation").asc(nulls_last=True)).first()
    if text is None:
        return OUR_OWN
    attribution = f"Wording by {text.publisher}. {text.copyright} {text.permission}"
    return Wording(attribution, text.elements)
