"""Matching mentors beside other ways to do it: time, memory, how many are matched, and the total.

Run it with `python -m tests.benchmarks.match [mentees ...]` (200, 500, 1,000, 5,000 and 20,000 unless named; three
mentors for five mentees, and at 500 as many, with one place each, beside mentor-match). Each run is a process of its
own, so that its memory is its own; medians of interleaved runs, in seconds of the processor, from people's attributes to
pairs. Only the ratios mean anything.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mentoring.certificate import proves
from mentoring.matching import match
from mentoring.problem import Problem

SIZES = (200, 500, 1_000, 5_000, 20_000)
PEER = 500  # as many mentors, with one place each, for the way that knows no places
DENSE = 5_000  # the most mentees for whom a dense matrix with a column for each place is made
DOMAINS, REGIONS, SECTORS, PROFESSIONS, BANDS, EMPLOYERS = 9, 7, 6, 12, 8, 200


@dataclass(frozen=True)
class World:
    """Made-up people: mentees need two domains, mentors are strong in some; region, sector and profession count too."""

    mentees: int
    mentors: int
    most_places: int

    @cached_property
    def _tables(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each attribute the mentees' values, and what each value scores with each mentor."""
        draw = np.random.default_rng(2026)
        strengths = draw.integers(0, 13, (DOMAINS, self.mentors)) * 5
        needs = draw.integers(0, DOMAINS, (2, self.mentees))
        tables = [(needs[0], strengths * 2), (needs[1], strengths)]
        for values, most in ((REGIONS, 30), (SECTORS, 20), (PROFESSIONS, 25)):
            alike = np.maximum(np.eye(values, dtype=int) * most, draw.integers(0, most // 2, (values, values)))
            tables.append((draw.integers(0, values, self.mentees), alike[:, draw.integers(0, values, self.mentors)]))
        return [(mine, table.astype(np.int16)) for mine, table in tables]

    @cached_property
    def _bars(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """As `_tables`: whether each value rules out each mentor. Mentors are above, and at another employer."""
        draw = np.random.default_rng(7)
        bands, employers = np.arange(BANDS)[:, None], np.arange(EMPLOYERS)[:, None]
        above = draw.integers(1, BANDS + 1, self.mentors)
        return [
            (draw.integers(0, BANDS, self.mentees), above <= bands),
            (draw.integers(0, EMPLOYERS, self.mentees), draw.integers(0, EMPLOYERS, self.mentors) == employers),
        ]

    @cached_property
    def places(self) -> np.ndarray:
        """At least one for each mentor."""
        return np.random.default_rng(3).integers(1, self.most_places + 1, self.mentors)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Rows of the matrix; about half the pairs cannot be."""
        (mine, table), *more = self._tables
        block = table[mine[rows]]
        for mine, table in more:
            block += table[mine[rows]]
        for mine, barred in self._bars:
            np.putmask(block, barred[mine[rows]], -1)
        return block

    @cached_property
    def problem(self) -> Problem:
        """It, as the solver takes it."""
        everybody = tuple(range(self.mentees)), tuple(range(self.mentors))
        return Problem(*everybody, tuple(self.places.tolist()), self.scores)

    def matrix(self) -> np.ndarray:
        """All scores."""
        parts = np.array_split(np.arange(self.mentees), self.mentees // 100 + 1)
        return np.concatenate([self.scores(part) for part in parts])


Pairs = list[tuple[int, int]]


def ours(world: World) -> Pairs:
    """By this project's own, the check of the proof included."""
    answer = match(world.problem)
    if not proves(world.problem, answer):
        raise SystemExit("the answer is not proven")
    return list(answer.pairs.items())


def flow(world: World) -> Pairs:
    """Minimum-cost flow on all pairs at once."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    people, mentors = world.mentees, world.mentors
    blocks = np.array_split(np.arange(people), people // 100 + 1)
    most = max(int(world.scores(block).max()) for block in blocks)
    nobody = people * most + 1
    solver, pairs = SimpleMinCostFlow(), []
    for block in blocks:
        scores = world.scores(block)
        at, columns = np.nonzero(scores >= 0)
        rows, ones = (at + block[0]).astype(np.int32), np.ones(len(at), np.int64)
        columns = columns.astype(np.int32)
        solver.add_arcs_with_capacity_and_unit_cost(
            rows, people + columns, ones, most - scores[at, columns].astype(int)
        )
        pairs.append((rows, columns))
    sink = people + mentors
    everybody, all_mentors = np.arange(people), people + np.arange(mentors)
    one, none = np.ones(people, np.int64), np.zeros(mentors, np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(everybody, one * sink, one, one * nobody)
    solver.add_arcs_with_capacity_and_unit_cost(all_mentors, none + sink, world.places, none)
    solver.set_nodes_supplies(np.arange(sink + 1), np.concatenate([one, none, [-people]]))
    if solver.solve() != solver.OPTIMAL:
        raise SystemExit("the flow has no optimum")
    rows, columns = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    used = np.flatnonzero(solver.flows(np.arange(len(rows), dtype=np.int32)))
    return list(zip(rows[used].tolist(), columns[used].tolist(), strict=True))


def scipy(world: World) -> Pairs:
    """scipy's linear_sum_assignment, each mentor there once for each place."""
    from scipy.optimize import linear_sum_assignment

    scores = world.matrix()
    seats = np.repeat(np.arange(world.mentors), world.places)
    weight = world.mentees * int(scores.max()) + 1
    worth = np.where(scores >= 0, scores.astype(float) + weight, 0.0)[:, seats]
    rows, taken = linear_sum_assignment(worth, maximize=True)
    pairs = zip(rows.tolist(), seats[taken].tolist(), strict=True)
    return [(row, column) for row, column in pairs if scores[row, column] >= 0]


def greedy(world: World) -> Pairs:
    """The pair that scores most first, and so on."""
    scores = world.matrix()
    order = np.argsort(-scores, axis=None, kind="stable")[: np.count_nonzero(scores >= 0)]
    free, left, pairs = [True] * world.mentees, world.places.tolist(), []
    for first in range(0, len(order), 1_000_000):
        rows, columns = np.divmod(order[first : first + 1_000_000], world.mentors)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if free[row] and left[column]:
                free[row] = False
                left[column] -= 1
                pairs.append((row, column))
    return pairs


def mentor_match(world: World) -> Pairs:
    """mentor-match, with this world's scores and bars as its rules: one mentee for each mentor, as it has no places."""
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.process import process_data
    from matching.rules.rule import Disqualify

    scores = world.matrix()

    class Suits:
        def apply(self, match: object) -> int:
            return int(scores[match.mentee.grade, match.mentor.grade])

    mentees = [Mentee(grade=row, email=f"mentee{row}") for row in range(world.mentees)]
    mentors = [Mentor(grade=column, email=f"mentor{column}") for column in range(world.mentors)]
    bar = Disqualify(lambda match: bool(scores[match.mentee.grade, match.mentor.grade] < 0))
    process_data(mentors, mentees, [[Suits(), bar]])
    return [(mentee.grade, mentee.connections[0].grade) for mentee in mentees if mentee.connections]


WAYS: dict[str, Callable[[World], Pairs]] = {
    "ours": ours,
    "flow": flow,
    "scipy": scipy,
    "greedy": greedy,
    "mentor-match": mentor_match,
}
EXACT = {"ours", "flow", "scipy"}


def run(way: str, mentees: int, mentors: int, most_places: int) -> None:
    """One run, told as JSON: seconds, megabytes, how many are matched, and the total; ours with the proof's seconds."""
    world = World(mentees, mentors, most_places)
    WAYS[way](World(300, 300, 1))  # what is loaded once in the life of a worker is not part of a run
    world.scores(np.arange(1))  # nor are the people themselves
    started = time.process_time()
    pairs = WAYS[way](world)
    told: dict[str, float] = {"seconds": time.process_time() - started, "matched": len(pairs)}
    told["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told["total"] = sum(int(world.scores(np.array([row]))[0, column]) for row, column in pairs)
    sys.stdout.write(json.dumps(told))


def compare(mentees: int, mentors: int, most_places: int, ways: Sequence[str], rounds: int) -> None:
    """Print the medians of each way, and how many times ours they are."""
    told: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            command = [sys.executable, "-m", "tests.benchmarks.match", "--run", way]
            command += [str(number) for number in (mentees, mentors, most_places)]
            told[way].append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    medians = {way: {key: statistics.median(one[key] for one in told[way]) for key in told[way][0]} for way in ways}
    first = medians["ours"]
    sys.stdout.write(f"{mentees:,} mentees, {mentors:,} mentors with 1 to {most_places} places, {rounds} rounds\n")
    for way, found in medians.items():
        sys.stdout.write(
            f"  {way:<13}{found['seconds']:>9.2f} s {found['seconds'] / first['seconds']:>8.2f} ×"
            f"{found['megabytes']:>8,.0f} MB {found['megabytes'] / first['megabytes']:>6.2f} ×"
            f"{found['matched']:>8,.0f} matched{found['total']:>12,.0f} total {found['total'] / first['total']:>7.4f} ×\n"
        )
        if way in EXACT and (found["matched"], found["total"]) != (first["matched"], first["total"]):
            raise SystemExit(f"{way} finds another optimum")
    sys.stdout.flush()


def main() -> None:
    """Compare at each size."""
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2], *(int(number) for number in sys.argv[3:]))
        return
    for mentees in [int(argument) for argument in sys.argv[1:]] or SIZES:
        if mentees == PEER:
            compare(PEER, PEER, 1, ["ours", "scipy", "mentor-match"], 3)
            continue
        ways = ["ours", "flow", "greedy"] + ["scipy"] * (mentees <= DENSE)
        compare(mentees, mentees * 3 // 5, 3, ways, 3 if mentees > DENSE else 5)


if __name__ == "__main__":
    main()
