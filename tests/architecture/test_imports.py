"""Imports point down: the contract in pyproject.toml holds."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_import_contract_holds():
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS
