"""What officers' pages say: groups of figures in words, what is to be done, colours of states."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min
from django.urls import reverse
from django.utils.http import urlencode

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.appraisals.models import Appraisal, Connection, Obligation, Postponement
from registry.appraisals.officers.figures import Group, Tally, by, total
from registry.appraisals.officers.filters import NONE
from registry.appraisals.states import OPEN, AppraisalState
from registry.clinicians.fields import Profession
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P
from registry.organisations.models import Organisation

# How long before the date a recommendation should be thought of.
RECOMMEND_WITHIN = datetime.timedelta(weeks=12)
STATE_COLOURS = {
    AppraisalState.PREPARING: "blue",
    AppraisalState.READY: "yellow",
    AppraisalState.SIGNED: "yellow",
    AppraisalState.DONE: "green",
    AppraisalState.CANCELLED: "grey",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A group and its figures; `href` leads to those of it that are overdue."""

    name: str
    tally: Tally
    href: str

    @property
    def figures(self) -> tuple[int, ...]:
        """In the order of the headings: all, then by where they stand."""
        one = self.tally
        return (one.total, one.overdue, one.postponed, one.due, one.done, one.not_yet)


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to group people, the most overdue first, with everybody at the end."""

    heading: str
    lines: tuple[Line, ...]


def cuts(cells: Mapping[Group, Tally], *, organisations: Mapping[str, Organisation], asked: str = "") -> list[Cut]:
    """The tables of the page Compliance; by organisation only where there are several. `asked` is the page's query."""
    by_key = {place.pk: place for place in organisations.values()}
    everybody = total(cells.values())
    ways: list[tuple[str, str, Any, Any]] = [
        ("Department or service", "department", lambda key: key or "No department given", lambda key: key or NONE),
        ("Profession", "profession", lambda key: Profession(key).label, str),
    ]
    if len({group.organisation for group in cells}) > 1:
        ways.insert(0, ("Organisation", "organisation", lambda key: by_key[key].name, lambda key: by_key[key].ods_code))

    def overdue(more: dict[str, str]) -> str:
        query = "&".join(part for part in (asked, urlencode(more)) if part)
        return f"{reverse('officers:overdue')}{'?' if query else ''}{query}"

    found = []
    for heading, name, label, value in ways:
        groups = sorted(by(name, cells).items(), key=lambda item: (-item[1].overdue, -item[1].total, label(item[0])))
        lines = [Line(label(key), tally, overdue({name: value(key)})) for key, tally in groups]
        found.append(Cut(heading, (*lines, Line("Everybody", everybody, overdue({})))))
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """Something one person is or was under: what is open of it, and when it was last done as far as is known."""

    obligation: Obligation
    open: Appraisal | None
    last_done: datetime.date | None


def under(user: User, obligations: Any) -> list[Held]:
    """What somebody is under, what has ended last; two queries."""
    held = list(obligations.select_related("cycle").order_by(F("ended_on").desc(nulls_first=True), "cycle__name", "pk"))
    rows = Appraisal.visible_to(user, P.APPRAISAL_MANAGE).filter(obligation__in=[row.pk for row in held])
    current: dict[int, Appraisal] = {}
    done: dict[int, datetime.date] = {}
    for row in rows.filter(state__in=(*OPEN, AppraisalState.DONE)).order_by("done_on"):
        if row.state in OPEN:
            current[row.obligation_id] = row
        elif row.done_on is not None:
            done[row.obligation_id] = row.done_on
    return [Held(row, current.get(row.pk), done.get(row.pk, row.last_done_on)) for row in held]


def month_name(first: datetime.date) -> str:
    """`November 2026`."""
    return f"{first:%B %Y}"


def state_tag(appraisal: Appraisal) -> dict[str, str]:
    """The tag of an appraisal's state."""
    state = AppraisalState(appraisal.state)
    return {"text": state.label, "colour": STATE_COLOURS[state]}


def needs_now(user: User) -> list[Need]:
    """What waits for an officer or for a responsible officer; four queries at most."""
    found: list[Need] = []
    if user.scope_for(P.APPRAISAL_MANAGE).over_others:
        rows = Appraisal.visible_to(user, P.APPRAISAL_MANAGE).over_others(user, P.APPRAISAL_MANAGE)
        postponements = Postponement.visible_to(user, P.APPRAISAL_MANAGE).filter(approved__isnull=True)
        overdue = rows.overdue(today()).aggregate(count=Count("pk"), since=Min("due_on"))
        waiting = (
            ("Look at overdue appraisals", reverse("officers:overdue"), overdue["count"], overdue["since"]),
            ("Decide about postponements", reverse("officers:postponements"), postponements.count(), None),
            (
                "Assign an appraiser to people without one",
                f"{reverse('officers:assign')}?appraiser={NONE}",
                rows.to_assign().filter(appraiser__isnull=True).count(),
                None,
            ),
        )
        found += [
            Need(text, href, count=count, due=due, role=Role.HR_OFFICER) for text, href, count, due in waiting if count
        ]
    if user.scope_for(P.RECOMMENDATION_MAKE).user_id is not None:
        count = to_recommend(user).count()
        if count:
            text = "Recommend on doctors due within 12 weeks"
            found.append(Need(text, reverse("officers:doctors"), count=count, role=Role.RESPONSIBLE_OFFICER))
    return found


def to_recommend(user: User) -> Any:
    """The connections of a responsible officer whose doctor's revalidation is due soon and who wait for them."""
    mine = Connection.visible_to(user, P.RECOMMENDATION_MAKE).holding_on(today()).with_dates()
    return mine.filter(revalidation_due__lte=today() + RECOMMEND_WITHIN).not_recommended()
