"""What a session and a private note are made of; each room has tables of its own."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from registry.kernel.rows import ScopedModel
from registry.session_log.fields import FEWEST_MINUTES, MOST_MINUTES, Medium, Theme
from registry.session_log.sealing import seal, unseal


class LoggedSession(ScopedModel):
    """That people met: when, for how long, how, and about what in a word each."""

    held_on = models.DateField("day")
    minutes: Any = models.PositiveSmallIntegerField("minutes")
    medium = models.CharField("how you met", max_length=6, choices=Medium)
    themes = ArrayField(models.CharField(max_length=9, choices=Theme), default=list, blank=True)
    logged_by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    logged_at: Any = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=FEWEST_MINUTES, minutes__lte=MOST_MINUTES),
                name="%(app_label)s_%(class)s_minutes",
            )
        ]

    @property
    def theme_labels(self) -> list[str]:
        """What it was about, as pages name it."""
        return [Theme(theme).label for theme in self.themes]


class SealedNote(ScopedModel):
    """Somebody's private words; `parent` is the name of the field that says what they are about."""

    parent = ""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sealed = models.TextField(editable=False)
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True

    @property
    def place(self) -> str:
        """Where the words belong; sealed with them."""
        return place_of(self._meta.label_lower, self.author_id, getattr(self, f"{self.parent}_id"))

    def put(self, text: str) -> Self:
        """Seal these words in the note, which is not saved yet."""
        self.sealed = seal(text, place=self.place)
        return self

    def read(self) -> str:
        """The words. Whoever calls this has asked who may read them; raises CannotOpen."""
        return unseal(self.sealed, place=self.place)


def place_of(label: str, author_id: int, parent_id: int, *more: str) -> str:
    """A place as `SealedNote.place` names it; migrations have no models of their own."""
    return ":".join([label, str(author_id), str(parent_id), *more])
