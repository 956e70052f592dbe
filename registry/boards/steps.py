"""The steps every action takes: the right to act, the lock, the next state, and a reason in words."""

from registry.accounts.models import User
from registry.boards.models import Shortlist, ShortlistTransition, Vacancy, VacancyTransition
from registry.boards.models.shortlists import REASON_MIN
from registry.boards.states import (
    SHORTLIST_TRANSITIONS,
    VACANCY_TRANSITIONS,
    ShortlistStatus,
    VacancyStatus,
)
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission


def require(by: User, permission: Permission, organisation_id: int) -> None:
    """Raise NotAllowed unless `by` holds the permission at the vacancy's organisation."""
    if not by.scope_for(permission).covers(frozenset({organisation_id})):
        raise NotAllowed("You cannot do this for that organisation.")


def locked(vacancy_id: int) -> Vacancy:
    """The vacancy, locked until the end of the transaction; every action takes this lock first."""
    return Vacancy.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=vacancy_id)


def move(vacancy: Vacancy, to: VacancyStatus, *, by: User | None, reason: str = "") -> None:
    """Take a locked vacancy to its next state, and write down the step. Raises WrongState if it cannot go there."""
    before = VacancyStatus(vacancy.status)
    if (before, to) not in VACANCY_TRANSITIONS:
        raise WrongState(f"This vacancy is {before.label.lower()}, so this cannot be done now.")
    vacancy.status = to
    vacancy.save(update_fields=["status"])
    VacancyTransition.objects.create(vacancy=vacancy, from_status=before, to_status=to, by=by, reason=reason)


def move_shortlist(
    shortlist: Shortlist, to: ShortlistStatus, *, by: User | None, also: list[str] | None = None
) -> None:
    """Take a locked shortlist to its next state, saving the fields in `also` with it, and write down the step."""
    before = ShortlistStatus(shortlist.status)
    if (before, to) not in SHORTLIST_TRANSITIONS:
        raise WrongState(f"This list is {before.label.lower()}, so this cannot be done now.")
    shortlist.status = to
    shortlist.save(update_fields=["status", *(also or [])])
    ShortlistTransition.objects.create(shortlist=shortlist, from_status=before, to_status=to, by=by)


def worded(reason: str, *, field: str) -> str:
    """The reason without the spaces around it. Raises Invalid unless it says something: three words at least."""
    reason = reason.strip()
    if "\x00" in reason:
        raise Invalid("The reason contains a character that cannot be kept.", field=field)
    if len(reason) < REASON_MIN or len(reason.split()) < 3:
        raise Invalid("Write the reason in a few words, so that it can be understood later.", field=field)
    if len(reason) > 1000:
        raise Invalid("Keep the reason under 1,000 characters.", field=field)
    return reason


def require_draft(vacancy: Vacancy) -> None:
    """Raise WrongState unless the vacancy can still be changed."""
    if vacancy.status != VacancyStatus.DRAFT:
        raise WrongState("This vacancy is no longer a draft, so it cannot be changed.")
