"""What Insight says in words and colours; the page and its export say the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from registry.clinicians.fields import Profession, Sector
from registry.competency.heat_map import POINTS, Row, Sheet, Tally, mean, share
from registry.competency.models import Domain
from registry.dashboard.insight.sheets import ORGANISATION, PROFESSION, SECTOR
from registry.organisations.models import Organisation

NOT_SHOWN, NOBODY, NONE_LEFT = "Not shown", "Nobody yet", "–"
EVERYBODY, TOGETHER = "Everybody", "Groups not shown, together"
HEADINGS = {ORGANISATION: "Organisation", PROFESSION: "Profession", SECTOR: "Sector"}
EXPORT_COLUMNS = (
    "Grouped by",
    "Group",
    "People",
    "Assessed",
    "Domain",
    "People counted",
    "As expected or ahead",
    "Not yet",
    "As expected",
    "Ahead",
    "Mean agreed level",
    "Mean expected level",
)
# The legend: the five colours, lightest first, and the ranges they stand for.
STEPS = tuple((at + 1, f"{POINTS * at} to {POINTS * (at + 1) - (at < 4)}%") for at in range(5))


@dataclass(frozen=True, slots=True)
class Figures:
    """One domain of one group: the cell's text and colour step (0 where it has none), and what is behind it."""

    domain: str
    text: str
    step: int = 0
    counted: str = ""
    below: str = ""
    as_expected: str = ""
    ahead: str = ""
    agreed: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A group: how many people, how many of whom are assessed, its domains, and where to see who they are."""

    name: str
    people: str
    assessed: str
    cells: tuple[Figures, ...]
    href: str = ""
    people_href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One way to group people."""

    heading: str
    lines: tuple[Line, ...]


def tables(
    sheet: Sheet,
    domains: Sequence[Domain],
    *,
    organisations: Mapping[str, Organisation],
    chosen: Organisation | None,
    framework: str,
    may_list: bool,
) -> list[Table]:
    """The tables of a heat map, the largest group first; `may_list` links each group to its people."""
    labels: dict[str, Mapping[str, str]] = {
        ORGANISATION: {code: organisation.name for code, organisation in organisations.items()},
        PROFESSION: dict(Profession.choices),
        SECTOR: dict(Sector.choices),
    }
    here = {"organisation": chosen.ods_code} if chosen and len(organisations) > 1 else {}

    def to_people(filters: dict[str, str]) -> str:
        return f"{reverse('clinicians:people')}?{urlencode(filters)}" if may_list else ""

    found = []
    for cut in sheet.cuts:
        lines = []
        for row in sorted(cut.rows, key=lambda row: (-row.people, labels[cut.name][row.key])):
            query = urlencode({"framework": framework, "organisation": row.key})
            href = f"{reverse('dashboard:insight')}?{query}" if cut.name == ORGANISATION else ""
            people_href = to_people(here | {cut.name: row.key})
            lines.append(_line(row, labels[cut.name][row.key], domains, href=href, people_href=people_href))
        together = cut.rest.of or any(tally and tally.people for tally in cut.rest.tallies)
        everybody = cut.rest.tallies == sheet.total.tallies and cut.rest.of in (0, sheet.total.of)
        if together and not everybody:
            lines.append(_line(cut.rest, TOGETHER, domains, empty=NONE_LEFT))
        lines.append(_line(sheet.total, EVERYBODY, domains, people_href=to_people(here)))
        found.append(Table(HEADINGS[cut.name], tuple(lines)))
    return found


def _line(
    row: Row,
    name: str,
    domains: Sequence[Domain],
    *,
    empty: str = NOBODY,
    href: str = "",
    people_href: str = "",
) -> Line:
    cells = [_figures(domain, tally, empty=empty) for domain, tally in zip(domains, row.tallies, strict=True)]
    people = f"{row.people:,}" if empty == NOBODY else empty
    return Line(name, people, _assessed(row, empty), tuple(cells), href, people_href)


def _assessed(row: Row, empty: str) -> str:
    if row.assessed is None:
        return NOT_SHOWN
    if not row.of:
        return empty
    return f"{row.assessed:,} of {row.of:,} ({(200 * row.assessed + row.of) // (2 * row.of)}%)"


def _figures(domain: Domain, tally: Tally | None, *, empty: str) -> Figures:
    if tally is None:
        return Figures(domain.name, NOT_SHOWN)
    if not tally.people:
        return Figures(domain.name, empty)
    return Figures(
        domain.name,
        text=_range(tally.meeting, tally),
        step=share(tally.meeting, tally.people)[0] // POINTS + 1,
        counted=f"{tally.people:,}",
        below=_range(tally.below, tally),
        as_expected=_range(tally.as_expected, tally),
        ahead=_range(tally.ahead, tally),
        agreed=f"{mean(tally.agreed, tally.people):.1f}",
        expected=f"{mean(tally.expected, tally.people):.1f}",
    )


def _range(part: int, tally: Tally) -> str:
    start, end = share(part, tally.people)
    return f"{start} to {end if end == 100 else end - 1}%"


def export_rows(shown: Sequence[Table]) -> Iterator[list[str]]:
    """Every figure of the page, a row for each group and domain; a group without domains has one row."""
    for table in shown:
        for line in table.lines:
            group = [table.heading, line.name, line.people.replace(",", ""), line.assessed.replace(",", "")]
            for cell in line.cells or (Figures("", ""),):
                behind = [cell.below, cell.as_expected, cell.ahead, cell.agreed, cell.expected]
                yield [*group, cell.domain, cell.counted.replace(",", ""), cell.text, *behind]
