"""The separate store: what people said about themselves, under a pseudonym, without a tie to anybody or a time."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from registry.equality.characteristics import CHARACTERISTICS, SHARED
from registry.equality.querysets import EqualityAnswersQuerySet
from registry.kernel.privacy import Privacy
from registry.kernel.rows import ScopedModel


def _answer(name: str) -> models.CharField:
    return models.CharField(max_length=16, blank=True, choices=CHARACTERISTICS[name].choices)


def _is_one_of_the_answers(name: str) -> models.CheckConstraint:
    values = ["", *(value for value, _ in CHARACTERISTICS[name].choices)]
    return models.CheckConstraint(name=f"equality_{name}_is_an_answer", condition=Q(**{f"{name}__in": values}))


class EqualityAnswers(ScopedModel):
    """One person's answers; blank where they gave none.

    No date is kept, not even a day: beside the audit, which says when somebody answered, it would name them.
    """

    pseudonym = models.CharField(max_length=64, primary_key=True, editable=False)
    ethnicity = _answer("ethnicity")
    disability = _answer("disability")
    sex = _answer("sex")
    gender_same = _answer("gender_same")
    orientation = _answer("orientation")
    religion = _answer("religion")
    age_band = _answer("age_band")
    partnership = _answer("partnership")
    maternity = _answer("maternity")
    caring = _answer("caring")
    # Characteristics in which the person asks to be matched, in mentoring, with somebody who answers as they do.
    alike = ArrayField(models.CharField(max_length=16), default=list, blank=True)

    objects = EqualityAnswersQuerySet.as_manager()

    privacy = Privacy(
        secret="pseudonym",  # noqa: S106 (a field's name)
        special="ethnicity disability sex gender_same orientation religion age_band partnership maternity caring alike",
    )

    class Meta:
        constraints = [
            *(_is_one_of_the_answers(name) for name in CHARACTERISTICS),
            models.CheckConstraint(
                name="equality_alike_in_what_is_shared", condition=Q(alike__contained_by=list(SHARED))
            ),
            models.CheckConstraint(
                name="equality_answers_say_something",
                condition=~Q(**dict.fromkeys(CHARACTERISTICS, "")),
            ),
        ]

    def __str__(self) -> str:
        # Also where a log or an error would show it.
        return "Answers for equality monitoring"
