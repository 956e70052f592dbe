"""The draw between equally good answers: numbers that nobody can choose, and only who has the lot's name can work out.

Pure: no clock, no chance. The same name and keys give the same numbers on every machine.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from mentoring.problem import Integers, Wished

BITS = 30  # sums over a million pairs, times the nodes of the flow, fit in 64 bits


class Lot:
    """The numbers of one draw; `draw` is 0 for the first, 1 where that left two answers, and so on."""

    def __init__(
        self, name: str, draw: int, mentees: tuple[int, ...], mentors: tuple[int, ...], wished: Wished | None = None
    ) -> None:
        digest = hashlib.sha256(f"{name}\n{draw}".encode()).digest()
        seed = np.frombuffer(digest[:8], "<u8")
        self._mentees = _mixed(np.array(mentees, np.int64).astype(np.uint64) ^ seed)
        self._mentors = np.array(mentors, np.int64).astype(np.uint64)
        self._wished = wished

    def numbers(self, rows: Integers, columns: Integers) -> NDArray[np.int64]:
        """The number of each pair, 0 to 2^30 - 1."""
        mixed = _mixed(self._mentees[rows] ^ self._mentors[columns])
        drawn = (mixed >> np.uint64(64 - BITS)).astype(np.int64)
        if self._wished is None:
            return drawn
        return (drawn >> 1) + np.where(self._wished(rows, columns), 0, 1 << (BITS - 1))


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64 (Steele, Lea and Flood 2014): every bit of the outcome depends on every bit that goes in."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
