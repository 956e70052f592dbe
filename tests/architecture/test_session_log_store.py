"""Private notes have few doors: only listed modules seal, open, or name the column."""

import re

import pytest

from tests.architecture.sources import modules, name

WAYS_IN = re.compile(
    r"\bsealed\b|\bunseal\b|\bwords_of\b|\bseal_anew\b|\bSealedNote\b|SessionNote\b|SetNote\b|session_log\.sealing"
)
# What each of them does with notes.
MAY = {
    "registry/session_log/sealing.py": "seals and opens",
    "registry/session_log/models.py": "is the note",
    "registry/session_log/presenters.py": "opens a note for somebody who may read it",
    "registry/session_log/management/commands/rotate_note_keys.py": "seals under another key, and shows no words",
    "mentoring/models/__init__.py": "names the note of a pair",
    "mentoring/models/sessions.py": "is the note of a pair",
    "mentoring/actions/notes.py": "writes, shares and takes back",
    "mentoring/views/sessions.py": "shows the two their notes",
    "programmes/models/__init__.py": "names the note of a set",
    "programmes/models/learning_sets.py": "is the note of a set",
    "programmes/actions/learning_sets.py": "writes and takes back",
    "programmes/views/learning_sets.py": "shows the members of a set their notes",
}


@pytest.mark.parametrize("path", [pytest.param(path, id=name(path)) for path in modules()])
def test_module_names_private_notes_only_where_it_is_listed(path):
    assert bool(WAYS_IN.search(path.read_text())) == (name(path) in MAY)
