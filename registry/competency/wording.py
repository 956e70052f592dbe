"""Which words an element is asked in: the official ones a trust has loaded, else the registry's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from registry.competency.models import Element, FrameworkVersion, OfficialText


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for one framework version: for each element those of the first text that has it, else our own."""

    texts: tuple[OfficialText, ...] = ()

    def prompt(self, element: Element) -> str:
        """What is asked of an element."""
        return str(self._said(element).get("prompt") or element.prompt)

    def statements(self, element: Element) -> tuple[str, ...]:
        """What the publisher says shows the element, in order; none in our own words."""
        return tuple(self._said(element).get("statements", ()))

    def is_official(self, element: Element) -> bool:
        """Whether an official text says anything of the element."""
        return self._text(element) is not None

    def attributions(self, elements: Iterable[Element]) -> list[str]:
        """Whose words these elements are shown in, a line for each text; none where they are all our own."""
        shown = list(elements)
        lines = []
        for text in self.texts:
            theirs = [element for element in shown if self._text(element) is text]
            if theirs:
                what = self._named(theirs, whole=len(theirs) == len(shown))
                lines.append(f"{what} by {text.publisher}. {text.copyright} {text.permission}")
        return lines

    def _named(self, theirs: list[Element], *, whole: bool) -> str:
        # Where a text has only statements, the prompt beside them is ours.
        prompts = [element.code for element in theirs if self._said(element).get("prompt")]
        only_statements = [element.code for element in theirs if element.code not in prompts]
        if whole and not (prompts and only_statements):
            return "Wording" if prompts else "Statements"
        kinds = (("wording", prompts), ("statements", only_statements))
        named = " and ".join(f"{what} of {', '.join(codes)}" for what, codes in kinds if codes)
        return named[:1].upper() + named[1:]

    def _text(self, element: Element) -> OfficialText | None:
        return next((text for text in self.texts if element.code in text.elements), None)

    def _said(self, element: Element) -> dict[str, Any]:
        text = self._text(element)
        return text.elements[element.code] if text else {}


OUR_OWN = Wording()


def wording_for(version: FrameworkVersion, organisation_id: int | None) -> Wording:
    """The organisation's own official text, then everybody's, then our own words; one query."""
    texts = OfficialText.objects.filter(Q(organisation=organisation_id) | Q(organisation=None), version=version)
    return Wording(tuple(texts.order_by(F("organisation").asc(nulls_last=True))))
