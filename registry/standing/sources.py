"""Where standing comes from: the rooms below are read here, the rooms above register what they know."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from registry.accounts.models import Consent
from registry.clinicians.fields import BAND_RANK, REGISTER_OF, PayBand, Profession, RegistrationStatus
from registry.clinicians.models import Clinician, LeadershipRole, Post, Qualification, Registration
from registry.kernel.clock import today
from registry.standing.models import AgreedLevels, Standing

# Given clinicians' keys, the unsaved AgreedLevels rows a room above knows about them.
LevelsSource = Callable[[Collection[int]], Iterable[AgreedLevels]]
levels_sources: list[LevelsSource] = []

# Given clinicians' keys, the short names of the programmes that each has completed, as a room above knows them.
ProgrammesSource = Callable[[Collection[int]], Mapping[int, Collection[str]]]
programmes_sources: list[ProgrammesSource] = []

# From best to worst: a person registered twice counts by the better entry.
STATUS_ORDER = (
    RegistrationStatus.REGISTERED,
    RegistrationStatus.CONDITIONS,
    RegistrationStatus.SUSPENDED,
    RegistrationStatus.LAPSED,
)


def register_levels(source: LevelsSource) -> LevelsSource:
    """Add a source of agreed levels; called once, when the room above is ready."""
    levels_sources.append(source)
    return source


def register_programmes(source: ProgrammesSource) -> ProgrammesSource:
    """Add a source of completed programmes; called once, when the room above is ready."""
    programmes_sources.append(source)
    return source


def standings(clinician_ids: Collection[int]) -> list[Standing]:
    """The Standing rows these clinicians should have now, in the order of their keys; eight queries at most."""
    registrations = _grouped(Registration, clinician_ids, "register", "status")
    posts = _grouped(Post, clinician_ids, "band", "started_on", "ended_on")
    roles = _grouped(LeadershipRole, clinician_ids, "started_on", "ended_on")
    qualifications = _grouped(Qualification, clinician_ids, "kind")
    consents = dict(
        Consent.objects.in_force().filter(user__clinician__in=clinician_ids).values_list("user__clinician", "reach")
    )
    completed: dict[int, set[str]] = defaultdict(set)
    for source in programmes_sources:
        for key, codes in source(clinician_ids).items():
            completed[key].update(codes)
    rows = []
    for clinician in Clinician.objects.filter(pk__in=clinician_ids).order_by("pk"):
        days, since = leadership_time(roles[clinician.pk], today())
        rows.append(
            Standing(
                clinician=clinician,
                organisation_id=clinician.organisation_id,
                profession=clinician.profession,
                sector=clinician.sector,
                career_stage=clinician.career_stage,
                registration=_status(Profession(clinician.profession), registrations[clinician.pk]),
                band_rank=_band_rank(posts[clinician.pk], today()),
                leadership_days=days,
                leading_since=since,
                qualifications=sorted({kind for (kind,) in qualifications[clinician.pk]}),
                programmes=sorted(completed[clinician.pk]),
                consent=consents.get(clinician.pk, ""),
            )
        )
    return rows


def levels(clinician_ids: Collection[int]) -> list[AgreedLevels]:
    """The AgreedLevels rows these clinicians should have now, from every registered source."""
    rows = [row for source in levels_sources for row in source(clinician_ids)]
    return sorted(rows, key=lambda row: (row.clinician_id, row.framework))


def leadership_time(
    spells: Iterable[tuple[datetime.date, datetime.date | None]], day: datetime.date
) -> tuple[int, datetime.date | None]:
    """Days led in spells that are over, and since when the person leads without a gap.

    `spells` are (first day, last day or None); both days count, and days covered twice count once.
    A spell that began by `day` and has no last day, or one after `day`, is running; its start (or that
    of the spells that run into it) is the second value, and none of its days are in the first.
    """
    total, since = 0, None
    merged: list[list[Any]] = []
    for start, end in sorted((s for s in spells if s[0] <= day), key=lambda spell: spell[0]):
        last = datetime.date.max if end is None or end > day else end
        if merged and start <= merged[-1][1] + _one_day(merged[-1][1]):
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([start, last])
    for start, last in merged:
        if last == datetime.date.max:
            since = start
        else:
            total += (last - start).days + 1
    return total, since


def _one_day(day: datetime.date) -> datetime.timedelta:
    return datetime.timedelta(days=0 if day == datetime.date.max else 1)


def _grouped(model: Any, clinician_ids: Collection[int], *columns: str) -> dict[int, list[tuple]]:
    groups: dict[int, list[tuple]] = defaultdict(list)
    rows = model.objects.filter(clinician__in=clinician_ids).order_by("pk")
    for clinician_id, *values in rows.values_list("clinician_id", *columns):
        groups[clinician_id].append(tuple(values))
    return groups


def _status(profession: Profession, registrations: list[tuple]) -> str:
    held = {status for register, status in registrations if register == REGISTER_OF[profession]}
    return next((status.value for status in STATUS_ORDER if status in held), "")


def _band_rank(posts: list[tuple], day: datetime.date) -> int:
    return max(
        (BAND_RANK[PayBand(band)] for band, start, end in posts if start <= day and (end is None or day <= end)),
        default=0,
    )
