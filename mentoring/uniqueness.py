"""Whether a best assignment is the only one: there is no round of changes that costs nothing.

Pure. Such a round would lead along pairs worth exactly their two sides, through being unmatched and free places.
"""

from collections import deque

import numpy as np

from mentoring.flow import NOBODY, Arcs, Bounds, Optimum


def is_only_one(found: Optimum, ties: Arcs, bounds: Bounds) -> bool:
    """Whether nothing else is as good; `ties` are all pairs worth exactly as much as their two sides."""
    steps = _steps(found, ties, bounds)
    entering = [0] * len(steps)
    for heads in steps:
        for head in heads:
            entering[head] += 1
    # Take away whatever nothing leads to. What is left at the end goes round in a circle.
    ready = deque(node for node, number in enumerate(entering) if number == 0)
    gone = 0
    while ready:
        gone += 1
        for head in steps[ready.popleft()]:
            entering[head] -= 1
            if entering[head] == 0:
                ready.append(head)
    return gone == len(steps)


def _steps(found: Optimum, ties: Arcs, bounds: Bounds) -> list[list[int]]:
    """Where a change at each node leads without cost: a row takes another column, a column gives up a row, and so on.

    The last node stands for everything that is free: being unmatched, and places that nobody has.
    """
    count, mentors = len(bounds.matched), len(bounds.places)
    free = count + mentors
    steps: list[list[int]] = [[] for _ in range(free + 1)]
    load = np.bincount(found.columns[found.columns != NOBODY], minlength=mentors)
    is_open = ~bounds.full & (found.prices == 0)
    # A column with some places taken and some free is part of what is free: it can both give up and take.
    partly = is_open & (load > 0) & (load < bounds.places)
    node = np.where(partly, free, count + np.arange(mentors)).tolist()
    for row, column in zip(ties.rows.tolist(), ties.columns.tolist(), strict=True):
        if found.columns[row] != column:
            steps[row].append(node[column])
    for row, column in enumerate(found.columns.tolist()):
        steps[free if column == NOBODY else node[column]].append(row)
        if column != NOBODY and found.values[row] == 0 and not bounds.matched[row]:
            steps[row].append(free)
    for column in np.flatnonzero(is_open & ~partly).tolist():
        if load[column] < bounds.places[column]:
            steps[count + column].append(free)
        elif load[column]:
            steps[free].append(count + column)
    return steps
