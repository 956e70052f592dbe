"""What a page says about totals: each later stage against the first, group by group, in words (`_stages.jinja`)."""

from dataclasses import dataclass

from registry.equality.characteristics import CHARACTERISTICS, UNKNOWN, Characteristic
from registry.equality.likelihood import SCREEN, Rate, fisher_exact, relative_likelihood
from registry.equality.suppression import Table

HALF_ADDED = ", ½ added"
NOT_SHOWN, NO_COMPARISON, REFERENCE, NOBODY = "Not shown", "–", "The comparison", "Nobody"


@dataclass(frozen=True, slots=True)
class Line:
    """A group at a stage; every figure as text. `look` marks a difference outside the screen."""

    group: str
    started: str
    reached: str
    rate: str
    compared: str
    reading: str
    look: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A later stage: its name, how many reached it of how many, and its groups."""

    name: str
    reached: int
    started: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class StagesView:
    """Everything the page says about one characteristic; `first` names the stage that the others are shares of."""

    characteristic: str
    first: str
    compared_with: str
    minimum: int
    stages: tuple[Stage, ...]


def stages_view(table: Table, name: str) -> StagesView:
    """The words for a table of this characteristic; only numbers that the table tells go into them."""
    return view_of(table, CHARACTERISTICS[name])


def view_of(table: Table, characteristic: Characteristic) -> StagesView:
    """The same for groups that a room knows itself, such as professions."""
    reference = characteristic.reference
    rows: list[tuple[tuple[str, ...], str]] = [((group,), characteristic.name_of(group)) for group in table.groups]
    if characteristic.together:
        rows.append((_others(characteristic, (reference,)), characteristic.together))
    return StagesView(
        characteristic=characteristic.label,
        first=table.stages[0] if table.stages else "",
        compared_with=characteristic.name_of(reference) if reference else "everybody else whose answer is known",
        minimum=table.minimum,
        stages=tuple(
            Stage(
                table.stages[at],
                table.totals[at],
                table.totals[0],
                tuple(_line(table, at, characteristic, groups, words) for groups, words in rows),
            )
            for at in range(1, len(table.stages))
        ),
    )


def _line(table: Table, at: int, characteristic: Characteristic, groups: tuple[str, ...], name: str) -> Line:
    started, reached = (_number(table.count(stage, *groups)) for stage in (0, at))
    rate = _rate(table, at, groups)
    if rate is None:
        return Line(name, started, reached, NOT_SHOWN, NOT_SHOWN, NOT_SHOWN)
    if groups == (UNKNOWN,):
        return Line(name, started, reached, _share(rate), NO_COMPARISON, NO_COMPARISON)
    if groups == (characteristic.reference,):
        return Line(name, started, reached, _share(rate), REFERENCE, NO_COMPARISON)
    against = (characteristic.reference,) if characteristic.reference else _others(characteristic, groups)
    other = _rate(table, at, against)
    found = relative_likelihood(rate, other) if other else None
    if other is None or found is None:
        return Line(name, started, reached, _share(rate), NOT_SHOWN, NOT_SHOWN)
    compared = f"{found.ratio:.2f} ({found.low:.2f} to {found.high:.2f}){HALF_ADDED if found.corrected else ''}"
    reading = f"{_screen(found.ratio)}; {_chance(fisher_exact(rate, other))}"
    return Line(name, started, reached, _share(rate), compared, reading, look=not found.within_screen)


def _others(characteristic: Characteristic, groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value, _ in characteristic.answers if value not in groups)


def _rate(table: Table, at: int, groups: tuple[str, ...]) -> Rate | None:
    started, reached = table.count(0, *groups), table.count(at, *groups)
    return None if started is None or reached is None else Rate(reached, started)


def _number(count: int | None) -> str:
    return NOT_SHOWN if count is None else f"{count:,}"


def _share(rate: Rate) -> str:
    if rate.value is None or rate.interval is None:
        return NOBODY
    low, high = rate.interval
    return f"{100 * rate.value:.0f}% ({100 * low:.0f} to {100 * high:.0f})"


def _screen(ratio: float) -> str:
    low, high = SCREEN
    if ratio < low:
        return f"Below {low:.2f}"
    return f"Above {high:.2f}" if ratio > high else f"From {low:.2f} to {high:.2f}"


def _chance(p: float) -> str:
    return "p below 0.001" if p < 0.001 else f"p {p:.3f}"
