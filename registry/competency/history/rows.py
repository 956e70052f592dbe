"""One row of a file of old results against what the registry knows: a level to keep, or what is wrong with it; pure."""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# How a person may be named, each with what it is called in a sentence.
PERSON = {
    "staff_number": "employee number",
    "registration_number": "registration number",
    "email": "work e-mail address",
}
LONGEST_NAME = 120
AS_TEXT = "Format the column as text, and enter the whole number."

Cells = Mapping[str, str]


class Row(NamedTuple):
    """A row as a file says it: `numbers` are columns whose cells the spreadsheet holds as numbers, not as text.

    `problems` (column or "", sentence) is what the file's reader found; such a row is not looked at any further.
    """

    number: int
    cells: Cells
    numbers: Sequence[str] = ()
    problems: Sequence[tuple[str, str]] = ()


class Problem(NamedTuple):
    """What is wrong with a row: its number in the file, the column's key or "" for the whole row, and a sentence."""

    row: int
    column: str
    sentence: str


class Key(NamedTuple):
    """What is kept once: a person's level in an element, on a day, from one source."""

    clinician_id: int
    element_id: int
    taken_on: datetime.date
    instrument: str
    provider: str


@dataclass(frozen=True, slots=True)
class KnownElement:
    """An element as a file may name it, by code or name, and the levels it has."""

    pk: int
    code: str
    name: str
    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A framework version as a file may name its framework, by code or name."""

    code: str
    name: str
    first_day: datetime.date
    elements: tuple[KnownElement, ...]

    def element(self, said: str) -> KnownElement | None:
        """The element of this code or name, whatever its case and punctuation."""
        by_code = (element for element in self.elements if element.code.casefold() == said.strip().casefold())
        by_name = (element for element in self.elements if plain(element.name) == plain(said))
        return next(by_code, None) or next(by_name, None)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the rows are checked against.

    `people`: for each way of naming a person, keys by the name in small letters. `frameworks`: versions by framework
    code, earliest first. `used_since`: the first day an instrument could be used, where that is before the framework's
    first version here. `stored`: levels there are already. `written`: the one written form of a name, by the way.
    """

    people: Mapping[str, Mapping[str, frozenset[int]]]
    frameworks: Mapping[str, Sequence[KnownVersion]]
    used_since: Mapping[str, datetime.date]
    stored: Mapping[Key, int]
    today: datetime.date
    read_day: Callable[[str], datetime.date | None]
    written: Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file comes to: levels to add by key, how many are here already, and every problem by row.

    `rows` are the rows of what is added; `notes` say, by row, how its employee number was read.
    """

    to_add: dict[Key, int]
    same: int
    problems: list[Problem]
    rows: dict[Key, int]
    notes: dict[int, str]

    @property
    def errors(self) -> int:
        """How many rows have a problem."""
        return len({problem.row for problem in self.problems})


def plain(text: str) -> str:
    """Letters and digits only, in small letters."""
    return re.sub(r"[\W_]", "", text.casefold())


def _folded(key: Key) -> Key:
    return key._replace(instrument=key.instrument.casefold(), provider=key.provider.casefold())


def check(rows: Iterable[Row], known: Knowledge, *, framework: str = "", instrument: str = "") -> Checked:
    """Check every row; all the problems of a row are found, not only the first.

    `framework` and `instrument` stand for files that hold one framework's results from one instrument only.
    Instruments and providers are the same whatever their case, and are kept as they were first written.
    """
    said: dict[Key, list[tuple[int, int]]] = {}
    problems: list[Problem] = []
    notes: dict[int, str] = {}
    stored = {_folded(key): level for key, level in known.stored.items()}
    spelt = {name.casefold(): name for key in known.stored for name in (key.instrument, key.provider)}
    without_zeros: dict[str, set[str]] = {}
    for staff_number in known.people["staff_number"]:
        without_zeros.setdefault(staff_number.lstrip("0"), set()).add(staff_number)
    for row in rows:
        if row.problems:
            problems += [Problem(row.number, column, sentence) for column, sentence in row.problems]
            continue
        reading = _Reading(row, known, spelt, without_zeros)
        found = reading.level(framework, instrument)
        problems += reading.problems
        if found is not None:
            said.setdefault(found[0], []).append((row.number, found[1]))
            if reading.note:
                notes[row.number] = reading.note
    return _sorted_out(said, stored, problems, notes)


def _sorted_out(
    said: Mapping[Key, list[tuple[int, int]]], stored: Mapping[Key, int], problems: list[Problem], notes: dict[int, str]
) -> Checked:
    to_add: dict[Key, int] = {}
    first_rows: dict[Key, int] = {}
    same = 0
    for key, ((number, level), *again) in said.items():
        if {other for _, other in again} - {level}:
            rest = ", ".join(str(other) for other, _ in again)
            problems.append(Problem(number, "level", f"Row {rest} has another level for the same."))
        elif (here := stored.get(_folded(key))) is None:
            to_add[key], first_rows[key] = level, number
        elif here == level:
            same += 1
        else:
            sentence = f"Level {here} is here already for this person, date and source."
            problems.append(Problem(number, "level", sentence))
        twice = f"Row {number} has the same person, date, quality and source."
        problems += [Problem(other, "", twice) for other, _ in again]
    return Checked(to_add, same, problems, first_rows, notes)


class _Reading:
    def __init__(self, row: Row, known: Knowledge, spelt: dict[str, str], without_zeros: dict[str, set[str]]) -> None:
        self.number, self.cells, self.numbers, self.known = row.number, row.cells, row.numbers, known
        self.spelt, self.without_zeros = spelt, without_zeros
        self.problems: list[Problem] = []
        self.note = ""

    def refuse(self, column: str, sentence: str) -> None:
        self.problems.append(Problem(self.number, column, sentence))

    def level(self, framework: str, instrument: str) -> tuple[Key, int] | None:
        clinician_id = self.person()
        taken_on = self.date()
        instrument = instrument or self.text("instrument", needed="Enter the name of the instrument or questionnaire.")
        provider = self.text("provider")
        version = self.version(framework, taken_on)
        element = self.element(version)
        level = self.level_of(element)
        if self.problems or clinician_id is None or taken_on is None or element is None or level is None:
            return None
        return Key(clinician_id, element.pk, taken_on, instrument, provider), level

    def text(self, column: str, needed: str = "") -> str:
        text = " ".join(self.cells.get(column, "").split())
        if not text and needed:
            self.refuse(column, needed)
        if len(text) > LONGEST_NAME:
            self.refuse(column, f"Use at most {LONGEST_NAME} characters.")
        return self.spelt.setdefault(text.casefold(), text)

    def person(self) -> int | None:
        named = {way: self.cells[way] for way in PERSON if self.cells.get(way)}
        if not named:
            self.refuse("", f"Name the person by {', '.join(list(PERSON.values())[:-1])} or {PERSON['email']}.")
        meant: frozenset[int] | None = None
        for way, said in named.items():
            name = self.known.written(way, said).casefold()
            people = self.known.people[way].get(name, frozenset())
            if not people and way in self.numbers and way == "staff_number":
                people = self.with_zeros(name)
            elif not people:
                self.refuse(way, f"Nobody at the organisation has this {PERSON[way]}.")
            meant = people if meant is None else meant & people
        if self.problems or meant is None:
            return None
        if len(meant) == 1:
            return next(iter(meant))
        if meant:
            self.refuse(next(iter(named)), "Several people match. Add the employee number.")
        else:
            self.refuse("", f"The {' and the '.join(PERSON[way] for way in named)} are of different people.")
        return None

    def with_zeros(self, number: str) -> frozenset[int]:
        """Whom a number means that a spreadsheet may have taken the leading zeros from; nobody where it is not sure."""
        meant = self.without_zeros.get(number.lstrip("0"), set())
        if len(meant) == 1:
            (whole,) = meant
            self.note = f"Read as {whole}: the spreadsheet had lost leading zeros."
            return self.known.people["staff_number"][whole]
        if meant:
            self.refuse(
                "staff_number", "Several people’s numbers differ from this one only in leading zeros. " + AS_TEXT
            )
        else:
            self.refuse(
                "staff_number", "Nobody at the organisation has this employee number, with or without leading zeros."
            )
        return frozenset()

    def date(self) -> datetime.date | None:
        said = self.cells.get("date", "")
        if not said:
            self.refuse("date", "Enter the date of the result.")
            return None
        day = self.known.read_day(said)
        if day is None:
            self.refuse("date", "Enter a date like 2010-05-31 or 31/05/2010.")
        elif day > self.known.today:
            self.refuse("date", "The date is in the future.")
        return day

    def version(self, framework: str, taken_on: datetime.date | None) -> KnownVersion | None:
        said = framework or self.cells.get("framework", "")
        if not said:
            self.refuse("framework", "Enter the framework, like LF or Healthcare Leadership Model.")
            return None
        versions = next(
            (
                versions
                for code, versions in self.known.frameworks.items()
                if plain(said) in {plain(code), *(plain(version.name) for version in versions)}
            ),
            None,
        )
        if not versions:
            self.refuse("framework", "The registry has no framework of this code or name.")
            return None
        first = versions[0]
        since = self.known.used_since.get(first.code, first.first_day)
        if taken_on is not None and taken_on.year < since.year:
            self.refuse("date", f"The {first.name} did not exist before {since.year}.")
        in_force = [version for version in versions if taken_on is not None and version.first_day <= taken_on]
        return in_force[-1] if in_force else first

    def element(self, version: KnownVersion | None) -> KnownElement | None:
        said = self.cells.get("quality", "")
        if not said:
            self.refuse("quality", "Enter the quality or element, by its code or name.")
        if not said or version is None:
            return None
        element = version.element(said)
        if element is None:
            self.refuse("quality", f"The {version.name} has no quality or element of this code or name.")
        return element

    def level_of(self, element: KnownElement | None) -> int | None:
        said = self.cells.get("level", "")
        if not said:
            self.refuse("level", "Enter the level.")
            return None
        if not re.fullmatch(r"[0-9]{1,2}(\.0+)?", said, re.ASCII):
            self.refuse("level", "Enter the level as a whole number.")
            return None
        level = int(said.split(".")[0])
        if element is not None and level not in element.levels:
            least, most = min(element.levels), max(element.levels)
            self.refuse("level", f"{element.name} has the levels {least} to {most}.")
            return None
        return level
