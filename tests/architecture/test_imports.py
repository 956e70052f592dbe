"""Imports point down, as the contract in pyproject.toml says, and pages load no more than they need."""

import os
import subprocess
import sys

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.paths import ROOT


def test_import_contract_holds():
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_pages_do_not_load_the_solver():
    """Only workers and commands count: every web process would carry the memory of it."""
    told = "import registry.config.wsgi, registry.config.urls, sys; print({'numpy', 'ortools'} & set(sys.modules))"
    environment = os.environ | {"REGISTRY_MODE": "test", "DJANGO_SETTINGS_MODULE": "registry.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
