"""Where mentors are to be recruited: free places beside people who look, by domain, profession and region."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from mentoring.models import MentoringRequest, MentorProfile
from registry.clinicians.fields import Profession
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.organisations.models import RegionLink, RegionScheme

NO_PROFILE, NO_REGION = "No clinical profile", "No region"


@dataclass(frozen=True, slots=True)
class Line:
    """People who look, and places that are free, in one respect; a mentor's places count in each of their domains."""

    name: str
    looking: int
    free: int

    @property
    def short(self) -> int:
        """How many places are missing."""
        return max(0, self.looking - self.free)


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of one respect, those first where most places are missing."""

    heading: str
    lines: tuple[Line, ...]


def against_need(user: Any) -> list[Table]:
    """What leads see of their organisations; eight queries, however many people there are."""
    seekers = list(_seekers(user))
    mentors = list(_mentors(user))
    places = {one.organisation for one in (*seekers, *mentors) if one.organisation}
    region = _regions(places)
    return [
        _table("Domain", seekers, mentors, lambda one: one.domains),
        _table("Profession", seekers, mentors, lambda one: [one.profession]),
        _table("Region", seekers, mentors, lambda one: [region.get(one.organisation, NO_REGION)]),
    ]


@dataclass(frozen=True, slots=True)
class _Person:
    number: int
    domains: tuple[str, ...]
    profession: str
    organisation: int | None


def _seekers(user: Any) -> Iterator[_Person]:
    rows = MentoringRequest.visible_to(user, P.MENTORING_MANAGE).looking().with_people()
    names = dict(Profession.choices)
    for row in rows:
        clinician = row.clinician
        domains = tuple(str(need) for need in row.needs.all())
        yield _Person(1, domains, names[clinician.profession], clinician.organisation_id)


def _mentors(user: Any) -> Iterator[_Person]:
    rows = MentorProfile.visible_to(user, P.MENTORING_MANAGE).can_be_matched().with_people()
    names = dict(Profession.choices)
    for row in rows.with_left().filter(left__gt=0):
        clinician = getattr(row.user, "clinician", None)
        held = [grant for grant in row.user.role_grants.all() if grant.revoked_at is None and grant.organisation_id]
        yield _Person(
            row.left,
            tuple(str(strength) for strength in row.strengths.all()),
            names[clinician.profession] if clinician else NO_PROFILE,
            clinician.organisation_id if clinician else min((grant.organisation_id for grant in held), default=None),
        )


def _regions(organisation_ids: Collection[int]) -> dict[int | None, str]:
    links = RegionLink.rows().filter(
        organisation__in=organisation_ids, period__contains=today(), region__scheme=RegionScheme.NHS_ENGLAND
    )
    return dict(links.values_list("organisation_id", "region__name"))


def _table(heading: str, seekers: list[_Person], mentors: list[_Person], names: Any) -> Table:
    looking, free = (Counter[str]() for _ in range(2))
    for counter, people in ((looking, seekers), (free, mentors)):
        for one in people:
            counter.update(dict.fromkeys(names(one), one.number))
    lines = [Line(name, looking[name], free[name]) for name in looking.keys() | free.keys()]
    return Table(heading, tuple(sorted(lines, key=lambda line: (-line.short, -line.looking, line.name))))
