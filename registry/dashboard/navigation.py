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
    # What the addresses of its pages begin with, where that is less than its own address.
    section: str = ""


CLINICIAN = frozenset({Role.CLINICIAN})
APPRAISER = frozenset({Role.APPRAISER})
FACILITATOR = frozenset({Role.FACILITATOR})
HR = frozenset({Role.HR_OFFICER})
LEADS = frozenset({Role.REGIONAL_LEAD, Role.NATIONAL_LEAD})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

# In the order of the menu; what one group of roles shares stands together.
ENTRIES: tuple[Entry, ...] = (
    Entry("My profile", "clinicians:own", P.PROFILE_VIEW, over=False, roles=CLINICIAN),
    Entry(
        "My leadership",
        "competency:mine",
        P.ASSESSMENT_EDIT,
        over=False,
        roles=CLINICIAN,
        section="/leadership/",
    ),
    Entry("My development", "competency:development", P.DEVELOPMENT_PLAN, over=False, roles=CLINICIAN),
    Entry("Board posts", "consent", P.PROFILE_EDIT, over=False, roles=CLINICIAN),
    Entry("My appraisees", "competency:appraisees", P.ASSESSMENT_AGREE, over=False, roles=APPRAISER),
    Entry("Feedback", "feedback:facilitating", P.FEEDBACK_FACILITATE, over=False, roles=FACILITATOR),
    Entry("People", "clinicians:people", P.PROFILE_VIEW, over=True, roles=HR | ADMINISTRATOR),
    Entry("Vacancies", "boards:vacancies", P.VACANCY_VIEW, over=True, roles=HR | LEADS),
    Entry("Imports", "transfers:batches", P.PEOPLE_IMPORT, over=True, roles=HR),
    Entry("Insight", "dashboard:insight", P.LEVELS_SUMMARISE, over=True, roles=HR | ADMINISTRATOR),
    Entry("Feedback rounds", "feedback:happened", P.FEEDBACK_LIST, over=True, roles=HR),
    Entry("Organisations", "organisations:organisations", P.ORGANISATION_MANAGE, over=True, roles=ADMINISTRATOR),
    Entry("Roles", "roles", P.ROLE_GRANT, over=True, roles=HR | ADMINISTRATOR),
    Entry("API clients", "clients", P.API_CLIENT_MANAGE, over=True, roles=ADMINISTRATOR),
)


def menu_for(user: Any, path: str) -> list[dict[str, Any]]:
    """The entries for this person; `current` marks the one whose section the page is in.

    `new_group` marks the first entry that none of the roles of the entry before it has.
    """
    items: list[dict[str, Any]] = []
    sections: list[str] = []
    before: frozenset[Role] = frozenset()
    roles = {grant.role for grant in user.grants}
    for entry in ENTRIES:
        scope = user.scope_for(entry.permission)
        reaches = scope.over_others if entry.over else scope.user_id
        held = frozenset(role for role in entry.roles if role in roles)
        if reaches and held:
            href = reverse(entry.url_name)
            items.append({"text": entry.text, "href": href, "new_group": bool(items) and not held & before})
            sections.append(entry.section or href)
            before = held
    # Of two sections that both begin the address, the longer one is meant.
    here = max((section for section in sections if path.startswith(section)), key=len, default=None)
    for item, section in zip(items, sections, strict=True):
        item["current"] = section == here
    return items
