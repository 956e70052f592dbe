"""Whether an opportunity's window is open, and whether somebody can apply, with the reason in words; pure."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Window(StrEnum):
    """Where a day lies: before the opening day, from it to the closing day (both included), or after."""

    OPEN = "open"
    SOON = "soon"
    CLOSED = "closed"


def window(opens_on: datetime.date, closes_on: datetime.date, day: datetime.date) -> Window:
    """Where `day` lies."""
    if day < opens_on:
        return Window.SOON
    return Window.OPEN if day <= closes_on else Window.CLOSED


@dataclass(frozen=True, slots=True)
class Named:
    """A value of a list, and what people call it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Asks:
    """What an opportunity asks of whoever applies; an empty mapping (code → label) asks for nothing."""

    professions: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    cleared_venture: bool = False


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of somebody who might apply."""

    profession: Named
    stage: Named
    cleared_venture: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody can apply, and why: everything in their favour, or everything that stands in the way."""

    eligible: bool
    reasons: tuple[str, ...]

    @property
    def words(self) -> str:
        """`You can apply because …` or `You cannot apply because …`, as one sentence."""
        can = "can" if self.eligible else "cannot"
        return f"You {can} apply because {_listed(self.reasons, 'and')}."


@dataclass(frozen=True, slots=True)
class _Criterion:
    met: bool
    because: str


def judge(asks: Asks, applicant: Applicant) -> Answer:
    """Compare one person with what is asked.

    Every criterion counts; somebody who meets them all hears each of them, somebody who does not hears each
    that is missing. Where nothing is asked, everybody with a profile can apply.
    """
    criteria = list(_criteria(asks, applicant))
    missing = tuple(criterion.because for criterion in criteria if not criterion.met)
    if missing:
        return Answer(eligible=False, reasons=missing)
    return Answer(eligible=True, reasons=tuple(one.because for one in criteria) or ("it is open to every clinician",))


def in_words(asks: Asks) -> str:
    """Who can apply, for somebody of whom nothing is known."""
    who = _listed(tuple(asks.professions.values()), "or") or "Every clinical profession"
    parts = [who]
    if asks.stages:
        parts.append(f"at the stage {_listed(tuple(asks.stages.values()), 'or')}")
    if asks.cleared_venture:
        parts.append("with a venture that their employer has cleared")
    return ", ".join(parts)


def _criteria(asks: Asks, applicant: Applicant) -> Iterator[_Criterion]:
    if asks.professions:
        met = applicant.profession.code in asks.professions
        yield _Criterion(met, _compared("profession", applicant.profession, asks.professions, met=met))
    if asks.stages:
        met = applicant.stage.code in asks.stages
        yield _Criterion(met, _compared("career stage", applicant.stage, asks.stages, met=met))
    if asks.cleared_venture:
        has = "you have" if applicant.cleared_venture else "you need"
        yield _Criterion(applicant.cleared_venture, f"{has} a venture that your employer has cleared")


def _compared(what: str, held: Named, wanted: Mapping[str, str], *, met: bool) -> str:
    if met:
        return f"your {what} is {held.label}"
    return f"it asks for the {what} {_listed(tuple(wanted.values()), 'or')}, and yours is {held.label}"


def _listed(texts: tuple[str, ...], joined_by: str) -> str:
    """`a, b and c`; with semicolons where a part has commas of its own."""
    if len(texts) < 2:
        return "".join(texts)
    comma = "; " if any(", " in text for text in texts) else ", "
    last = f"{comma}{joined_by} " if comma == "; " else f" {joined_by} "
    return comma.join(texts[:-1]) + last + texts[-1]
