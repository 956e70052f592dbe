"""Words, colours and rows for the room's pages, and what in this room needs a person now."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse

from registry.accounts.models import User
from registry.boards.models import Shortlist, ShortlistEntry, Vacancy
from registry.boards.specification import Specification, either
from registry.boards.states import ShortlistStatus, VacancyStatus
from registry.competency.twelfths import TWELFTHS
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission

VACANCY_COLOURS = {
    VacancyStatus.DRAFT: "grey",
    VacancyStatus.OPEN: "blue",
    VacancyStatus.BUILT: "yellow",
    VacancyStatus.DECIDED: "green",
    VacancyStatus.CLOSED: "white",
}
SHORTLIST_COLOURS = {
    ShortlistStatus.WAITING: "grey",
    ShortlistStatus.BUILDING: "blue",
    ShortlistStatus.BUILT: "yellow",
    ShortlistStatus.PUBLISHED: "green",
    ShortlistStatus.REPLACED: "white",
    ShortlistStatus.FAILED: "red",
}
REGISTRATION_WORDS = {
    "registered": "Registered, without conditions",
    "conditions": "Registered, with or without conditions",
    "none": "Not needed",
}
CONSENT_WORDS = "Only people who have agreed to be considered for board posts here are in the pool"
NEEDS_MOST = 20


def tag(thing: Vacancy | Shortlist) -> dict[str, str]:
    """The status as a coloured tag."""
    colours: dict[Any, str] = VACANCY_COLOURS if isinstance(thing, Vacancy) else SHORTLIST_COLOURS
    return {"text": thing.get_status_display(), "colour": colours[thing.status]}


def may(user: User, permission: Permission, organisation_id: int) -> bool:
    """Whether to offer what needs this permission."""
    return user.scope_for(permission).covers(frozenset({organisation_id}))


def essential_rows(asked: Specification) -> list[tuple[str, str]]:
    """(criterion, what is needed), in the order in which they are checked."""
    rows = [("Consent", CONSENT_WORDS), ("Registration", REGISTRATION_WORDS[asked.registration])]
    rows.append(("Profession", either(asked.professions) if asked.professions else "Any"))
    rows.append(("Band or grade", f"{asked.band.label} or above" if asked.band else "Any"))
    rows.append(("Years in leadership", f"At least {asked.leadership_years}" if asked.leadership_years else "Any"))
    rows.append(("Sector", either(asked.sectors) if asked.sectors else "Any"))
    rows.append(("Region", either(asked.regions) if asked.regions else "Any"))
    rows += [
        (domain.name, f"Agreed level {domain.minimum} or above, out of {domain.top}")
        for domain in asked.domains
        if domain.minimum
    ]
    return rows


@dataclass(frozen=True, slots=True)
class Weighed:
    """A desirable criterion: its weight, what counts, and the points of somebody who meets it fully."""

    title: str
    counts: str
    weight: int
    most: int


def desirable_rows(asked: Specification) -> list[Weighed]:
    """What weighs, in the order of the contributions."""
    full = asked.full
    rows = [
        Weighed(item.name, "The agreed level", item.weight, item.weight * TWELFTHS * item.top) for item in asked.domains
    ]
    years = f"Years in leadership roles, up to {asked.years_cap}"
    rows += [
        Weighed("Years in leadership", years, asked.years_weight, asked.years_weight * full),
        Weighed("Leading now", "In a leadership role now", asked.leading_weight, asked.leading_weight * full),
        Weighed(
            "Qualification",
            either(asked.qualifications) if asked.qualifications else "",
            asked.qualification_weight,
            asked.qualification_weight * full,
        ),
        Weighed("Band or grade", "The higher the band or grade", asked.band_weight, asked.band_weight * full),
        Weighed(
            "Sector",
            either(asked.desirable_sectors) if asked.desirable_sectors else "",
            asked.sector_weight,
            asked.sector_weight * full,
        ),
    ]
    return [row for row in rows if row.weight]


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do with a vacancy: a button that posts, or a link; or only a sentence."""

    says: str
    text: str = ""
    href: str = ""
    posts: bool = False


def next_step(vacancy: Vacancy, user: User, current: Shortlist | None, latest: Shortlist | None) -> Step:
    """What comes next, for somebody who may do it or who may only watch."""
    edits = may(user, Permission.VACANCY_EDIT, vacancy.organisation_id)
    decides = may(user, Permission.SHORTLIST_DECIDE, vacancy.organisation_id)
    if latest is not None and latest.status in {ShortlistStatus.WAITING, ShortlistStatus.BUILDING}:
        return Step("The list is being built.", "See how far it is", _list(latest))
    match vacancy.status:
        case VacancyStatus.DRAFT if edits:
            says = "Check the person specification. Once the vacancy is open, neither can be changed."
            return Step(says, "Open the vacancy", reverse("boards:open", args=[vacancy.pk]))
        case VacancyStatus.OPEN if edits:
            says = "Build the list of people who meet the specification."
            if latest is not None and latest.status == ShortlistStatus.FAILED:
                says = latest.failure
            return Step(says, "Build the list", reverse("boards:build", args=[vacancy.pk]), posts=True)
        case VacancyStatus.BUILT if current is not None:
            says = (
                "Decide about each candidate, then publish." if decides else "The candidates are being decided about."
            )
            return Step(says, "Go to the list", _list(current))
        case VacancyStatus.DECIDED if current is not None:
            return Step("The list is published.", "See the published list", _list(current))
        case VacancyStatus.CLOSED:
            return Step("This vacancy is closed.")
    return Step("Nothing can be done with this vacancy yet.")


def needs_now(user: User) -> list[Need]:
    """The vacancies of the person's own organisations that wait for them, the nearest closing date first."""
    scope = user.scope_for(Permission.VACANCY_EDIT)
    if scope.everything or not scope.organisation_ids:
        return []
    waiting = (
        Vacancy.visible_to(user, Permission.VACANCY_EDIT)
        .filter(status__in=[VacancyStatus.DRAFT, VacancyStatus.OPEN, VacancyStatus.BUILT])
        .prefetch_related("shortlists")
        .order_by("closes_on", "pk")[:NEEDS_MOST]
    )
    undecided = {
        place: _undecided(user, place) for place in {v.organisation_id for v in waiting if v.status == "built"}
    }
    return [_need(vacancy, undecided.get(vacancy.organisation_id, {})) for vacancy in waiting]


def _undecided(user: User, organisation_id: int) -> dict[int, int]:
    """Undecided candidates by the key of the vacancy."""
    return dict(
        ShortlistEntry.visible_to(user, Permission.SHORTLIST_DECIDE)
        .filter(shortlist__status=ShortlistStatus.BUILT, shortlist__vacancy__organisation_id=organisation_id)
        .consenting(organisation_id, today())
        .eligible()
        .undecided()
        .order_by()
        .values_list("shortlist__vacancy_id")
        .annotate(people=Count("pk"))
    )


def _need(vacancy: Vacancy, undecided: dict[int, int]) -> Need:
    lists = list(vacancy.shortlists.all())  # newest first
    href = reverse("boards:vacancy", args=[vacancy.pk])
    if lists and lists[0].status == ShortlistStatus.FAILED:
        return Need(f"Build the list for {vacancy} again", href, due=vacancy.closes_on)
    if vacancy.status == VacancyStatus.DRAFT:
        return Need(f"Finish and open the vacancy {vacancy}", href, due=vacancy.closes_on)
    current = next((item for item in lists if item.status == ShortlistStatus.BUILT), None)
    if current is None:
        return Need(f"Build the list for {vacancy}", href, due=vacancy.closes_on)
    people = undecided.get(vacancy.pk, 0)
    if people:
        return Need(f"Decide about candidates for {vacancy}", _list(current), count=people, due=vacancy.closes_on)
    return Need(f"Publish the list for {vacancy}", _list(current), due=vacancy.closes_on)


def _list(shortlist: Shortlist) -> str:
    return reverse("boards:shortlist", args=[shortlist.pk])
