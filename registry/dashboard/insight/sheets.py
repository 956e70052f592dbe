"""From rows one may see to a heat map that may be shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency.heat_map import Cell, Pair, Sheet, Tally, combine, publish, smallest_group
from registry.competency.models import Assessment, Domain, FrameworkVersion, Grade
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.organisations.models import Organisation

PROFESSION, SECTOR, ORGANISATION = "profession", "sector", "organisation"


def frameworks() -> list[FrameworkVersion]:
    """Of each framework the version that took effect last; the one for all staff first."""
    versions = FrameworkVersion.rows().filter(effective_from__lte=today())
    newest = versions.order_by("code", "-effective_from").distinct("code")
    return sorted(newest, key=lambda version: (not version.is_default, version.name))


def columns(version: FrameworkVersion) -> tuple[list[Domain], list[Domain]]:
    """The domains of which some career stage is expected to show something, and the others."""
    domains = list(version.domains.prefetch_related("expectations"))
    shown = [one for one in domains if any(row.expectation != Grade.NONE for row in one.expectations.all())]
    return shown, [domain for domain in domains if domain not in shown]


def sheet(
    user: User, version: FrameworkVersion, domains: Sequence[Domain], organisations: Iterable[Organisation]
) -> Sheet | None:
    """The heat map of these organisations; None where nobody works there; three queries."""
    keys = {organisation.pk: organisation.ods_code for organisation in organisations}
    found = _cells(user, version, [domain.code for domain in domains], keys.keys())
    names = (PROFESSION, SECTOR)
    sheets = {
        keys[pk]: publish(names, cells, domains=len(domains), smallest=settings.INSIGHT_SMALLEST_GROUP)
        for pk, cells in found.items()
    }
    if len(keys) == 1:
        return next(iter(sheets.values()), None)
    return combine(ORGANISATION, sheets) if sheets else None


def _cells(
    user: User, version: FrameworkVersion, codes: Sequence[str], organisation_ids: Iterable[int]
) -> dict[int, dict[Pair, Cell]]:
    """For each organisation the cells of its heat map, by profession and sector."""
    cells: dict[int, dict[Pair, Cell]] = {}
    wanted = list(organisation_ids)
    people = Clinician.visible_to(user, P.LEVELS_SUMMARISE).filter(organisation__in=wanted)
    newest = _newest(user, version, wanted)
    for organisation_id, profession, sector, number in people.counted():
        cells.setdefault(organisation_id, {})[profession, sector] = Cell(number, 0, (Tally(),) * len(codes))
    # Each query sees its own moment: whoever joins a group that had nobody, or is assessed, meanwhile counts next time.
    for organisation_id, profession, sector, number in newest.counted():
        if cell := cells.get(organisation_id, {}).get((profession, sector)):
            cells[organisation_id][profession, sector] = replace(cell, assessed=min(number, cell.people))
    for organisation_id, profession, sector, code, *figures in newest.tallied(version):
        cell = cells.get(organisation_id, {}).get((profession, sector))
        if cell and code in codes:
            at = codes.index(code)
            tallies = (*cell.tallies[:at], cell.tallies[at] + Tally(*figures), *cell.tallies[at + 1 :])
            cells[organisation_id][profession, sector] = replace(cell, tallies=tallies)
    return cells


def _newest(user: User, version: FrameworkVersion, organisation_ids: Iterable[int]) -> Any:
    """The newest agreed assessments of the framework there, in any version of it."""
    assessments = Assessment.visible_to(user, P.LEVELS_SUMMARISE).filter(clinician__organisation__in=organisation_ids)
    return assessments.newest_agreed(version.code)


def on_other_versions(user: User, version: FrameworkVersion, organisations: Iterable[Organisation]) -> int:
    """How many people count as assessed and in no domain: their newest assessment is on another version.

    Organisations where they are too few to tell about are left out.
    """
    newest = _newest(user, version, [organisation.pk for organisation in organisations]).exclude(version=version)
    by_organisation = Counter[int]()
    for organisation_id, *_, number in newest.counted():
        by_organisation[organisation_id] += number
    smallest = smallest_group(settings.INSIGHT_SMALLEST_GROUP)
    return sum(number for number in by_organisation.values() if number >= smallest)
