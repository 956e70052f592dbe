"""`solve_assignment` reads the OR-Library's format and prints the least sum, verified."""

from itertools import permutations

import numpy as np
import pytest
from django.core.management import CommandError, call_command


def solve(path, capsys):
    call_command("solve_assignment", str(path))
    return capsys.readouterr().out


def test_least_sum_is_printed(tmp_path, capsys):
    path = tmp_path / "assign3.txt"
    path.write_text(" 3\n 4 1 3\n 2 0 5\n 3 2\n 2\n")
    assert solve(path, capsys) == "5\n"


@pytest.mark.parametrize("seed", range(5))
def test_least_sum_is_that_of_all_orders(seed, tmp_path, capsys):
    costs = np.random.default_rng(seed).integers(-50, 101, (6, 6))
    path = tmp_path / "assign6.txt"
    path.write_text("6\n" + "\n".join(" ".join(map(str, row)) for row in costs))
    least = min(sum(costs[row, column] for row, column in enumerate(order)) for order in permutations(range(6)))
    assert solve(path, capsys) == f"{least}\n"


@pytest.mark.parametrize("text", ["", "0", "2\n1 2 3", "1\n1 2", "2\n1 2 3 x", "1\n1.5", f"1\n{2**70}", "-1\n1"])
def test_file_in_another_format_is_refused(text, tmp_path):
    path = tmp_path / "assign.txt"
    path.write_text(text)
    with pytest.raises(CommandError, match=str(path)):
        call_command("solve_assignment", str(path))


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("solve_assignment", str(tmp_path / "none.txt"))


def test_costs_too_far_apart_are_refused(tmp_path):
    path = tmp_path / "assign2.txt"
    path.write_text("2\n0 1\n2 1000001")
    with pytest.raises(CommandError, match="between 0 and 1,000,000"):
        call_command("solve_assignment", str(path))
