"""What a round asks, part by part, frozen when it is launched, and whether an answer fits; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from registry.competency import strict_yaml
from registry.competency.aggregation import Item, Reply
from registry.competency.strict_yaml import Between, Many, Text
from registry.kernel.errors import Invalid

COMMENT_LENGTH = 2000
# Answers that count nowhere; a question may also be left out altogether.
NO_CHANCE, RATHER_NOT = "no_chance", "rather_not"
UNCOUNTED = {NO_CHANCE: "I had no chance to see this", RATHER_NOT: "I would rather not say"}
JOINT, WORDS = "joint", "words"
# The prompts of the last part, by the key their answers are kept under.
PROMPTS = {
    "well": "What do they do well as a leader?",
    "more": "What could they do more of, or differently?",
}
EXAMPLE = "An example, or anything you want to add"


# --- our own words, from the data file -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of a scale."""

    value: Annotated[int, Between(0, 5)]
    label: Annotated[str, Text(80)]


@dataclass(frozen=True, kw_only=True)
class JointQuestion:
    """The question that clinicians and the managers beside them are both asked."""

    name: Annotated[str, Text(80)]
    summary: Annotated[str, Text(200)]
    question: Annotated[str, Text(300)]
    answers: Annotated[tuple[Answer, ...], Many(2, 6, "value")]


@dataclass(frozen=True, kw_only=True)
class ImportanceQuestion:
    """How much a domain matters in the person's role."""

    question: Annotated[str, Text(300)]
    answers: Annotated[tuple[Answer, ...], Many(2, 6, "value")]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """An element said about somebody else."""

    element: Annotated[str, Text(20)]
    text: Annotated[str, Text(300)]


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """The sentences of frameworks that share their elements, and whether these ask how important a domain is."""

    codes: Annotated[tuple[str, ...], Many(1, 9)]
    asks_importance: bool
    sentences: Annotated[tuple[Sentence, ...], Many(1, 100, "element")]


@dataclass(frozen=True, kw_only=True)
class QuestionsFile:
    """Everything in `questions.yaml`."""

    joint: JointQuestion
    importance: ImportanceQuestion
    frameworks: Annotated[tuple[Sentences, ...], Many(1, 20)]

    def sentences_of(self, framework: str) -> dict[str, str]:
        """The sentence of each element of a framework; empty where the file has none."""
        return {one.element: one.text for some in self.frameworks if framework in some.codes for one in some.sentences}

    def asks_importance(self, framework: str) -> bool:
        """Whether the framework's feedback asks how much each domain matters."""
        return any(some.asks_importance for some in self.frameworks if framework in some.codes)


@cache
def our_questions() -> QuestionsFile:
    """The data file beside this module, read once."""
    return strict_yaml.read(Path(__file__).with_name("questions.yaml").read_bytes(), QuestionsFile)


# --- a questionnaire -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `answers` are (value, label), lowest first; all of them count (see `UNCOUNTED`)."""

    key: str
    text: str
    answers: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """An element of a part, and the questions asked about it."""

    code: str
    name: str
    scale: str
    top: int
    questions: tuple[Question, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One page of the questionnaire: a domain, or the joint question; `groups` are asked it (empty: everybody)."""

    code: str
    name: str
    summary: str
    elements: tuple[Asked, ...]
    importance: Question | None = None
    groups: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question about its elements."""
        return tuple(question for element in self.elements for question in element.questions)

    @property
    def prompts(self) -> dict[str, str]:
        """Its box for words; none where only some groups are asked, as words shown there could only be theirs."""
        return {} if self.groups else {self.code: EXAMPLE}


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What a round asks; `attribution` says whose wording it is where it is not the registry's own."""

    parts: tuple[Part, ...] = ()
    attribution: str = ""

    def parts_for(self, group: str) -> tuple[Part, ...]:
        """The parts this group is asked."""
        return tuple(part for part in self.parts if not part.groups or group in part.groups)

    def items(self) -> tuple[Item, ...]:
        """Its elements as a report lists them."""
        return tuple(
            Item(asked.code, part.code, asked.scale, tuple(q.key for q in asked.questions), asked.tags)
            for part in self.parts
            for asked in part.elements
        )

    def plain(self) -> dict[str, Any]:
        """Dictionaries, lists, text and whole numbers only, for storing."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Questionnaire":
        """The inverse of `plain`, also after a journey through JSON."""
        return cls(tuple(_part(part) for part in plain.get("parts", ())), plain.get("attribution", ""))


def _part(plain: Mapping[str, Any]) -> Part:
    elements = tuple(
        Asked(**{**one, "questions": tuple(map(_question, one["questions"])), "tags": tuple(one["tags"])})
        for one in plain["elements"]
    )
    importance = _question(plain["importance"]) if plain["importance"] else None
    return Part(**{**plain, "elements": elements, "importance": importance, "groups": tuple(plain["groups"])})


def _question(plain: Mapping[str, Any]) -> Question:
    return Question(**{**plain, "answers": tuple((value, label) for value, label in plain["answers"])})


# --- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody answered so far: a value or one of `UNCOUNTED` by question, importance by part, words by prompt."""

    levels: Mapping[str, int | str] = field(default_factory=dict)
    importance: Mapping[str, int | str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """For storing."""
        return {"levels": dict(self.levels), "importance": dict(self.importance), "comments": dict(self.comments)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Answers":
        """The inverse of `plain`; of nothing, nothing answered."""
        return cls(plain.get("levels", {}), plain.get("importance", {}), plain.get("comments", {}))

    def replacing(self, keys: Iterable[str], part: str, prompts: Iterable[str], new: "Answers") -> "Answers":
        """These answers, with those to one part's questions and prompts as they are in `new`."""
        keys, prompts = set(keys), set(prompts)
        return Answers(
            {key: said for key, said in self.levels.items() if key not in keys} | dict(new.levels),
            {key: said for key, said in self.importance.items() if key != part} | dict(new.importance),
            {key: text for key, text in self.comments.items() if key not in prompts} | dict(new.comments),
        )

    @property
    def says_something(self) -> bool:
        """Whether anything of it counts; who had no chance to see anything is no reply."""
        counts = any(isinstance(said, int) for said in (*self.levels.values(), *self.importance.values()))
        return counts or any(text.strip() for text in self.comments.values())

    def answered(self, part: Part) -> int:
        """How many of the part's questions have an answer of any kind."""
        return sum(question.key in self.levels for question in part.questions)


def check(questionnaire: Questionnaire, group: str, answers: Answers) -> None:
    """Invalid, with the field, for an answer to what this group is not asked, off its scale, or too long."""
    asked = {q.key: q for part in questionnaire.parts_for(group) for q in part.questions}
    weighed = {part.code: part.importance for part in questionnaire.parts_for(group) if part.importance}
    for said, questions, name in ((answers.levels, asked, "level"), (answers.importance, weighed, "importance")):
        for key, value in said.items():
            if key not in questions:
                raise Invalid("This question is not part of the questionnaire.")
            if value not in UNCOUNTED and value not in {number for number, _ in questions[key].answers}:
                raise Invalid("Choose one of the answers shown.", field=f"{name}_{key}")
    prompts = {*PROMPTS, *(prompt for part in questionnaire.parts_for(group) for prompt in part.prompts)}
    for key, text in answers.comments.items():
        if key not in prompts:
            raise Invalid("This question is not part of the questionnaire.")
        if len(text) > COMMENT_LENGTH:
            raise Invalid(f"Use at most {COMMENT_LENGTH:,} characters.", field=f"comment_{key}")
        if "\x00" in text:
            raise Invalid("Remove the null characters.", field=f"comment_{key}")


def counted(group: str, answers: Answers) -> Reply:
    """The answers as aggregation counts them: without what was skipped, not seen or left blank."""
    return Reply(
        group=group,
        levels={key: value for key, value in answers.levels.items() if isinstance(value, int)},
        importance={key: value for key, value in answers.importance.items() if isinstance(value, int)},
        comments={key: text.strip() for key, text in answers.comments.items() if text.strip()},
    )
