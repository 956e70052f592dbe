"""Whose people a lead can match in one round: one organisation, a region's, or all that they lead mentoring for."""

from collections import defaultdict
from dataclasses import dataclass

from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.organisations.models import Organisation, RegionLink, RegionScheme


@dataclass(frozen=True, slots=True)
class Reach:
    """A choice: what a form posts, what people read, and the organisations it stands for."""

    value: str
    label: str
    organisation_ids: frozenset[int]


def reaches(user: User) -> list[Reach]:
    """All choices of a lead, the widest first; two queries."""
    scope, day = user.scope_for(P.MENTORING_MANAGE), today()
    found = Organisation.rows().open_on(day).order_by("name", "pk")
    names = dict((found if scope.everything else found.filter(pk__in=scope.organisation_ids)).values_list("pk", "name"))
    links = RegionLink.rows().filter(organisation__in=names, period__contains=day)
    links = links.filter(region__scheme=RegionScheme.NHS_ENGLAND).order_by("region__name")
    regions: dict[tuple[int, str], set[int]] = defaultdict(set)
    for region, name, organisation in links.values_list("region", "region__name", "organisation"):
        regions[region, name].add(organisation)
    wide = [Reach("all", f"All {len(names)} organisations you lead mentoring for", frozenset(names))]
    wide += [
        Reach(f"region-{key}", f"{name}: {len(members)} organisations", frozenset(members))
        for (key, name), members in regions.items()
        if 1 < len(members) < len(names)
    ]
    return [
        *(wide if len(names) > 1 else []),
        *(Reach(f"organisation-{key}", name, frozenset({key})) for key, name in names.items()),
    ]
