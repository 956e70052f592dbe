"""Modules stay small, say what belongs in them, and are named for what they hold."""

import ast

import pytest

from tests.architecture.sources import modules, name, tree
from tests.paths import ROOT

ALL = [pytest.param(path, id=name(path)) for path in modules()]


@pytest.mark.parametrize("path", ALL)
def test_module_is_at_most_400_lines(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in ALL if p.values[0].read_text().strip()])
def test_module_opens_with_one_sentence_that_says_what_belongs_in_it(path):
    docstring = ast.get_docstring(tree(path))
    assert docstring, "the module has no docstring"
    assert docstring.splitlines()[0].rstrip().endswith((".", ":", "?"))


@pytest.mark.parametrize("path", ALL)
def test_module_name_says_something(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "core", "common", "misc", "base"}


def test_kernel_is_at_most_300_lines():
    total = sum(len(path.read_text().splitlines()) for path in (ROOT / "registry" / "kernel").glob("*.py"))
    assert total <= 300


def _actions():
    for path in modules():
        if "actions" in {path.stem, path.parent.name}:
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield pytest.param(node, id=f"{name(path)}:{node.name}")


@pytest.mark.parametrize("node", list(_actions()))
def test_action_never_takes_a_request_and_has_a_docstring(node):
    names = [arg.arg for arg in [*node.args.args, *node.args.kwonlyargs]]
    assert "request" not in names
    assert ast.get_docstring(node)


@pytest.mark.parametrize("node", [p for p in _actions() if any(a.arg == "by" for a in p.values[0].args.kwonlyargs)])
def test_action_done_by_somebody_takes_everything_by_keyword(node):
    assert not node.args.args
