"""People and specifications for the tests of the pure modules, and how hypothesis draws them."""

from hypothesis import strategies as st

from registry.boards.specification import DomainCriterion, Facts, Named, Specification

PROFESSIONS = [Named(code, code.capitalize()) for code in ("doctor", "nurse", "midwife")]
SECTORS = [Named(code, code.capitalize()) for code in ("acute", "community")]
REGIONS = [Named("Y56", "London"), Named("Y62", "North West"), Named("", "No region on record")]
REGISTRATIONS = [Named(code, code.capitalize()) for code in ("registered", "conditions", "suspended", "lapsed", "")]
KINDS = [Named("health_mba", "Health MBA"), Named("masters", "Master's degree")]


def facts(key=1, **changes):
    """A registered nurse of band 8d who leads."""
    values = {
        "key": key,
        "profession": PROFESSIONS[1],
        "registration": REGISTRATIONS[0],
        "band": Named("8d", "Band 8d"),
        "band_rank": 11,
        "leadership_days": 4000,
        "leading": True,
        "sector": SECTORS[0],
        "region": REGIONS[1],
        "qualifications": ("health_mba",),
        "levels": (36, 24, None, None, None, None, None, None, None),
    }
    return Facts(**(values | changes))


def domain(position=1, *, top=4, minimum=0, weight=0):
    return DomainCriterion(position, str(position), f"Domain {position}", top, minimum, weight)


levels = st.tuples(*[st.one_of(st.none(), st.integers(0, 60)) for _ in range(9)])
somebody = st.builds(
    Facts,
    key=st.integers(1, 10**12),
    profession=st.sampled_from(PROFESSIONS),
    registration=st.sampled_from(REGISTRATIONS),
    band=st.just(Named("7", "Band 7")),
    band_rank=st.integers(0, 13),
    leadership_days=st.integers(0, 30_000),
    leading=st.booleans(),
    sector=st.sampled_from(SECTORS),
    region=st.sampled_from(REGIONS),
    qualifications=st.sampled_from([(), ("health_mba",), ("health_mba", "masters"), ("other",)]),
    levels=levels,
)
everybody = st.lists(somebody, max_size=25, unique_by=lambda person: person.key)
weight = st.integers(0, 10)
domains = st.lists(st.integers(1, 9), max_size=9, unique=True).flatmap(
    lambda positions: st.tuples(
        *[
            st.builds(
                lambda minimum, weight, position=position: domain(position, top=5, minimum=minimum, weight=weight),
                st.integers(0, 5),
                weight,
            )
            for position in sorted(positions)
        ]
    )
)
specifications = st.builds(
    Specification,
    registration=st.sampled_from(["registered", "conditions", "none"]),
    professions=st.lists(st.sampled_from(PROFESSIONS), unique=True).map(tuple),
    leadership_years=st.integers(0, 40),
    sectors=st.lists(st.sampled_from(SECTORS), unique=True).map(tuple),
    regions=st.lists(st.sampled_from(REGIONS[:2]), unique=True).map(tuple),
    framework=st.just("A framework (2011)"),
    domains=domains,
    years_weight=weight,
    years_cap=st.integers(1, 40),
    leading_weight=weight,
    qualifications=st.just(tuple(KINDS)),
    qualification_weight=weight,
    band_weight=weight,
    desirable_sectors=st.just((SECTORS[0],)),
    sector_weight=weight,
)
