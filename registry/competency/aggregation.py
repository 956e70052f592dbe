"""Feedback from colleagues put together: which groups a report may show, and every figure in it; exact and pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

# The fewest replies a group other than the manager's is shown by; a round may ask for more, never for fewer.
LEAST = 3
MANAGER, OTHERS, SELF = "manager", "others", "self"
# The fewest answers whose lowest and highest are told: of fewer, these and the mean give every single answer.
SPREAD_FROM = 5
# From this gap between self and others, in hundredths of a level, a report speaks of a blind spot or hidden strength.
NOTABLE = 50


@dataclass(frozen=True, slots=True)
class Item:
    """An element as a report lists it, and the keys of the questions that were asked about it.

    `scale` names the scale it was answered on: means are never taken across scales. `tags` are the competences of
    emotional intelligence it shows.
    """

    code: str
    domain: str
    scale: str
    questions: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What one person sent: levels by question, importance by domain, words by prompt.

    A question that was skipped, or that they had no chance to observe, is not among the levels: it counts nowhere.
    """

    group: str
    levels: Mapping[str, int]
    importance: Mapping[str, int]
    comments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group of the report and its number of replies."""

    code: str
    replies: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What one group said: the mean, and for an element that enough answered, the lowest and highest of its people."""

    mean: Fraction
    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report (an element, a domain, a domain's importance or a tag).

    `gap` is others minus self; for several elements, the mean of the gaps of those that both answered. `cells` has the
    groups whose figure may be shown. `everybody` is made of these cells alone, so that nothing can be subtracted from
    it to reach a figure that is hidden.
    """

    code: str
    own: Fraction | None
    cells: Mapping[str, Cell]
    everybody: Fraction | None
    gap: Fraction | None

    @property
    def verdict(self) -> str:
        """`blind_spot` where one sees oneself well above the others' view, `hidden_strength` well below, or nothing.

        Decided on the figure as it is read, so that no two gaps that look alike are judged differently.
        """
        if self.gap is None or _hundredths(abs(self.gap)) < NOTABLE:
            return ""
        return "blind_spot" if self.gap < 0 else "hidden_strength"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says in figures and words.

    `together` are the groups invited that are not shown by themselves; where `others` is shown, they are part of it.
    A tag's line has the scale in its code (`tag|scale`).
    """

    minimum: int
    groups: tuple[ShownGroup, ...]
    together: tuple[str, ...]
    elements: tuple[Line, ...]
    domains: tuple[Line, ...]
    importance: tuple[Line, ...]
    tags: tuple[Line, ...]
    comments: Mapping[str, Mapping[str, tuple[str, ...]]]


def report(
    *,
    items: Sequence[Item],
    replies: Sequence[Reply],
    own: Reply | None,
    invited: Iterable[str],
    minimum: int,
    shuffle: Callable[[list[str]], None],
) -> Report:
    """The report of a closed round: a function of what may be shown, and of nothing else.

    A group is shown by `minimum` replies, the manager's by one; smaller groups join `others`, and where these are
    still too few, nothing they said is used. Inside a shown group a single figure again needs `minimum` answers.
    Domains, tags and the view of everybody are made of shown figures only. Comments of each group and prompt are
    shuffled on their own, so that no order links them. Raises ValueError for a minimum below 3.
    """
    if minimum < LEAST:
        raise ValueError(f"a group is never shown by fewer than {LEAST} replies")
    invited = tuple(dict.fromkeys(invited))
    said = merged(replies, minimum)
    levels = {group: [_by_element(items, one) for one in some] for group, some in said.items()}
    mine = _by_element(items, own) if own else {}
    elements = tuple(_line(item.code, mine.get(item.code), levels, minimum) for item in items)
    by_code = {line.code: line for line in elements}
    domains = tuple(dict.fromkeys(item.domain for item in items))
    weights = {
        group: [{domain: Fraction(level) for domain, level in one.importance.items()} for one in some]
        for group, some in said.items()
    }
    return Report(
        minimum=minimum,
        groups=tuple(ShownGroup(group, len(some)) for group, some in said.items()),
        together=tuple(group for group in invited if group not in said or group == OTHERS),
        elements=elements,
        domains=tuple(
            _mean_line(domain, [by_code[item.code] for item in items if item.domain == domain]) for domain in domains
        ),
        importance=tuple(
            line
            for domain in domains
            if (line := _line(domain, _importance_of(own, domain), weights, minimum)).cells or line.own is not None
        ),
        tags=tuple(_mean_line(code, lines) for code, lines in _tagged(items, by_code).items()),
        comments={group: _words(some, shuffle) for group, some in said.items()},
    )


def merged(replies: Iterable[Reply], minimum: int) -> dict[str, list[Reply]]:
    """The replies by the group they may be shown in: the manager's first, then by name, `others` last.

    Replies that may not be shown at all are in none.
    """
    by_group: dict[str, list[Reply]] = {}
    for one in replies:
        by_group.setdefault(one.group, []).append(one)
    shown: dict[str, list[Reply]] = {}
    if MANAGER in by_group:
        shown[MANAGER] = by_group.pop(MANAGER)
    rest = by_group.pop(OTHERS, [])
    for group in sorted(by_group):
        if len(by_group[group]) >= minimum:
            shown[group] = by_group[group]
        else:
            rest = rest + by_group[group]
    if len(rest) >= minimum:
        shown[OTHERS] = rest
    return shown


def two_places(value: Fraction | None) -> str:
    """A figure as a person reads it: two places, halves up; nothing for None."""
    if value is None:
        return ""
    whole = _hundredths(abs(value))
    sign = "−" if value < 0 and whole else ""
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def _hundredths(value: Fraction) -> int:
    return (200 * value.numerator + value.denominator) // (2 * value.denominator)


def _by_element(items: Iterable[Item], one: Reply) -> dict[str, Fraction]:
    """One person's level of each element: the mean of their answers to its questions."""
    found = {}
    for item in items:
        answers = [one.levels[key] for key in item.questions if key in one.levels]
        if answers:
            found[item.code] = Fraction(sum(answers), len(answers))
    return found


def _line(code: str, own: Fraction | None, said: Mapping[str, Sequence[Mapping[str, Fraction]]], minimum: int) -> Line:
    cells, total, count = {}, Fraction(0), 0
    for group, people in said.items():
        values = [one[code] for one in people if code in one]
        if len(values) >= (1 if group == MANAGER else minimum):
            spread = (min(values), max(values)) if len(values) >= SPREAD_FROM else (None, None)
            cells[group] = Cell(sum(values, Fraction(0)) / len(values), *spread)
            total, count = total + sum(values), count + len(values)
    everybody = total / count if count else None
    return Line(code, own, cells, everybody, None if own is None or everybody is None else everybody - own)


def _mean_line(code: str, lines: Sequence[Line]) -> Line:
    """The mean of lines, each counting once."""
    means: dict[str, list[Fraction]] = {}
    for line in lines:
        for group, cell in line.cells.items():
            means.setdefault(group, []).append(cell.mean)
    return Line(
        code,
        _mean([line.own for line in lines if line.own is not None]),
        {group: Cell(sum(found, Fraction(0)) / len(found)) for group, found in means.items()},
        _mean([line.everybody for line in lines if line.everybody is not None]),
        _mean([line.gap for line in lines if line.gap is not None]),
    )


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


def _importance_of(own: Reply | None, domain: str) -> Fraction | None:
    return Fraction(own.importance[domain]) if own and domain in own.importance else None


def _tagged(items: Iterable[Item], lines: Mapping[str, Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for item in items:
        for tag in item.tags:
            found.setdefault(f"{tag}|{item.scale}", []).append(lines[item.code])
    return found


def _words(replies: Iterable[Reply], shuffle: Callable[[list[str]], None]) -> dict[str, tuple[str, ...]]:
    by_prompt: dict[str, list[str]] = {}
    for one in replies:
        for prompt, text in one.comments.items():
            by_prompt.setdefault(prompt, []).append(text)
    for texts in by_prompt.values():
        shuffle(texts)
    return {prompt: tuple(texts) for prompt, texts in by_prompt.items()}
