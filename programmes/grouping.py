"""Dividing the people of a cohort into action-learning sets: pure, and the same for the same people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SMALLEST, LARGEST, WANTED = 5, 8, 6


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """Somebody to put into a set: a key, which decides between people who are alike, and a profession."""

    key: int
    profession: str


def how_many(people: int) -> int:
    """How many sets so many people make: of 5 to 8 people each, as near to 6 as can be.

    Two numbers cannot be divided so. Fewer than 5 people are one set. Nine are a set of 5 and one of 4, because in a
    set of 9 there is no time for everybody.
    """
    if people <= 0:
        return 0
    fewest, most = -(-people // LARGEST), people // SMALLEST
    return max(fewest, min(most, (people + WANTED // 2) // WANTED))


def sets(people: Sequence[Person]) -> list[list[Person]]:
    """Everybody in exactly one set; sizes differ by one at most, and so does how many of a profession each set has.

    People are dealt out like cards, one profession after the other, the most frequent one first.
    """
    count = how_many(len(people))
    found: list[list[Person]] = [[] for _ in range(count)]
    frequent = Counter(person.profession for person in people)
    dealt = sorted(people, key=lambda person: (-frequent[person.profession], person.profession, person.key))
    for place, person in enumerate(dealt):
        found[place % count].append(person)
    return found


def set_for(person: Person, among: Mapping[int, Sequence[Person]]) -> int | None:
    """Which of the sets there are somebody joins later: the smallest, then the one with fewest of their profession.

    `among` is in the order that decides between equals; None where there is no set.
    """

    def rank(pair: tuple[int, int]) -> tuple[int, int, int]:
        members = among[pair[1]]
        return len(members), sum(member.profession == person.profession for member in members), pair[0]

    best = min(enumerate(among), key=rank, default=None)
    return best[1] if best else None
