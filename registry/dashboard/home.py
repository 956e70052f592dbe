"""What the home page shows: needs and a picture for each role somebody holds."""

import datetime
from dataclasses import dataclass

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.dashboard.leadership import Leadership, own
from registry.dashboard.pictures import PICTURES, Picture
from registry.kernel.needs import Need, needs_sources


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """One role's part of the home page."""

    role: Role
    needs: list[Need]
    picture: Picture | None
    leadership: Leadership | None


def groups(user: User) -> list[RoleGroup]:
    """The roles this person holds, each with what needs doing and its picture.

    A need of a role they do not hold (an administrator may do what HR does) counts to their last,
    widest role.
    """
    held = [role for role in Role if user.holds(role)]
    if not held:
        return []
    needs: dict[Role, list[Need]] = {role: [] for role in held}
    for source, fallback in needs_sources:
        for need in source(user):
            role = Role(need.role or fallback)
            needs[role if role in needs else held[-1]].append(need)
    return [
        RoleGroup(
            role,
            sorted(needs[role], key=_urgency),
            PICTURES[role](user) if role in PICTURES else None,
            own(user) if role == Role.CLINICIAN else None,
        )
        for role in held
    ]


def _urgency(need: Need) -> tuple[datetime.date, str]:
    return need.due or datetime.date.max, need.text
