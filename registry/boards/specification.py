"""What a vacancy asks for and what is known of a person, as plain values; knows neither Django nor Celery."""

from dataclasses import asdict, dataclass
from typing import Any

from registry.competency.twelfths import TWELFTHS

# Without a framework, experience is measured as if the top level were 4.
TOP_WITHOUT_FRAMEWORK = 4
WEIGHT_MAX = 10


@dataclass(frozen=True, slots=True)
class Named:
    """A code and the words a reader sees for it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class DomainCriterion:
    """One domain of the framework: the agreed level needed (0 = none), and the weight of the level held.

    `position` is the domain's place (1 to 9) in a person's levels; `top` is the highest level of its scale.
    """

    position: int
    code: str
    name: str
    top: int
    minimum: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Specification:
    """A person specification, frozen: first what is essential, then the weights (0 to 10) of what is desirable.

    An empty tuple, 0 or None asks for nothing. `registration` is `registered`, `conditions` (registered, with
    or without conditions) or `none` (not needed). Consent is always essential and decides the pool itself.
    """

    registration: str = "none"
    professions: tuple[Named, ...] = ()
    band: Named | None = None
    band_rank: int = 0
    leadership_years: int = 0
    sectors: tuple[Named, ...] = ()
    regions: tuple[Named, ...] = ()
    framework: str = ""
    domains: tuple[DomainCriterion, ...] = ()
    years_weight: int = 0
    years_cap: int = 10
    leading_weight: int = 0
    qualifications: tuple[Named, ...] = ()
    qualification_weight: int = 0
    band_weight: int = 0
    band_top: int = 13
    desirable_sectors: tuple[Named, ...] = ()
    sector_weight: int = 0

    @property
    def full(self) -> int:
        """The twelfths of something fully met: as much as the top level of the framework's domains."""
        return TWELFTHS * max((domain.top for domain in self.domains), default=TOP_WITHOUT_FRAMEWORK)

    @property
    def best(self) -> int:
        """The total of somebody who meets every desirable criterion fully."""
        experience = (
            self.years_weight + self.leading_weight + self.qualification_weight + self.band_weight + self.sector_weight
        )
        return experience * self.full + sum(TWELFTHS * domain.top * domain.weight for domain in self.domains)

    def plain(self) -> dict[str, Any]:
        """Dictionaries, lists, text and whole numbers only, for storing and hashing."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Specification":
        """The inverse of `plain`, also after a journey through JSON."""
        named = {
            name: tuple(Named(**item) for item in plain[name])
            for name in ("professions", "sectors", "regions", "qualifications", "desirable_sectors")
        }
        domains = tuple(DomainCriterion(**item) for item in plain["domains"])
        band = Named(**plain["band"]) if plain["band"] else None
        return cls(**{**plain, **named, "domains": domains, "band": band})


@dataclass(frozen=True, slots=True)
class Facts:
    """What selection knows of one person on the list's day.

    `key` is the clinician's key, used only to draw lots. `leadership_days` are counted up to that day;
    `levels` are the nine agreed levels in twelfths, None where none is agreed; `band_rank` is the place of
    the pay band or grade on the ladder (0 = no post).
    """

    key: int
    profession: Named
    registration: Named
    band: Named
    band_rank: int
    leadership_days: int
    leading: bool
    sector: Named
    region: Named
    qualifications: tuple[str, ...]
    levels: tuple[int | None, ...]

    def plain(self) -> dict[str, Any]:
        """What is stored with an entry as its inputs."""
        return {
            "profession": self.profession.code,
            "registration": self.registration.code,
            "band_rank": self.band_rank,
            "leadership_days": self.leadership_days,
            "leading": self.leading,
            "sector": self.sector.code,
            "region": self.region.code,
            "qualifications": sorted(self.qualifications),
            "levels": list(self.levels),
        }


def whole_years(days: int) -> int:
    """Full years in so many days, at 365¼ days a year, without leaving whole numbers."""
    return days * 4 // 1461


def years_in_words(days: int) -> str:
    """`6 years 3 months`, rounded down to whole months."""
    years, months = divmod(days * 48 // 1461, 12)
    parts = [_counted(years, "year"), _counted(months, "month")]
    return " ".join(part for part in parts if part) or "Less than a month"


def level_in_words(twelfths: int | None, top: int) -> str:
    """`3.25 out of 4`, to two places, from whole twelfths."""
    if twelfths is None:
        return "No agreed level"
    hundredths = (twelfths * 100 + 6) // TWELFTHS
    return f"{hundredths // 100}.{hundredths % 100:02d} out of {top}"


def either(options: tuple[Named, ...]) -> str:
    """`Doctor, Nurse or Pharmacist`."""
    labels = [option.label for option in options]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
