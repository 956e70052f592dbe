"""Who takes part in a round now: who looks, who offers with places left, and what the matching knows of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from mentoring.barring import Side, barred
from mentoring.fields import Mix
from mentoring.models import MentoringRequest, MentorProfile, MentorStrength, RequestNeed, Round
from mentoring.people import Mentee, Mentor
from registry.accounts.models import User
from registry.clinicians.fields import BAND_RANK, PayBand
from registry.clinicians.models import Clinician, Post
from registry.equality.likeness import alike
from registry.kernel.clock import today
from registry.organisations.models import RegionLink, RegionScheme


@dataclass(frozen=True, slots=True)
class Population:
    """Both sides by key, and the places that each mentor has left."""

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """Where somebody works, and as what; a mentor without a profile has neither profession nor sector nor rank."""

    organisation: int
    profession: str = ""
    sector: str = ""
    rank: int = 0


def population(round: Round) -> Population:  # noqa: A002 (the field's word)
    """Everybody in the order of their keys; the number of queries does not depend on how many they are."""
    asked: list[Any] = list(MentoringRequest.objects.in_round(round).select_related("clinician").order_by("pk"))
    offers: list[Any] = list(MentorProfile.objects.in_round(round).order_by("pk"))
    apart = barred(
        [Side(one.pk, one.clinician.user_id) for one in asked], [Side(one.pk, one.user_id) for one in offers]
    )
    rows: Any = Clinician.objects.filter(user__in=[one.user_id for one in offers])
    clinicians: dict[int, Clinician] = {one.user_id: one for one in rows}
    ranks = _ranks({one.clinician_id for one in asked} | {one.pk for one in clinicians.values()})
    jobs = {key: _job(one, ranks) for key, one in clinicians.items()}
    jobs |= _guests({one.user_id for one in offers} - jobs.keys(), round)
    regions = _regions({one.clinician.organisation_id for one in asked} | {job.organisation for job in jobs.values()})
    needs = _domains(RequestNeed, "request", asked)
    words = alike({one.clinician.user_id for one in asked} | {one.user_id for one in offers})
    strengths = _domains(MentorStrength, "mentor", offers)
    mentees = [
        Mentee(
            key=one.pk,
            person=one.clinician_id,
            kind=one.kind,
            organisation=one.clinician.organisation_id,
            region=regions.get(one.clinician.organisation_id, ""),
            profession=one.clinician.profession,
            sector=one.clinician.sector,
            rank=ranks.get(one.clinician_id, 0),
            needs=dict.fromkeys(needs[one.pk], 1),
            mix=_mix(one.mix),
            wanted_sector=one.sector,
            meeting=one.meeting,
            language=one.language,
            barred=frozenset(apart.get(one.pk, ())),
            alike=words.get(one.clinician.user_id, frozenset()),
        )
        for one in asked
    ]
    mentors = [
        Mentor(
            key=one.pk,
            kinds=frozenset(one.kinds),
            organisation=(job := jobs[one.user_id]).organisation,
            region=regions.get(job.organisation, ""),
            profession=job.profession,
            sector=job.sector,
            rank=job.rank,
            strengths=frozenset(strengths[one.pk]),
            mix=_mix(one.mix),
            sectors=frozenset(one.sectors),
            meeting=one.meeting,
            languages=frozenset(one.languages),
            alike=words.get(one.user_id, frozenset()),
        )
        for one in offers
    ]
    return Population(tuple(mentees), tuple(mentors), tuple(one.left for one in offers))


def _mix(value: str) -> str:
    return "" if value == Mix.ANY else value


def _job(one: Clinician, ranks: dict[int, int]) -> _Job:
    return _Job(one.organisation_id, one.profession, one.sector, ranks.get(one.pk, 0))


def _guests(user_ids: Collection[int], round: Round) -> dict[int, _Job]:  # noqa: A002 (the field's word)
    """Whoever has no profile works where they hold a role: of several places in the round, at the first."""
    grants = User.grants_at(list(round.places.values_list("organisation", flat=True)))
    rows = grants.filter(user__in=user_ids).order_by("-pk").values_list("user", "organisation")
    return {user: _Job(organisation) for user, organisation in rows}


def _ranks(clinician_ids: Collection[int]) -> dict[int, int]:
    """The highest grade among the posts somebody holds today; nobody is in it whose grade is not known."""
    day = today()
    held = Post.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=day), clinician__in=clinician_ids, started_on__lte=day
    )
    found: dict[int, int] = {}
    for clinician, band in held.order_by().values_list("clinician", "band"):
        found[clinician] = max(found.get(clinician, 0), BAND_RANK[PayBand(band)])
    return found


def _regions(organisation_ids: Collection[int]) -> dict[int, str]:
    """The NHS England region that each organisation lies in today."""
    links = RegionLink.rows().filter(organisation__in=organisation_ids, period__contains=today())
    links = links.filter(region__scheme=RegionScheme.NHS_ENGLAND)
    return dict(links.order_by().values_list("organisation", "region__code"))


def _domains(model: Any, of: str, rows: Iterable[Any]) -> dict[int, set[str]]:
    """The domains of each of these, named alike in every version of their framework."""
    found: dict[int, set[str]] = defaultdict(set)
    keys = [row.pk for row in rows]
    named = model.objects.filter(**{f"{of}__in": keys}).order_by()
    for key, framework, code in named.values_list(of, "domain__version__code", "domain__code"):
        found[key].add(f"{framework}:{code}")
    return found
