"""What a matching knows of those who look and those who offer.

Pure, and light enough for pages: counting is done in `fit`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Mentee:
    """Somebody who looks. `needs` gives domains their weight (1 to 3); `rank` is a grade's, 0 where it is not known.

    `person` is the same in all that one person looks for. `alike` holds words that mean nothing but that whoever has
    one of them too is wished for (see Fit.wished).
    """

    key: int
    person: int
    kind: str
    organisation: int
    region: str
    profession: str
    sector: str
    rank: int
    needs: Mapping[str, int]
    mix: str = ""
    wanted_sector: str = ""
    meeting: str = ""
    language: str = ""
    barred: frozenset[int] = frozenset()
    alike: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody who offers; `mix` and `sectors` say whom they would rather help, empty where it does not matter."""

    key: int
    kinds: frozenset[str]
    organisation: int
    region: str
    profession: str
    sector: str
    rank: int
    strengths: frozenset[str]
    mix: str = ""
    sectors: frozenset[str] = frozenset()
    meeting: str = ""
    languages: frozenset[str] = frozenset()
    alike: frozenset[str] = frozenset()


def fingerprint(mentee: Mentee, mentor: Mentor) -> str:
    """Of all that the points and rules look at in the two, so that a change is noticed: the same on every machine.

    Whom they must not have, and wish for unseen, is no part of it.
    """
    plain = json.dumps([_facts(mentee), _facts(mentor)], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _facts(one: Mentee | Mentor) -> dict[str, Any]:
    facts = {at.name: getattr(one, at.name) for at in fields(one) if at.name not in ("barred", "alike")}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in facts.items()}
