"""Who reads which application: enough readers for each, loads as even as can be, and never somebody with a conflict.

Pure: no database, no clock, no chance. The same files and readers, in whatever order, give the same answer.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Reader:
    """An assessor: where they come from, how many they have to read already, and how many they read at most."""

    key: int
    most: int
    load: int = 0
    profession: str = ""
    region: str = ""
    employer: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """An application: how many more readers it needs, who has it already, and who must never have it."""

    key: int
    wanted: int
    employer: int = 0
    readers: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Balanced:
    """Who reads what, by the file's key; and how many readers could not be found, by the file's key."""

    readers: dict[int, tuple[int, ...]]
    missing: dict[int, int]


def balance(files: Iterable[File], readers: Iterable[Reader], known: Iterable[Reader] = ()) -> Balanced:
    """Give each file the readers it wants, of those who may read it.

    As many are found as can be within everybody's `most`. No reader has two more than another where moving one file
    after another could even them out. Among that, the readers of a file are of different professions and regions, and
    of another employer than the applicant, as far as one pass of exchanges finds. `known` are readers that files have
    already and who get no more.
    """
    work = _Work(sorted(files, key=lambda file: file.key), sorted(readers, key=lambda reader: reader.key), known)
    work.hand_out()
    work.even_out()
    work.mix()
    while work.even_out():  # an exchange can make room for a move; each move makes loads more even, so it ends
        work.mix()
    return work.answer()


class _Work:
    """The state of one balancing: what everybody has so far."""

    def __init__(self, files: Sequence[File], readers: Sequence[Reader], known: Iterable[Reader]) -> None:
        self.files = {file.key: file for file in files}
        self.people = {reader.key: reader for reader in [*known, *readers]}
        self.readers = [reader.key for reader in readers]
        self.given: dict[int, list[int]] = {file.key: [] for file in files}
        self.has: dict[int, set[int]] = {key: set() for key in self.readers}
        self.missing: dict[int, int] = {}

    def load(self, reader: int) -> int:
        return self.people[reader].load + len(self.has[reader])

    def has_room(self, reader: int) -> bool:
        return self.load(reader) < self.people[reader].most

    def may(self, reader: int, file: int) -> bool:
        """Whether somebody may be given a file that they have not."""
        one = self.files[file]
        return reader not in one.barred and reader not in one.readers and reader not in self.given[file]

    def cost(self, file: int, reader: int, others: Iterable[int]) -> int:
        """How badly a reader suits a file that these others read as well; 0 is best."""
        one, who = self.files[file], self.people[reader]
        cost = 4 * (one.employer != 0 and one.employer == who.employer)
        for key in others:
            other = self.people.get(key)
            if other is not None:
                cost += 2 * (other.profession == who.profession) + (other.region == who.region)
        return cost

    def hand_out(self) -> None:
        """Those whom the fewest may read come first."""
        choices = {
            key: sum(reader not in file.barred and reader not in file.readers for reader in self.readers)
            for key, file in self.files.items()
        }
        for key in sorted(self.files, key=lambda key: (choices[key], key)):
            for _ in range(self.files[key].wanted):
                if not self._give(key):
                    self.missing[key] = self.missing.get(key, 0) + 1

    def _give(self, file: int) -> bool:
        able = [reader for reader in self.readers if self.may(reader, file)]
        free = [reader for reader in able if self.has_room(reader)]
        if free:
            others = [*self.files[file].readers, *self.given[file]]
            best = min(free, key=lambda reader: (self.load(reader), self.cost(file, reader, others), reader))
            self._add(best, file)
            return True
        # Everybody who may read it is full: one of them gives something to somebody who is not.
        path = self._path(able, self.has_room)
        if not path:
            return False
        self._shift(path)
        self._add(path[0], file)
        return True

    def _can_relieve(self, key: int, *, most: int) -> bool:
        return self.load(key) <= most and self.has_room(key)

    def even_out(self) -> bool:
        """Move files from who has most towards who has two fewer or less; whether anybody could be relieved."""
        moved = False
        while self._relieve():
            moved = True
        return moved

    def _relieve(self) -> bool:
        for reader in sorted(self.readers, key=lambda key: (-self.load(key), key)):
            most = self.load(reader) - 2
            if not any(self._can_relieve(key, most=most) for key in self.readers):
                continue
            path = self._path([reader], partial(self._can_relieve, most=most))
            if path:
                self._shift(path)
                return True
        return False

    def mix(self) -> None:
        """Exchange readers between two files where both together are better suited then; loads stay as they are."""
        for file in self.files:
            for mine in list(self.given[file]):
                others = [key for key in [*self.files[file].readers, *self.given[file]] if key != mine]
                if mine in self.given[file] and self.cost(file, mine, others):
                    self._exchange(file, mine, others)

    def _exchange(self, file: int, mine: int, others: Sequence[int]) -> None:
        best: tuple[int, int, int] | None = None
        for theirs in self.readers:
            if theirs == mine or not self.may(theirs, file):
                continue
            gain = self.cost(file, mine, others) - self.cost(file, theirs, others)
            if gain <= 0:
                continue
            for file2 in sorted(self.has[theirs]):
                if not self.may(mine, file2):
                    continue
                rest = [key for key in [*self.files[file2].readers, *self.given[file2]] if key != theirs]
                better = gain + self.cost(file2, theirs, rest) - self.cost(file2, mine, rest)
                if better > 0 and (best is None or better > best[0]):
                    best = (better, theirs, file2)
        if best is not None:
            _, theirs, file2 = best
            self._take(mine, file)
            self._take(theirs, file2)
            self._add(theirs, file)
            self._add(mine, file2)

    def _path(self, starts: Sequence[int], is_end: Callable[[int], bool]) -> list[int]:
        """The shortest row of readers, each of whom can give the next something, from a start to an end; [] if none."""
        came: dict[int, int | None] = dict.fromkeys(starts)
        queue = deque(starts)
        while queue:
            reader = queue.popleft()
            for other in self.readers:
                if other in came or self._gift(reader, other) is None:
                    continue
                came[other] = reader
                if is_end(other):
                    row: list[int] = [other]
                    while (before := came[row[-1]]) is not None:
                        row.append(before)
                    return row[::-1]
                queue.append(other)
        return []

    def _gift(self, reader: int, other: int) -> int | None:
        """The first file that one reader could give another."""
        return next((file for file in sorted(self.has[reader]) if self.may(other, file)), None)

    def _shift(self, path: Sequence[int]) -> None:
        """Each hands one file on to the next; from the end, so that nobody hands on what they were just given."""
        for reader, other in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
            file = self._gift(reader, other)
            if file is None:  # it was the one that came in from the other side
                raise RuntimeError("a path of readers that cannot be gone")
            self._take(reader, file)
            self._add(other, file)

    def _add(self, reader: int, file: int) -> None:
        self.given[file].append(reader)
        self.has[reader].add(file)

    def _take(self, reader: int, file: int) -> None:
        self.given[file].remove(reader)
        self.has[reader].remove(file)

    def answer(self) -> Balanced:
        return Balanced({file: tuple(sorted(given)) for file, given in self.given.items()}, self.missing)
