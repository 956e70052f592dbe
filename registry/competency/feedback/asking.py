"""From a framework version to what a round asks: official statements where a trust has loaded them, else our words."""

from registry.competency.feedback.questionnaire import JOINT, Asked, Part, Question, Questionnaire, our_questions
from registry.competency.feedback.states import ASKED_JOINTLY
from registry.competency.models import Domain, Element, FrameworkVersion


def questionnaire_of(version: FrameworkVersion, organisation_id: int) -> Questionnaire:
    """What raters of this organisation's people are asked about the version, in the order of the framework."""
    ours = our_questions()
    sentences = ours.sentences_of(version.code)
    importance = None
    if ours.asks_importance(version.code):
        importance = Question("", ours.importance.question, _answers(ours.importance.answers))
    parts = []
    for domain in version.domains.prefetch_related("elements"):
        weighed = None if importance is None else Question(domain.code, importance.text, importance.answers)
        elements = tuple(_asked(version, domain, element, sentences) for element in domain.elements.all())
        parts.append(Part(domain.code, domain.name, domain.summary, elements, weighed))
    return Questionnaire((*parts, _joint()))


def _asked(version: FrameworkVersion, domain: Domain, element: Element, sentences: dict[str, str]) -> Asked:
    scale = version.scale(domain.scale)
    levels = element.answers(scale)
    answers = tuple((level.value, level.label) for level in levels if level.value != scale.not_observed)
    text = sentences.get(element.code) or f"They could say of themselves: “{element.prompt}”"
    return Asked(
        code=element.code,
        name=element.name,
        scale=scale.name,
        top=max(value for value, _ in answers),
        questions=(Question(element.code, text, answers),),
        tags=tuple(element.emotional_intelligence),
    )


def _joint() -> Part:
    joint = our_questions().joint
    answers = _answers(joint.answers)
    question = Question(JOINT, joint.question, answers)
    asked = Asked(JOINT, joint.name, joint.name, max(value for value, _ in answers), (question,))
    return Part(JOINT, joint.name, joint.summary, (asked,), groups=tuple(group.value for group in ASKED_JOINTLY))


def _answers(answers: tuple) -> tuple[tuple[int, str], ...]:
    return tuple((answer.value, answer.label) for answer in answers)
