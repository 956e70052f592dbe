"""What the rooms' pages say about accounts: what waits for an administrator."""

from django.urls import reverse

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission


def needs_now(user: User) -> list[Need]:
    """A registry without HR officers cannot begin."""
    if not user.scope_for(Permission.ROLE_GRANT).everything:
        return []
    grants = RoleGrant.visible_to(user, Permission.ROLE_GRANT).active()
    if grants.filter(role=Role.HR_OFFICER).exists():
        return []
    return [Need("Appoint the first HR officer", reverse("grant_role"), role=Role.ADMINISTRATOR)]
