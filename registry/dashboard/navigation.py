"""The menu: at most six entries per role, grouped for people with several."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.accounts.roles import Role
from registry.kernel.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry of these roles, shown to whoever has the permission over others (`over`) or over themself."""

    text: str
    url_name: str
    permission: P
    over: bool
    roles: frozenset[Role]


CLINICIAN = frozenset({Role.CLINICIAN})
APPRAISER = frozenset({Role.APPRAISER})
HR = frozenset({Role.HR_OFFICER})
LEADS = frozenset({Role.REGIONAL_LEAD, Role.NATIONAL_LEAD})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

# In the order of the menu; what one group of roles shares stands together.
ENTRIES: tuple[Entry, ...] = (
    Entry("My profile", "clinicians:own", P.PROFILE_VIEW, over=False, roles=CLINICIAN),
    Entry("My leadership", "competency:mine", P.ASSESSMENT_EDIT, over=False, roles=CLINICIAN),
    Entry("My development", "competency:development", P.DEVELOPMENT_PLAN, over=False, roles=CLINICIAN),
    Entry("Board posts", "consent", P.PROFILE_EDIT, over=False, roles=CLINICIAN),
    Entry("My appraisees", "competency:appraisees", P.ASSESSMENT_AGREE, over=False, roles=APPRAISER),
    Entry("People", "clinicians:people", P.PROFILE_VIEW, over=True, roles=HR | ADMINISTRATOR),
    Entry("Vacancies", "boards:vacancies", P.VACANCY_VIEW, over=True, roles=HR | LEADS),
    Entry("Imports", "transfers:batches", P.PEOPLE_IMPORT, over=True, roles=HR),
    Entry("Organisations", "organisations:organisations", P.ORGANISATION_MANAGE, over=True, roles=ADMINISTRATOR),
    Entry("Roles", "roles", P.ROLE_GRANT, over=True, roles=HR | ADMINISTRATOR),
    Entry("API clients", "clients", P.API_CLIENT_MANAGE, over=True, roles=ADMINISTRATOR),
)


def menu_for(user: Any, path: str) -> list[dict[str, Any]]:
    """The entries for this person; `current` marks the one whose address begins the page's.

    `new_group` marks the first entry that none of the roles of the entry before it has.
    """
    items: list[dict[str, Any]] = []
    before: frozenset[Role] = frozenset()
    roles = {grant.role for grant in user.grants}
    for entry in ENTRIES:
        scope = user.scope_for(entry.permission)
        reaches = scope.over_others if entry.over else scope.user_id
        held = frozenset(role for role in entry.roles if role in roles)
        if reaches and held:
            href = reverse(entry.url_name)
            items.append({"text": entry.text, "href": href, "new_group": bool(items) and not held & before})
            before = held
    # Of two entries that both begin the address, the longer one is meant.
    begins = [item["href"] for item in items if path.startswith(item["href"])]
    for item in items:
        item["current"] = bool(begins) and item["href"] == max(begins, key=len)
    return items
