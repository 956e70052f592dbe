"""A feedback report as the page and the PDF show it: names for codes, figures as text, charts and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from registry.competency.aggregation import NOTABLE, SPREAD_FROM, Cell, Line, Report, two_places
from registry.competency.feedback.questionnaire import JOINT, PROMPTS, Part, Questionnaire
from registry.competency.feedback.reporting import stored
from registry.competency.feedback.states import INVITED, RaterGroup
from registry.competency.models import FeedbackReport, FeedbackRound
from registry.competency.radar import Chart, Series, chart, pairs
from registry.competency.twelfths import TWELFTHS

RULE = (
    "The line manager is shown by one reply, every other group from {minimum}, and so is each single figure: “–” "
    "stands where fewer answered. “All others” is made of the figures shown here, and of nothing else. A figure is the "
    "mean of those who answered; “no chance to see this” and questions left out count nowhere."
)
GAP_RULE = (
    "The gap is the others' view minus one's own; for a domain or a competence, the mean over the elements that both "
    f"answered. From {NOTABLE / 100:.2f} on, up or down, it is worth a thought."
)
SPREAD_RULE = f"In brackets, the lowest and the highest view, where {SPREAD_FROM} or more of a group answered."
VERDICTS = {"blind_spot": "Blind spot", "hidden_strength": "Hidden strength"}
TAGS = {
    "self_awareness": "Self-awareness",
    "self_management": "Self-management",
    "social_awareness": "Social awareness",
    "relationship_management": "Relationship management",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its label, then text for oneself, each shown group, everybody, the gap, and the verdict."""

    label: str
    own: str
    cells: tuple[str, ...]
    everybody: str
    gap: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Table:
    """A caption and its rows."""

    caption: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """The comments of one group, by prompt."""

    group: str
    prompts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Charts:
    """The radar of domains and the gaps of elements, each for a wide and a narrow window; the legend's series."""

    radar_wide: Chart
    radar_narrow: Chart
    gaps_wide: Chart
    gaps_narrow: Chart
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Everything a reader sees; `columns` are the groups of the tables."""

    round: FeedbackRound
    columns: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    domains: Table
    importance: Table
    tags: Table
    elements: tuple[Table, ...]
    blind_spots: tuple[Row, ...]
    hidden_strengths: tuple[Row, ...]
    charts: Charts
    said: tuple[Said, ...]
    gap_rule: str = GAP_RULE


def report(row: FeedbackReport) -> ReportPage:
    """The stored report of a round, which comes with it."""
    found, asked = stored(row.figures, row.comments), row.round.asks
    replies = {group.code: group.replies for group in found.groups}
    shown = tuple(group.value for group in INVITED if group in replies)
    names = {part.code: part.name for part in asked.parts}
    elements = {element.code: element.name for part in asked.parts for element in part.elements}
    lines = {line.code: line for line in found.elements}

    def rows(some: Sequence[Line], labels: dict[str, str]) -> tuple[Row, ...]:
        return tuple(_row(line, labels[line.code], shown) for line in some)

    scales = {line.code.split("|", 1)[1] for line in found.tags}
    by_element = rows(found.elements, {code: _titled(code, name) for code, name in elements.items()})
    return ReportPage(
        round=row.round,
        columns=tuple(RaterGroup(code).label for code in shown),
        groups=tuple((RaterGroup(code).label, _replies(replies[code])) for code in shown),
        rules=tuple(
            filter(
                None,
                [
                    _none_shown(found),
                    _together(found),
                    RULE.format(minimum=found.minimum),
                    SPREAD_RULE,
                    asked.attribution,
                ],
            )
        ),
        domains=Table("Levels by domain", rows(found.domains, names)),
        importance=Table("How much each domain matters in the role", rows(found.importance, names)),
        tags=Table(
            "Emotional intelligence",
            rows(found.tags, {line.code: _tag(line.code, several=len(scales) > 1) for line in found.tags}),
        ),
        elements=tuple(
            Table(
                caption,
                rows([lines[element.code] for part in parts for element in part.elements], elements),
            )
            for caption, parts in _element_tables(asked)
        ),
        blind_spots=tuple(row for row in by_element if row.verdict == VERDICTS["blind_spot"]),
        hidden_strengths=tuple(row for row in by_element if row.verdict == VERDICTS["hidden_strength"]),
        charts=_charts(found, asked),
        said=tuple(
            Said(RaterGroup(code).label, _prompted(found.comments.get(code, {}), names))
            for code in shown
            if found.comments.get(code)
        ),
    )


def _element_tables(asked: Questionnaire) -> list[tuple[str, list[Part]]]:
    """A table for each domain; where every domain is one element, a single table of them all."""
    if all(len(part.elements) == 1 for part in asked.parts):
        return [("Every domain, with the spread of views", list(asked.parts))]
    return [(part.name, [part]) for part in asked.parts]


def _row(line: Line, label: str, shown: Sequence[str]) -> Row:
    return Row(
        label=label,
        own=two_places(line.own),
        cells=tuple(_cell(line.cells.get(group)) for group in shown),
        everybody=two_places(line.everybody),
        gap=_signed(line.gap),
        verdict=VERDICTS.get(line.verdict, ""),
    )


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if cell.low is None or cell.high is None or cell.low == cell.high:
        return two_places(cell.mean)
    return f"{two_places(cell.mean)} ({_short(cell.low)} to {_short(cell.high)})"


def _short(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else two_places(value)


def _signed(gap: Fraction | None) -> str:
    text = two_places(gap)
    return f"+{text}" if gap is not None and gap > 0 else text


def _titled(code: str, name: str) -> str:
    return name if code == JOINT else f"{code} {name}"


def _tag(code: str, *, several: bool) -> str:
    tag, scale = code.split("|", 1)
    return f"{TAGS[tag]} ({scale})" if several and scale else TAGS[tag]


def _replies(count: int) -> str:
    return f"{count} {'reply' if count == 1 else 'replies'}"


def _none_shown(found: Report) -> str:
    return "" if found.groups else "Too few people answered for anything they said to be shown."


def _together(found: Report) -> str:
    """Which groups are too small to stand alone, and whether they are part of “Others”, whatever they said."""
    small = [RaterGroup(code).label for code in found.together if code != RaterGroup.OTHERS]
    others = RaterGroup.OTHERS in {group.code for group in found.groups}
    if not found.together:
        return ""
    if others:
        return f"“Others” includes, because too few answered to be shown alone: {', '.join(small)}." if small else ""
    hidden = ", ".join(RaterGroup(code).label for code in found.together)
    return f"Too few answered to be shown, alone or together: {hidden}."


def _prompted(
    comments: Mapping[str, tuple[str, ...]], names: dict[str, str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    order = {**PROMPTS, **names}
    return tuple((order[prompt], tuple(comments[prompt])) for prompt in order if comments.get(prompt))


def _charts(found: Report, asked: Questionnaire) -> Charts:
    parts = [part for part in asked.parts if part.code != JOINT]
    domains = {line.code: line for line in found.domains}
    drawn = [domains[part.code] for part in parts]
    both = (
        Series("self", "Own view", tuple(_twelfths(line.own) for line in drawn)),
        Series("raters", "All others", tuple(_twelfths(line.everybody) for line in drawn)),
    )
    series = tuple(one for one in both if any(value is not None for value in one.values))
    top = max(element.top for part in parts for element in part.elements)
    elements = {line.code: line for line in found.elements}
    of = [(element.code, element.name, elements[element.code]) for part in parts for element in part.elements]
    own = ("self", [_twelfths(line.own) for _, _, line in of])
    others = ("raters", [_twelfths(line.everybody) for _, _, line in of])
    return Charts(
        radar_wide=chart([part.name for part in parts], series, top, wide=True),
        radar_narrow=chart([part.code for part in parts], series, top, wide=False),
        gaps_wide=pairs([f"{code} {name}" for code, name, _ in of], own, others, top, wide=True),
        gaps_narrow=pairs([code for code, _, _ in of], own, others, top, wide=False),
        series=series,
    )


def _twelfths(value: Fraction | None) -> int | None:
    """The nearest twelfth, for drawing only: tables have the figure itself."""
    return None if value is None else (2 * TWELFTHS * value.numerator + value.denominator) // (2 * value.denominator)
