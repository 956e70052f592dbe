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
    # What the addresses of its pages begin with, where that is not its own address.
    sections: tuple[str, ...] = ()


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
        sections=("/leadership/",),
    ),
    Entry("My development", "competency:development", P.DEVELOPMENT_PLAN, over=False, roles=CLINICIAN),
    Entry("My appraisals", "appraisals:mine", P.APPRAISAL_PREPARE, over=False, roles=CLINICIAN),
    Entry("Board posts", "consent", P.PROFILE_EDIT, over=False, roles=CLINICIAN),
    Entry(
        "My appraisees",
        "appraisals:appraisees",
        P.APPRAISAL_CONDUCT,
        over=False,
        roles=APPRAISER,
        sections=("/appraisals/appraisees/", "/leadership/appraisees/"),
    ),
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
    sections: list[tuple[str, ...]] = []
    before: frozenset[Role] = frozenset()
    roles = {grant.role for grant in user.grants}
    for entry in ENTRIES:
        scope = user.scope_for(entry.permission)
        reaches = scope.over_others if entry.over else scope.user_id
        held = frozenset(role for role in entry.roles if role in roles)
        if reaches and held:
            href = reverse(entry.url_name)
            items.append({"text": entry.text, "href": href, "new_group": bool(items) and not held & before})
            sections.append(entry.sections or (href,))
            before = held
    # Of two sections that both begin the address, the longer one is meant.
    starts = (start for several in sections for start in several if path.startswith(start))
    here = max(starts, key=len, default=None)
    for item, several in zip(items, sections, strict=True):
        item["current"] = here in several
    return items
