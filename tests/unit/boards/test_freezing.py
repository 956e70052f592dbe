"""Canonical bytes: the same for the same content, checkable without our code, and one per list."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.boards.freezing import canonical, list_sha256, sha256, verify

text = st.text(st.characters(exclude_categories=["Cs"]))
content = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


@given(content)
def test_canonical_form_is_what_the_standard_library_writes(value):
    theirs = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == theirs.encode()


@given(st.dictionaries(text, content, max_size=6), st.randoms())
def test_canonical_form_ignores_the_order_of_keys(value, shuffling):
    items = list(value.items())
    shuffling.shuffle(items)
    assert canonical(dict(items)) == canonical(value)


@pytest.mark.parametrize("value", [1.5, 2.0, {"a": [0.1]}, [[{"b": float("nan")}]]])
def test_fractions_are_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def served(*candidates):
    header = {"reference": "r", "counts": {"included": len(candidates)}}
    hashes = [sha256(canonical(candidate)) for candidate in candidates]
    return {
        "header": header,
        "entries": [
            {"withdrawn": False, "sha256": digest, "candidate": candidate}
            for digest, candidate in zip(hashes, candidates, strict=True)
        ],
        "sha256": list_sha256(canonical(header), hashes),
    }


def test_list_verifies_whole_and_with_an_entry_withheld():
    whole = served({"name": "A"}, {"name": "B"})
    assert verify(whole)
    withheld = copy.deepcopy(whole)
    withheld["entries"][0] = {"withdrawn": True, "sha256": whole["entries"][0]["sha256"]}
    assert verify(withheld)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda it: it["entries"][0]["candidate"].update(name="Z"),
        lambda it: it["entries"][0].update(sha256="0" * 64),
        lambda it: it["entries"].reverse(),
        lambda it: it["entries"].pop(),
        lambda it: it["header"].update(reference="s"),
        lambda it: it.update(sha256="0" * 64),
    ],
)
def test_list_with_anything_changed_does_not_verify(tamper):
    it = served({"name": "A"}, {"name": "B"})
    tamper(it)
    assert not verify(it)
