"""Where a role can be granted: an organisation, a region, or England; and which a person may choose."""

from dataclasses import dataclass
from typing import cast

from registry.accounts.models import User
from registry.accounts.roles import RIGHTS, Level, Role
from registry.kernel.clock import today
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation, Region, RegionScheme


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation, a region, or England (neither); `key` stands for it in a form."""

    key: str
    name: str
    organisation: Organisation | None = None
    region: Region | None = None


# What lies within a grant's own place.
_LEVELS_WITHIN = {
    Level.NATIONAL: frozenset(Level),
    Level.REGION: frozenset({Level.REGION, Level.ORGANISATION}),
    Level.ORGANISATION: frozenset({Level.ORGANISATION}),
}

ENGLAND = Place("england", "The whole of England")


def grantable_places(user: User) -> list[Place]:
    """The places at which this person may grant some role: England, regions, then open organisations by name."""
    scope = user.scope_for(Permission.ROLE_GRANT)
    places = [ENGLAND] if scope.everything else []
    regions = Region.rows().filter(scheme=RegionScheme.NHS_ENGLAND)
    if not scope.everything:
        regions = regions.filter(pk__in=_region_ids(user))
    places += [Place(f"region-{region.code}", f"{region} (region)", region=region) for region in regions]
    organisations = Organisation.rows().open_on(today())
    if not scope.everything:
        organisations = organisations.filter(pk__in=scope.organisation_ids)
    return places + [
        Place(organisation.ods_code, f"{organisation} ({organisation.ods_code})", organisation=organisation)
        for organisation in organisations
    ]


def grantable_roles(user: User) -> list[Role]:
    """The roles people can hold that this person may grant somewhere."""
    granting = [
        RIGHTS[Role(grant.role)].over for grant in user.grants if Permission.ROLE_GRANT in RIGHTS[Role(grant.role)].over
    ]
    held = frozenset().union(*granting)
    levels = {level for grant in user.grants for level in _LEVELS_WITHIN[Level(grant.level)]}
    people = [role for role in Role if role != Role.API_CLIENT]
    return [role for role in people if RIGHTS[role].over <= held and RIGHTS[role].levels & levels]


def _region_ids(user: User) -> list[int]:
    return [
        cast("int", grant.region_id)
        for grant in user.grants
        if grant.level == Level.REGION and Permission.ROLE_GRANT in RIGHTS[Role(grant.role)].over
    ]
