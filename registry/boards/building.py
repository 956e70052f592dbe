"""From rows to plain values: the specification of a vacancy and the facts of everybody in its pool."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import FilteredRelation, Q

from registry.boards.models import PersonSpecification
from registry.boards.querysets import consent_covers
from registry.boards.specification import DomainCriterion, Facts, Named, Specification
from registry.clinicians.fields import BAND_RANK, PayBand, Profession, QualificationKind, RegistrationStatus, Sector
from registry.competency.models import Domain, FrameworkVersion
from registry.organisations.models import RegionLink, RegionScheme
from registry.standing.models import DOMAIN_COLUMNS, Standing

CHUNK = 2000
NO_REGION = Named("", "No region on record")
NO_REGISTRATION = Named("", "No registration on record")


def specification_of(asked: PersonSpecification) -> Specification:
    """The vacancy's specification as plain values, in an order that does not depend on how it was entered."""
    domains = asked.domains.select_related("domain", "domain__version").order_by("domain__position")
    return Specification(
        registration=asked.registration,
        professions=_named(Profession, asked.professions),
        band=Named(asked.minimum_band, PayBand(asked.minimum_band).label) if asked.minimum_band else None,
        band_rank=BAND_RANK[PayBand(asked.minimum_band)] if asked.minimum_band else 0,
        leadership_years=asked.minimum_years,
        sectors=_named(Sector, asked.sectors),
        regions=tuple(
            Named(code, name)
            for code, name in asked.regions.order_by("region__code").values_list("region__code", "region__name")
        ),
        framework=str(asked.framework or ""),
        domains=tuple(
            DomainCriterion(
                position=row.domain.position,
                code=row.domain.code,
                name=row.domain.name,
                top=top_level(row.domain),
                minimum=row.minimum,
                weight=row.weight,
            )
            for row in domains
        ),
        years_weight=asked.years_weight,
        years_cap=asked.years_cap,
        leading_weight=asked.leading_weight,
        qualifications=_named(QualificationKind, asked.qualifications),
        qualification_weight=asked.qualification_weight,
        band_weight=asked.band_weight,
        band_top=max(BAND_RANK.values()),
        desirable_sectors=_named(Sector, asked.desirable_sectors),
        sector_weight=asked.sector_weight,
    )


def top_level(domain: Domain) -> int:
    """The highest level of the scale the domain is answered on."""
    return max(value for value, _ in scale_levels(domain))


def scale_levels(domain: Domain) -> list[tuple[int, str]]:
    """(value, label) of the levels of the domain's scale above 0, in order."""
    scale = next(scale for scale in domain.version.scales if scale["code"] == domain.scale)
    return [(item["value"], item["label"]) for item in scale["values"] if item["value"] > 0]


def pool(organisation_id: int, day: datetime.date) -> Any:
    """Standing rows of everybody whose consent covers a vacancy of this organisation on this day."""
    return Standing.objects.filter(consent_covers(organisation_id, day)).order_by("pk")


def facts_of_pool(organisation_id: int, framework: FrameworkVersion | None, day: datetime.date) -> Iterator[Facts]:
    """Everybody in the pool, in the order of their keys; three queries, however many people.

    Levels count only where they were agreed in a version of the framework with the same domains in the
    same places, because a level of another layout would be read against the wrong domain.
    """
    regions = _regions(day)
    bands = _bands()
    levels = [f"agreed__{column}" for column in DOMAIN_COLUMNS]
    rows = (
        pool(organisation_id, day)
        .annotate(
            agreed=FilteredRelation(
                "clinician__agreed_levels",
                condition=Q(
                    clinician__agreed_levels__framework=framework.code if framework else "",
                    clinician__agreed_levels__version__in=_versions_alike(framework),
                ),
            )
        )
        .values_list(
            "clinician_id",
            "profession",
            "registration",
            "band_rank",
            "leadership_days",
            "leading_since",
            "sector",
            "organisation_id",
            "qualifications",
            *levels,
        )
    )
    for key, profession, registration, rank, days, since, sector, place, held, *twelfths in rows.iterator(CHUNK):
        leading = since is not None and since <= day
        yield Facts(
            key=key,
            profession=_PROFESSIONS[profession],
            registration=_REGISTRATIONS[registration],
            band=bands[rank],
            band_rank=rank,
            leadership_days=days + ((day - since).days + 1 if leading else 0),
            leading=leading,
            sector=_SECTORS[sector],
            region=regions.get(place, NO_REGION),
            qualifications=tuple(sorted(held)),
            levels=tuple(twelfths),
        )


def _named(choices: Any, codes: list[str]) -> tuple[Named, ...]:
    """In the order of the list of choices, each once."""
    return tuple(Named(choice.value, choice.label) for choice in choices if choice.value in codes)


_PROFESSIONS = {item.value: Named(item.value, item.label) for item in Profession}
_SECTORS = {item.value: Named(item.value, item.label) for item in Sector}
_REGISTRATIONS = {"": NO_REGISTRATION} | {item.value: Named(item.value, item.label) for item in RegistrationStatus}


def _bands() -> dict[int, Named]:
    """Each rank of the ladder by its Agenda for Change band, and 0 for people without a post."""
    named: dict[int, list[PayBand]] = {}
    for band, rank in BAND_RANK.items():
        named.setdefault(rank, []).append(band)
    ladder = {
        rank: Named(bands[0].value, bands[0].label + (" or an equal grade" if len(bands) > 1 else ""))
        for rank, bands in named.items()
    }
    return {0: Named("", "No post on record")} | ladder


def _regions(day: datetime.date) -> dict[int, Named]:
    links = RegionLink.objects.filter(period__contains=day, region__scheme=RegionScheme.NHS_ENGLAND)
    return {
        place: Named(code, name)
        for place, code, name in links.values_list("organisation_id", "region__code", "region__name")
    }


def _versions_alike(framework: FrameworkVersion | None) -> list[str]:
    if framework is None:
        return [""]  # an empty list would make Django's whole query empty, and with it the pool
    layouts: dict[str, list[tuple[int, str]]] = {}
    domains = Domain.objects.filter(version__code=framework.code).order_by("position")
    for version, position, code in domains.values_list("version__version", "position", "code"):
        layouts.setdefault(version, []).append((position, code))
    wanted = layouts.get(framework.version)
    return sorted(version for version, layout in layouts.items() if layout == wanted)
