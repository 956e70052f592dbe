"""Canonical bytes and their SHA-256: how a list is frozen, and how anybody can check it.

The canonical form of a value is its JSON in UTF-8 with sorted keys and no spaces; fractions are refused.
A published list is a header and entries. Each entry has its own SHA-256; the list's is that of the header's
canonical form followed, for each entry in order, by a line feed and the entry's SHA-256 in hexadecimal. So an
entry can later be withheld (a candidate withdrew, or was erased) while its SHA-256 stays, and the list's
SHA-256 still verifies. An entry's reference is random, so its SHA-256 cannot be guessed back into a person.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

FORMAT = "clinical-leadership-registry/shortlist/1"


def canonical(value: Any) -> bytes:
    """The canonical form; TypeError for a fraction, because two programs may write it differently."""
    _refuse_fractions(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def sha256(content: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def list_sha256(header: bytes, entries: Iterable[str]) -> str:
    """The list's SHA-256 from the header's canonical form and the entries' SHA-256, in order."""
    digest = hashlib.sha256(header)
    for entry in entries:
        digest.update(b"\n" + entry.encode())
    return digest.hexdigest()


def verify(served: dict[str, Any]) -> bool:
    """Whether a list as the API serves it is what was published: every hash, recomputed.

    `served` is `{"header": …, "entries": [{"withdrawn": false, "sha256": …, "candidate": …} |
    {"withdrawn": true, "sha256": …}], "sha256": …}`.
    """
    entries = served["entries"]
    whole = all(entry["withdrawn"] or sha256(canonical(entry["candidate"])) == entry["sha256"] for entry in entries)
    hashes = [entry["sha256"] for entry in entries]
    return whole and list_sha256(canonical(served["header"]), hashes) == served["sha256"]


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a fraction; canonical content has whole numbers only")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_fractions(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_fractions(item)
