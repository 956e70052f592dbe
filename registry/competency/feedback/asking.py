"""From a framework version to what a round asks: official statements where a trust has loaded them, else our words."""

from registry.competency.feedback.questionnaire import JOINT, Asked, Part, Question, Questionnaire, our_questions
from registry.competency.feedback.states import ASKED_JOINTLY
from registry.competency.models import Domain, Element, FrameworkVersion
from registry.competency.wording import Wording, wording_for


def questionnaire_of(version: FrameworkVersion, organisation_id: int) -> Questionnaire:
    """What raters of this organisation's people are asked about the version, in the order of the framework.

    The texts are copied, so that wording loaded later changes no round that is under way.
    """
    ours, wording = our_questions(), wording_for(version, organisation_id)
    sentences = ours.sentences_of(version.code)
    asks_importance = ours.asks_importance(version.code)
    domains = list(version.domains.prefetch_related("elements"))
    parts = []
    for domain in domains:
        importance = Question(domain.code, ours.importance.question, _answers(ours.importance.answers))
        elements = tuple(_asked(version, domain, element, wording, sentences) for element in domain.elements.all())
        parts.append(Part(domain.code, domain.name, domain.summary, elements, importance if asks_importance else None))
    attributions = wording.attributions(element for domain in domains for element in domain.elements.all())
    return Questionnaire((*parts, _joint()), " ".join(attributions))


def _asked(
    version: FrameworkVersion, domain: Domain, element: Element, wording: Wording, sentences: dict[str, str]
) -> Asked:
    scale = version.scale(domain.scale)
    levels = element.answers(scale)
    answers = tuple((level.value, level.label) for level in levels if level.value != scale.not_observed)
    return Asked(
        code=element.code,
        name=element.name,
        scale=scale.name,
        top=max(value for value, _ in answers),
        questions=tuple(Question(key, text, answers) for key, text in _texts(element, wording, sentences)),
        tags=tuple(element.emotional_intelligence),
    )


def _texts(element: Element, wording: Wording, sentences: dict[str, str]) -> list[tuple[str, str]]:
    """(key, text) of the questions about an element: each official statement, else one sentence about the person."""
    if statements := wording.statements(element):
        return [(f"{element.code}.{number}", text) for number, text in enumerate(statements, start=1)]
    said = "" if wording.is_official(element) else sentences.get(element.code, "")
    return [(element.code, said or f"They could say of themselves: “{wording.prompt(element)}”")]


def _joint() -> Part:
    joint = our_questions().joint
    answers = _answers(joint.answers)
    question = Question(JOINT, joint.question, answers)
    asked = Asked(JOINT, joint.name, joint.name, max(value for value, _ in answers), (question,))
    return Part(JOINT, joint.name, joint.summary, (asked,), groups=tuple(group.value for group in ASKED_JOINTLY))


def _answers(answers: tuple) -> tuple[tuple[int, str], ...]:
    return tuple((answer.value, answer.label) for answer in answers)
