"""Which rows a person may reach: the answer of `user.scope_for(permission)`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The reach of one permission for one person.

    `everything` means every row; otherwise rows of the organisations in `organisation_ids`,
    and rows about the person `user_id` themselves. An empty scope reaches nothing.
    """

    everything: bool = False
    organisation_ids: frozenset[int] = frozenset()
    user_id: int | None = None

    def __bool__(self) -> bool:
        return self.over_others or self.user_id is not None

    @property
    def over_others(self) -> bool:
        """Whether a role gives reach over other people's rows, not only one's own."""
        return self.everything or bool(self.organisation_ids)

    def covers(self, organisation_ids: frozenset[int]) -> bool:
        """Whether every one of these organisations is within reach (by role, not as oneself)."""
        return self.everything or (bool(organisation_ids) and organisation_ids <= self.organisation_ids)


NOTHING = Scope()
EVERYTHING = Scope(everything=True)
