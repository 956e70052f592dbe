"""Ways to ask for people, their roles and their consents."""

from typing import Any, Self, cast

from django.contrib.auth.base_user import BaseUserManager
from django.db.models import Q

from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope


class UserQuerySet(ScopedQuerySet):
    """People are seen by those whose scope reaches a place where they hold a role."""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        holders = cast("Any", self.model).grants_at(scope.organisation_ids).values("user_id")
        return self.filter(Q(pk=scope.user_id) | Q(pk__in=holders))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people; e-mail addresses are kept as typed and compared without regard to case."""

    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> Any:
        """A person; without a password they set one through the e-mailed link."""
        user = self.model(email=email.strip(), name=name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(email__iexact=username)


class RoleGrantQuerySet(ScopedQuerySet):
    """Grants are seen by those whose scope reaches their place, and by their holder."""

    def within(self, scope: Scope) -> Self:
        if scope.everything:
            return self
        return self.filter(Q(organisation_id__in=scope.organisation_ids) | Q(user_id=scope.user_id))

    def active(self) -> Self:
        """Grants not revoked."""
        return self.filter(revoked_at__isnull=True)


class ConsentQuerySet(ScopedQuerySet):
    """A consent is the person's own; nobody else lists consents."""

    def within(self, scope: Scope) -> Self:
        return self.filter(user_id=scope.user_id) if scope.user_id else self.none()

    def in_force(self) -> Self:
        """Consents not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class CalendarLinkQuerySet(ScopedQuerySet):
    """A calendar's address is the person's own."""

    def within(self, scope: Scope) -> Self:
        return self.filter(user_id=scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """One's own, whatever one's roles: everybody who is signed in has a calendar and messages."""
        mine = user.is_authenticated and permission == Permission.MESSAGE_READ
        return self.filter(user_id=user.pk) if mine else self.none()
