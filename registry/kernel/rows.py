"""The one door to rows: every model is either scoped or open reference data."""

from typing import Any, ClassVar, Self

from django.db import models

from registry.kernel.permissions import Permission
from registry.kernel.privacy import Privacy
from registry.kernel.scope import Scope


class ScopedQuerySet(models.QuerySet):
    """Rows whose visibility follows a person's roles."""

    def within(self, scope: Scope) -> Self:
        """The rows this scope reaches; each queryset says once how its rows hang on people and places."""
        raise NotImplementedError

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """The rows this person may reach with this permission; anonymous people reach none."""
        return self.within(user.scope_for(permission)) if user.is_authenticated else self.none()


class ScopedModel(models.Model):
    """A model whose rows are reached only through `visible_to`."""

    privacy: ClassVar[Privacy]

    # Each model sets its own, from a ScopedQuerySet.
    objects: Any

    class Meta:
        abstract = True

    @classmethod
    def visible_to(cls, user: Any, permission: Permission) -> Any:
        """Start of every read in a page, an export or the API."""
        return cls.objects.visible_to(user, permission)


class ReferenceModel(models.Model):
    """A model that says nothing about a person, open to everybody who is signed in."""

    privacy: ClassVar[Privacy]
    open_because: ClassVar[str]

    class Meta:
        abstract = True

    @classmethod
    def rows(cls) -> Any:
        """All rows; allowed in pages because `open_because` holds."""
        return cls._default_manager.all()
