"""The equality store has one door out: only its own room names it, and only totals leave the room."""

import re

import pytest

from tests.architecture.sources import modules, name

# Everything that could lead to a person's answers: the model, its table, and the pseudonym they are kept under.
WAYS_IN = re.compile(r"equality_?answers|equality\.(models|querysets|pseudonyms)|pseudonym_of", re.IGNORECASE)
ROOM = "registry/equality/"
# What each of them does with the store.
MAY = {
    f"{ROOM}models.py": "is the store",
    f"{ROOM}querysets.py": "is its door, to one's own answers",
    f"{ROOM}pseudonyms.py": "makes the names in it",
    f"{ROOM}actions.py": "writes one's own answers",
    f"{ROOM}apps.py": "erases the answers of an account that goes",
    f"{ROOM}views.py": "shows somebody their own answers",
    f"{ROOM}totals.py": "counts",
    f"{ROOM}likeness.py": "tells who asked to be matched with somebody alike, without what they answered",
    "registry/transfers/demo/equality.py": "writes fictional answers, and reads none",
}


@pytest.mark.parametrize("path", [pytest.param(path, id=name(path)) for path in modules()])
def test_module_names_the_store_only_where_it_is_listed(path):
    assert bool(WAYS_IN.search(path.read_text())) == (name(path) in MAY)


def test_other_rooms_take_only_totals_and_their_words_from_the_room():
    """What the rooms above import of it knows counts, never answers of people."""
    taken = {
        found
        for path in modules()
        if not name(path).startswith(ROOM) and name(path) not in MAY
        for found in re.findall(r"registry\.equality[.\w]*", path.read_text())
    }
    open_to_all = {
        f"registry.equality.{part}"
        for part in ("characteristics", "likelihood", "likeness", "presenters", "suppression", "totals")
    }
    assert taken <= open_to_all | {"registry.equality", "registry.equality.urls"}
