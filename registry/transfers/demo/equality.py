"""Writes fictional answers to the equality questions for most of the demonstration's clinicians."""

import random
from collections.abc import Sequence

from registry.clinicians.models import Clinician
from registry.equality.characteristics import CHARACTERISTICS, PREFER_NOT
from registry.equality.models import EqualityAnswers
from registry.equality.pseudonyms import pseudonym_of
from registry.transfers.demo.cast import SEED, DemoPerson

# How many in a thousand give each answer, in the order of the answers; drawn apart from names and from each other.
WEIGHTS = {
    "ethnicity": (150, 80, 25, 700, 45),
    "disability": (90, 910),
    "sex": (730, 270),
    "gender_same": (990, 10),
    "orientation": (930, 30, 25, 15),
    "religion": (320, 10, 430, 50, 5, 120, 15, 50),
    "age_band": (40, 260, 290, 240, 150, 20),
    "partnership": (480, 520),
    "maternity": (40, 960),
    "caring": (560, 300, 90, 50),
}


def write(cast: Sequence[DemoPerson], people: dict[int, Clinician]) -> None:
    """Seventeen in twenty answer; of these, one question in twenty is left out and one in twenty not told."""
    draw = random.Random(SEED + 11)  # noqa: S311
    rows = []
    for person in cast:
        answers = {name: _answer(draw, name) for name in CHARACTERISTICS}
        user_id = people[person.number].user_id
        if draw.random() < 0.85 and user_id and any(answers.values()):
            rows.append(EqualityAnswers(pseudonym=pseudonym_of(user_id), **answers))
    # In the order of the pseudonyms, as the order of the cast would tell who is who.
    EqualityAnswers.objects.bulk_create(sorted(rows, key=lambda row: row.pseudonym), batch_size=2000)


def _answer(draw: random.Random, name: str) -> str:
    value = draw.choices([value for value, _ in CHARACTERISTICS[name].answers], WEIGHTS[name])[0]
    return draw.choices((value, PREFER_NOT, ""), (18, 1, 1))[0]
