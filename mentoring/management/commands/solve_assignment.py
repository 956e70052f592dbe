"""Solve an assignment problem in the format of the OR-Library: n, then n × n costs; prints the least sum, verified."""

from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from numpy.typing import NDArray

from mentoring.certificate import proves
from mentoring.matching import match
from mentoring.problem import Problem
from registry.kernel.errors import RegistryError


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a file such as assign100.txt")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        costs = read(path)
        size, top = len(costs), int(costs.max())
        everybody = tuple(range(1, size + 1))
        scores = top - costs
        problem = Problem(everybody, everybody, (1,) * size, lambda rows: scores[rows])
        try:
            answer = match(problem)
        except RegistryError as refused:
            raise CommandError(refused.message) from refused
        if answer.matched != size or not proves(problem, answer):
            raise CommandError("The answer could not be verified.")
        self.stdout.write(f"{size * top - answer.total}")


def read(path: Path) -> NDArray[np.int64]:
    """The costs in a file, by row; whole numbers, on as many lines as it likes."""
    try:
        numbers = np.array(path.read_text().split(), np.int64)
    except OSError as missing:
        raise CommandError(f"{path} cannot be read: {missing.strerror}.") from missing
    except (ValueError, OverflowError) as wrong:
        raise CommandError(f"{path} holds something that is not a whole number of at most 64 bits.") from wrong
    size = int(numbers[0]) if len(numbers) else 0
    if size < 1 or len(numbers) != 1 + size * size:
        raise CommandError(f"{path} has to hold a number n of 1 or more and then n × n costs.")
    return numbers[1:].reshape(size, size)
