"""The menu: at most six entries, by what the person's roles allow."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from registry.kernel.permissions import Permission as P


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry, shown to whoever has the permission over others (`over`) or over themself."""

    text: str
    url_name: str
    permission: P
    over: bool


ENTRIES: tuple[Entry, ...] = (
    Entry("My leadership", "competency:mine", P.ASSESSMENT_EDIT, over=False),
    Entry("My appraisees", "competency:appraisees", P.ASSESSMENT_AGREE, over=False),
    Entry("Vacancies", "boards:vacancies", P.VACANCY_VIEW, over=True),
    Entry("Imports", "transfers:batches", P.PEOPLE_IMPORT, over=True),
    Entry("Organisations", "organisations:organisations", P.ORGANISATION_MANAGE, over=True),
)


def menu_for(user: Any, path: str) -> list[dict[str, Any]]:
    """The entries for this person; `current` marks the one whose address begins the page's."""
    items = []
    for entry in ENTRIES:
        scope = user.scope_for(entry.permission)
        reaches = (scope.everything or scope.organisation_ids) if entry.over else scope.user_id
        if reaches:
            href = reverse(entry.url_name)
            items.append({"text": entry.text, "href": href, "current": path.startswith(href)})
    return items
