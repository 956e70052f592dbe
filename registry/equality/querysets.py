"""Ways to ask for answers: one's own, and no other."""

from typing import Any, Self

from registry.equality.pseudonyms import pseudonym_of
from registry.kernel.permissions import Permission
from registry.kernel.rows import ScopedQuerySet
from registry.kernel.scope import Scope


class EqualityAnswersQuerySet(ScopedQuerySet):
    """Answers are the person's own; no role reaches those of others."""

    def within(self, scope: Scope) -> Self:
        return self.of(scope.user_id) if scope.user_id else self.none()

    def visible_to(self, user: Any, permission: Permission) -> Self:
        """One's own, whatever one's roles: who has answered can take it back as long as they can sign in."""
        mine = user.is_authenticated and permission == Permission.EQUALITY_ANSWER
        return self.of(user.pk) if mine else self.none()

    def of(self, user_id: int) -> Self:
        """The answers of one person."""
        return self.filter(pk=pseudonym_of(user_id))
