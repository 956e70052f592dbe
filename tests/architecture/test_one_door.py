"""Rows are reached through one door, `visible_to`; every model is scoped or open for a stated reason."""

import ast

import pytest
from django.apps import apps

from registry.kernel.rows import ReferenceModel, ScopedModel, ScopedQuerySet
from registry.kernel.scope import NOTHING
from tests.architecture.sources import PACKAGES, modules, name, tree

# Where pages, exports and the API read rows.
READERS = {"views", "presenters", "filters", "serializers", "forms"}
# Writes a fictional world into an empty registry and acts for nobody.
NOT_A_READER = "registry/transfers/demo/"
READER_ROOMS = ("registry/api/", "registry/dashboard/", "registry/transfers/")
BANNED = {"objects", "_default_manager", "_base_manager", "raw", "cursor"}


def our_models():
    """Every concrete model of ours; history tables, which triggers write and no page reads, left out."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] in PACKAGES and not hasattr(model, "pgh_tracked_model"):
            yield model


MODELS = [pytest.param(model, id=model._meta.label) for model in our_models()]


@pytest.mark.parametrize("model", MODELS)
def test_model_is_scoped_or_open_for_a_reason(model):
    if issubclass(model, ScopedModel):
        assert isinstance(model._default_manager.all(), ScopedQuerySet)
        assert type(model._default_manager.all()).within is not ScopedQuerySet.within
    else:
        assert issubclass(model, ReferenceModel)
        assert model.open_because


@pytest.mark.django_db
@pytest.mark.parametrize("model", [p for p in MODELS if issubclass(p.values[0], ScopedModel)])
def test_scoped_model_shows_nothing_within_an_empty_scope(model):
    sql = model._default_manager.all().within(NOTHING)
    assert sql.query.is_empty() or not sql.exists()


def _readers():
    for path in modules():
        reader = READERS & {path.stem, path.parent.name} or name(path).startswith(READER_ROOMS)
        if reader and not name(path).startswith(NOT_A_READER):
            yield pytest.param(path, id=name(path))


@pytest.mark.parametrize("path", list(_readers()))
def test_reader_never_goes_round_the_door(path):
    """No manager and no SQL where pages, exports and the API read: rows come from `visible_to` or `rows`."""
    found = [
        f"line {node.lineno}: .{node.attr}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in BANNED
    ]
    assert found == []


@pytest.mark.parametrize("path", list(_readers()))
def test_reader_looks_up_objects_only_among_visible_rows(path):
    """`get_object_or_404(Model, …)` would find anybody's row: its first argument is a call or a queryset."""
    found = [
        f"line {node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"get_object_or_404", "get_list_or_404"}
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id[0].isupper()
    ]
    assert found == []
